"""Where a trainer's source makes a whole number of an option's text in a way that ``32.0`` would not survive.

A service keeps the values of a DISCRETE parameter as floating-point numbers, and may write them so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from sweeper.errors import Problem
from sweeper.lean import dataclass
from sweeper.usage.schema import fold


@dataclass(frozen=True, slots=True)
class Listed:
    """An option whose listed values are whole numbers."""

    parameter: str
    """As the config calls it."""
    option: str
    """With its dashes."""
    text: str
    """One of its values as the service may write it."""


def warn_of_whole_numbers(sources: Mapping[str, str], options: Sequence[Listed], *, known: bool) -> list[Problem]:
    """One warning for each option that would fail, and one for all whose fate the sources do not tell.

    ``sources`` are the texts of the trainer's files by their names; ``known``: the parser itself has been asked, so
    that only what the program does with an option afterwards is looked at.
    """
    trees = dict(_trees(sources))
    warnings: list[Problem] = []
    unsure: list[Listed] = []
    for one in options:
        found = [(file, line, how) for file, tree in trees.items() for line, how in _conversions(tree, one.option)]
        fatal = [f"{file}:{line}" for file, line, how in found if how == "int"]
        if fatal:
            warnings.append(_fatal(one, fatal[0]))
        elif not found and not known:
            unsure.append(one)
    if unsure:
        written = " or ".join(f"{one.option}={one.text}" for one in unsure)
        message = f"the service may pass {written}: the trainer's source does not show whether it takes that"
        hint = "where a whole number is needed, int(float(text)) takes both spellings"
        warnings.append(Problem(message, path=f"parameters.{unsure[0].parameter}", hint=hint))
    return warnings


def _fatal(one: Listed, where: str) -> Problem:
    message = f"the service may pass {one.option}={one.text}, and int('{one.text}') fails"
    return Problem(message, where, f"parameters.{one.parameter}", "write int(float(...)) there")


def _trees(sources: Mapping[str, str]) -> Iterator[tuple[str, ast.Module]]:
    for file, text in sources.items():
        try:
            yield file, ast.parse(text)
        except (SyntaxError, ValueError):
            continue


def _conversions(tree: ast.Module, option: str) -> Iterator[tuple[int, Literal["int", "float"]]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if (how := _name(node.func)) and len(node.args) == 1 and _reads(node.args[0], option):
            yield node.lineno, how
        kinds = [keyword.value for keyword in node.keywords if keyword.arg == "type"]
        if kinds and (how := _name(kinds[0])) and any(_is_text(one, option) for one in node.args):
            yield kinds[0].lineno, how


def _name(node: ast.expr) -> Literal["int", "float"] | None:
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
