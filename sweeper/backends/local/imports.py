"""Reads, without running it, which third-party modules a trainer imports before it runs any code of its own.

The walk follows the trainer's own modules in the order Python would execute them, and stops at the first
statement that could change what a later import sees (a call, a change of ``os.environ``): what comes after it is
imported by each trial itself, as in a cold start.
"""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import PathFinder

HARMLESS_CALLS = frozenset(
    {"getLogger", "logging.getLogger", "namedtuple", "collections.namedtuple", "TypeVar", "Path", "frozenset", "tuple"}
    | {"pathlib.Path", "re.compile", "dict", "list", "set", "float", "int", "str", "object", "field", "NewType"}
)
"""Calls that no import can notice."""


@dataclass(frozen=True)
class Import:
    """One third-party import, as ``__import__`` takes it."""

    name: str
    names: tuple[str, ...] = ()


@dataclass
class Walk:
    """What the walk has found so far."""

    path: Sequence[str]
    """``sys.path`` as the trial will have it."""
    imports: list[Import] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    stopped: str = ""
    """``file:line`` of the statement that ended the walk."""


def read(module: str, path: Sequence[str]) -> Walk:
    """The third-party imports of ``python -m module``, in order."""
    walk = Walk(path)
    entry = module
    if _is_package(module, path):
        entry = f"{module}.__main__"
    _enter(walk, entry, main=True)
    return walk


def _is_package(module: str, path: Sequence[str]) -> bool:
    found = _source(module, path)
    return found is not None and os.path.basename(found) == "__init__.py"


def _source(module: str, path: Sequence[str]) -> str | None:
    """The file of one of the trainer's own modules; None for any other module."""
    parts = module.split(".")
    for folder in path:
        base = os.path.join(folder, *parts)
        for candidate in (os.path.join(base, "__init__.py"), f"{base}.py"):
            if os.path.isfile(candidate):
                return None if _is_library(candidate) else candidate
    return None


def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({os.path.realpath(paths[key]) + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib")})


def _is_library(file: str) -> bool:
    real = os.path.realpath(file)
    return real.startswith(_library_folders()) or f"{os.sep}site-packages{os.sep}" in real


def _is_third_party(module: str, path: Sequence[str]) -> bool:
    """Whether the module comes with Python or was installed; an editable install is the user's own code."""
    top = module.partition(".")[0]
    if top in sys.builtin_module_names or top in sys.stdlib_module_names:
        return True
    spec = PathFinder.find_spec(top, list(path))
    if spec is None:
        return False
    origins = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    return bool(origins) and all(_is_library(origin) for origin in origins)


def _enter(walk: Walk, module: str, *, main: bool = False) -> None:
    """Walk the packages above a module, then the module, each once."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        if walk.stopped or name in walk.seen:
            continue
        file = _source(name, walk.path)
        if file is None:
            return
        walk.seen.add(name)
        _walk_file(walk, name, file, main=main and count == len(parts))


def _walk_file(walk: Walk, module: str, file: str, *, main: bool) -> None:
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read(), file)
    except (OSError, SyntaxError, ValueError) as error:
        walk.stopped = f"{file}: {error}"
        return
    package = module if file.endswith("__init__.py") else module.rpartition(".")[0]
    _walk_body(walk, tree.body, package, file)


def _walk_body(walk: Walk, body: Iterable[ast.stmt], package: str, file: str) -> None:
    for statement in body:
        if walk.stopped:
            return
        match statement:
            case ast.Import() | ast.ImportFrom():
                for wanted in _wanted(statement, package):
                    _one(walk, wanted)
            case ast.Try():
                # If an import in the body fails while preloading, preloading ends there.
                _walk_body(walk, statement.body, package, file)
                _walk_body(walk, [*statement.orelse, *statement.finalbody], package, file)
            case ast.If() if _never_runs_on_import(statement.test):
                _walk_body(walk, statement.orelse, package, file)
            case _ if not _harmless(statement):
                walk.stopped = f"{file}:{statement.lineno}"


def _wanted(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[Import]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield Import(alias.name)
        return
    base = statement.module or ""
    if statement.level:
        above = package.split(".")[: len(package.split(".")) - statement.level + 1]
        base = ".".join([*above, base] if base else above)
    yield Import(base, tuple(alias.name for alias in statement.names))


def _one(walk: Walk, wanted: Import) -> None:
    if wanted.name == "__future__" or not wanted.name:
        return
    if _source(wanted.name, walk.path) is not None or not _is_third_party(wanted.name, walk.path):
        _enter(walk, wanted.name)
        for name in wanted.names:
            _enter(walk, f"{wanted.name}.{name}")
    elif wanted not in walk.imports:
        walk.imports.append(wanted)


def _never_runs_on_import(test: ast.expr) -> bool:
    """``if TYPE_CHECKING`` never runs; ``if __name__ == ...`` runs after everything else was imported."""
    text = ast.unparse(test)
    return text in ("TYPE_CHECKING", "typing.TYPE_CHECKING") or "__name__" in text


def _harmless(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass() | ast.Global():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return all(isinstance(target, (ast.Name, ast.Tuple)) for target in targets) and _quiet(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or _quiet(value)
        case _:
            return False


def _quiet(value: ast.expr) -> bool:
    """An expression that calls nothing which an import could notice."""
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call))
    return all(ast.unparse(call.func) in HARMLESS_CALLS for call in calls)
