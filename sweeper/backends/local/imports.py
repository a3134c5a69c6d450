"""Reads, without running it, which third-party modules a trainer imports before it runs any code of its own.

The walk follows the trainer's own modules in the order Python would execute them, and stops at the first
statement that could change what a later import sees (a call, a change of ``os.environ``): what comes after it is
imported by each trial itself, as in a cold start.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import PathFinder

from sweeper.backends.local.harmless import harmless


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
    top: str = ""
    """The trainer's own package: its own also where it is installed."""
    imports: list[Import] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)
    """The trainer's own files that were read."""
    stopped: str = ""
    """``file:line`` of the statement that ended the walk."""


def read(module: str, path: Sequence[str]) -> Walk:
    """The third-party imports of ``python -m module``, in order."""
    _real.cache_clear()
    walk = Walk(path, module.partition(".")[0])
    entry = module
    if _is_package(walk, module):
        entry = f"{module}.__main__"
    _enter(walk, entry)
    return walk


class Edits:
    """Notices that the trainer's own files were edited so that they import something else than before."""

    def __init__(self, module: str, walk: Walk) -> None:
        self._module = module
        self._walk = walk
        self._stamps = _stamps(walk.files)
        self._matter = False

    def matter(self) -> bool:
        """Whether a parent that starts anew would import otherwise; costs microseconds where nothing was edited."""
        stamps = _stamps(self._walk.files)
        if self._matter or stamps == self._stamps:
            return self._matter
        importlib.invalidate_caches()
        again = read(self._module, self._walk.path)
        self._stamps = stamps
        self._matter = again.imports != self._walk.imports or again.files != self._walk.files
        return self._matter


def _stamps(files: Iterable[str]) -> list[tuple[int, int, int] | None]:
    stamps: list[tuple[int, int, int] | None] = []
    for file in files:
        try:
            found = os.stat(file)
            stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
        except OSError:
            stamps.append(None)
    return stamps


def _is_package(walk: Walk, module: str) -> bool:
    found = _source(walk, module)
    return found is not None and os.path.basename(found) == "__init__.py"


def _source(walk: Walk, module: str) -> str | None:
    """The file of one of the trainer's own modules; None for any other module."""
    parts = module.split(".")
    for folder in walk.path:
        base = os.path.join(folder, *parts)
        for candidate in (os.path.join(base, "__init__.py"), f"{base}.py"):
            if os.path.isfile(candidate):
                return candidate if parts[0] == walk.top or not is_library(candidate) else None
    return None


def _is_folder(walk: Walk, name: str) -> bool:
    """Whether it is a package without ``__init__.py``."""
    return any(os.path.isdir(os.path.join(folder, *name.split("."))) for folder in walk.path)


@functools.cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({os.path.realpath(paths[key]) + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib")})


@functools.cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _resolved(file: str) -> str:
    """Its real path; thousands of modules lie in hundreds of folders."""
    folder, name = os.path.split(file)
    return os.path.realpath(file) if os.path.islink(file) else f"{_real(folder)}{os.sep}{name}"


def is_library(file: str) -> bool:
    """Whether a file came with Python or was installed; an editable install is the user's own."""
    real = _resolved(file)
    installed = any(f"{os.sep}{name}{os.sep}" in real for name in ("site-packages", "dist-packages"))
    return installed or real.startswith(_library_folders())


def _is_third_party(walk: Walk, module: str) -> bool:
    """Whether the module comes with Python or was installed."""
    top = module.partition(".")[0]
    if top == walk.top:
        return False
    if top in sys.builtin_module_names or top in sys.stdlib_module_names:
        return True
    spec = PathFinder.find_spec(top, list(walk.path))
    if spec is None:
        return False
    origins = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    return bool(origins) and all(is_library(origin) for origin in origins)


def _enter(walk: Walk, module: str) -> None:
    """Walk the packages above a module, then the module, each once."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        if walk.stopped or name in walk.seen:
            continue
        file = _source(walk, name)
        if file is not None:
            walk.seen.add(name)
            _walk_file(walk, name, file)
        elif not _is_folder(walk, name):
            if count == 1 and _exists(name, walk.path):
                walk.stopped = f"{name}: its source cannot be read"
            return


def _exists(top: str, path: Sequence[str]) -> bool:
    """Whether the import system finds it where no file is: an import hook, an extension module of the user's own."""
    try:
        return PathFinder.find_spec(top, list(path)) is not None or importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return True


def _walk_file(walk: Walk, module: str, file: str) -> None:
    walk.files.append(file)
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
            case _:
                if not harmless(statement):
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
    if _source(walk, wanted.name) is not None or not _is_third_party(walk, wanted.name):
        _enter(walk, wanted.name)
        for name in wanted.names:
            _enter(walk, f"{wanted.name}.{name}")
    elif wanted not in walk.imports:
        walk.imports.append(wanted)


def _never_runs_on_import(test: ast.expr) -> bool:
    """``if TYPE_CHECKING`` never runs; ``if __name__ == ...`` runs after everything else was imported."""
    text = ast.unparse(test)
    return text in ("TYPE_CHECKING", "typing.TYPE_CHECKING") or "__name__" in text
