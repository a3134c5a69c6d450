"""What a trainer's source makes of the text of an option: a whole number or a float, in place or in a helper."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias

from sweeper.lean import dataclass
from sweeper.usage.schema import fold

How: TypeAlias = Literal["int", "float"]
_Reads: TypeAlias = Callable[[ast.expr], bool]
_DEEPEST = 3
"""Helpers that hand the text to each other."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the trainer's own."""

    file: str
    node: ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """A program's files, those that are Python."""

    trees: Mapping[str, ast.Module]
    helpers: Mapping[str, Helper]
    """By their names, where no other has the same."""


def source_of(texts: Mapping[str, str]) -> Source:
    """Of the files' texts by their names."""
    trees: dict[str, ast.Module] = {}
    for file, text in texts.items():
        try:
            trees[file] = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
    found: dict[str, list[Helper]] = {}
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(Helper(file, node))
    return Source(trees, {name: alike[0] for name, alike in found.items() if len(alike) == 1})


def conversions(source: Source, option: str) -> Iterator[tuple[str, How]]:
    """(file:line, what is made there) for all that becomes of an option's text, as far as it can be told."""
    for file, tree in source.trees.items():
        yield from _of_text(file, tree, lambda node: _reads(node, option), source, ())
        yield from _declared(file, tree, option)


def _declared(file: str, tree: ast.Module, option: str) -> Iterator[tuple[str, How]]:
    """``add_argument("--x", type=int)``, and click's the like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(_is_text(one, option) for one in node.args):
            kinds = [keyword.value for keyword in node.keywords if keyword.arg == "type"]
            if kinds and (how := _how(kinds[0])):
                yield f"{file}:{kinds[0].lineno}", how


def _of_text(
    file: str, scope: ast.AST, reads: _Reads, source: Source, within: tuple[str, ...]
) -> Iterator[tuple[str, How]]:
    """``within`` are the helpers that are being looked into."""
    for node in ast.walk(scope):
        if not isinstance(node, ast.Call):
            continue
        if (how := _how(node.func)) and len(node.args) == 1 and reads(node.args[0]):
            yield f"{file}:{node.lineno}", how
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        helper = source.helpers.get(called)
        if helper is not None and called not in within and len(within) < _DEEPEST:
            for name in _handed(node, helper.node, reads):
                yield from _inside(helper, name, source, (*within, called))


def _handed(call: ast.Call, helper: ast.FunctionDef, reads: _Reads) -> Iterator[str]:
    """The names under which a helper knows the text."""
    names = [one.arg for one in (*helper.args.posonlyargs, *helper.args.args)]
    if names[:1] in (["self"], ["cls"]):
        del names[0]
    yield from (name for name, given in zip(names, call.args, strict=False) if reads(given))
    yield from (keyword.arg for keyword in call.keywords if keyword.arg and reads(keyword.value))


def _inside(helper: Helper, name: str, source: Source, within: tuple[str, ...]) -> Iterator[tuple[str, How]]:
    """One that makes a float of the text as well has thought of both."""

    def reads(node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == name

    found = list(_of_text(helper.file, helper.node, reads, source, within))
    floats = [each for each in found if each[1] == "float"]
    yield from floats or found


def _how(node: ast.expr) -> How | None:
    if not isinstance(node, ast.Name):
        return None
    return "int" if node.id == "int" else "float" if node.id == "float" else None


def _reads(node: ast.expr, option: str) -> bool:
    """``args["--x"]``, ``args["<x>"]``, ``args.get("--x", ...)``, ``args.x``."""
    match node:
        case ast.Subscript(slice=key):
            return _is_text(key, option)
        case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]):
            return _is_text(key, option)
        case ast.Attribute(attr=name):
            return name == fold(option)
        case _:
            return False


def _is_text(node: ast.expr, option: str) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and fold(node.value) == fold(option)
