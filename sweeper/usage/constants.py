"""What a module's names hold, as far as constants and plain string methods can tell, without running it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from sweeper.lean import dataclass, field

STRING_METHODS = frozenset({"strip", "lstrip", "rstrip", "format", "replace", "expandtabs", "removeprefix", "upper"})
CLEANERS = {"dedent": "textwrap", "cleandoc": "inspect"}
"""Functions that a usage text goes through, and their modules."""


class NotConstant(Exception):
    """An expression whose value only running the module would tell."""

    def __init__(self, node: ast.AST, why: str) -> None:
        super().__init__(why)
        self.line = getattr(node, "lineno", 1)
        self.why = why


@dataclass(frozen=True, slots=True)
class Text:
    """A string, and the line of the file where it is written."""

    value: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that another module holds; ``name`` is empty for the module itself."""

    module: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Documented:
    """A function or class; only its docstring is known."""

    doc: Text | None


Constant: TypeAlias = "Text | int | float | bool | None"
Known: TypeAlias = "Constant | Imported | Documented | NotConstant"


@dataclass(frozen=True)
class Module:
    """A parsed source file."""

    file: str
    package: str
    source: str = field(repr=False)
    tree: ast.Module = field(repr=False)
    load: Callable[[str], Module | None] = field(repr=False)
    """Another module of the trainer by its dotted name; None where it is not the trainer's."""

    @property
    def doc(self) -> Text | None:
        """Its docstring, as written."""
        return _docstring(self.tree, self.file)


def module_names(module: Module, depth: int = 0) -> dict[str, Known]:
    """What each name at the top of a module holds when the module has been run."""
    names: dict[str, Known] = {"__doc__": module.doc}
    run_statements(module, module.tree.body, names, depth=depth)
    return names


def run_statements(module: Module, body: Iterable[ast.stmt], names: dict[str, Known], *, depth: int = 0) -> None:
    """Follows assignments and imports in order; what sits in branches and loops becomes unknown."""
    for statement in body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    _assign(module, target, value, names, depth)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                _assign(module, target, value, names, depth)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                both = ast.copy_location(ast.BinOp(ast.copy_location(ast.Name(name), statement), op, value), statement)
                _assign(module, ast.Name(name), both, names, depth)
            case ast.Import(names=aliases):
                for alias in aliases:
                    names[alias.asname or alias.name.partition(".")[0]] = Imported(
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            case ast.ImportFrom(names=aliases):
                source = absolute(module.package, statement)
                names.update({alias.asname or alias.name: Imported(source, alias.name) for alias in aliases})
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names[statement.name] = Documented(_docstring(statement, module.file))
            case ast.If() if _is_main(statement):
                run_statements(module, statement.body, names, depth=depth)
            case _:
                for name in _assigned(statement):
                    names[name] = NotConstant(statement, f"'{name}' is set in a branch or a loop")


def evaluate(module: Module, node: ast.expr, names: Mapping[str, Known], depth: int = 0) -> Constant:
    """The value of an expression. Raises NotConstant."""
    match node:
        case ast.Constant(value=str() as value):
            return Text(value, module.file, node.lineno)
        case ast.Constant(value=int() | float() | None as value):
            return value
        case ast.Name(id=name):
            return _known(module, node, names.get(name, NotConstant(node, f"'{name}' is not a constant")), depth)
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            return _attribute(module, node, names.get(name), attr, depth)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = (text(module, side, names, depth) for side in (left, right))
            return Text(first.value + second.value, first.file, first.line)
        case ast.JoinedStr(values=parts):
            whole = "".join(_part(module, part, names, depth) for part in parts)
            return Text(whole, module.file, node.lineno)
        case ast.Call():
            return _call(module, node, names, depth)
        case _:
            raise NotConstant(node, f"'{ast.unparse(node)[:60]}' is not a constant")


def text(module: Module, node: ast.expr, names: Mapping[str, Known], depth: int = 0) -> Text:
    """The string that an expression gives. Raises NotConstant."""
    value = evaluate(module, node, names, depth)
    if isinstance(value, Text):
        return value
    raise NotConstant(node, f"'{ast.unparse(node)[:60]}' is {value!r}, not a text")


def absolute(package: str, statement: ast.ImportFrom) -> str:
    """The dotted name a ``from ... import`` reads from."""
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - statement.level + 1]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def _assign(module: Module, target: ast.expr, value: ast.expr, names: dict[str, Known], depth: int) -> None:
    if not isinstance(target, ast.Name):
        names.update({name: NotConstant(target, f"'{name}' is unpacked") for name in _assigned(target)})
        return
    try:
        names[target.id] = evaluate(module, value, names, depth)
    except NotConstant as reason:
        names[target.id] = reason


def _known(module: Module, node: ast.expr, value: Known, depth: int) -> Constant:
    if isinstance(value, NotConstant):
        raise value
    if isinstance(value, Imported):
        return _import(module, node, value, depth)
    if isinstance(value, Documented):
        raise NotConstant(node, f"'{ast.unparse(node)}' is a function or a class, not a text")
    return value


def _attribute(module: Module, node: ast.expr, owner: Known, attr: str, depth: int) -> Constant:
    if isinstance(owner, Documented) and attr == "__doc__":
        return owner.doc
    if isinstance(owner, Imported):
        inner = f"{owner.module}.{owner.name}" if owner.name else owner.module
        return _import(module, node, Imported(inner, attr), depth)
    raise NotConstant(node, f"'{ast.unparse(node)}' is not a constant")


def _import(module: Module, node: ast.expr, source: Imported, depth: int) -> Constant:
    other = module.load(source.module) if depth < 5 else None
    if other is None:
        raise NotConstant(node, f"'{ast.unparse(node)}' comes from {source.module}, which is not the trainer's own")
    names = module_names(other, depth + 1)
    return _known(
        other, node, names.get(source.name, NotConstant(node, f"{other.file} has no '{source.name}'")), depth + 1
    )


def _part(module: Module, part: ast.expr, names: Mapping[str, Known], depth: int) -> str:
    if not isinstance(part, ast.FormattedValue):
        return text(module, part, names, depth).value
    value = evaluate(module, part.value, names, depth)
    if part.conversion != -1:
        raise NotConstant(part, "the f-string converts a value")
    spec = text(module, part.format_spec, names, depth).value if part.format_spec else ""
    return format(value.value if isinstance(value, Text) else value, spec)


def _cleaned(name: str, text: str) -> str:
    cleaned: str = getattr(importlib.import_module(CLEANERS[name]), name)(text)
    return cleaned


def _call(module: Module, node: ast.Call, names: Mapping[str, Known], depth: int) -> Text:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in CLEANERS and len(node.args) == 1:
        inner = text(module, node.args[0], names, depth)
        return Text(_cleaned(name, inner.value), inner.file, inner.line)
    if not isinstance(node.func, ast.Attribute) or name not in STRING_METHODS:
        raise NotConstant(node, f"'{ast.unparse(node)[:60]}' is only known when the trainer runs")
    owner = text(module, node.func.value, names, depth)
    arguments = [evaluate(module, argument, names, depth) for argument in node.args]
    keywords = {word.arg or "": evaluate(module, word.value, names, depth) for word in node.keywords}
    try:
        done: str = getattr(owner.value, name)(
            *(_plain(value) for value in arguments), **{word: _plain(value) for word, value in keywords.items()}
        )
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise NotConstant(node, f".{name}(...) fails: {error}") from None
    return Text(done, owner.file, owner.line)


def _plain(value: Constant) -> str | int | float | bool | None:
    return value.value if isinstance(value, Text) else value


def _docstring(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, file: str) -> Text | None:
    doc = ast.get_docstring(node, clean=False)
    return None if doc is None else Text(doc, file, node.body[0].lineno)


def _is_main(statement: ast.If) -> bool:
    return ast.unparse(statement.test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _assigned(node: ast.AST) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)}
