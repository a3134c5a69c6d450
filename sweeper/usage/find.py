"""Finds the file of a trainer's module the way ``python -m`` would, without importing anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sweeper.errors import CheckError, Problem, UserError
from sweeper.lean import dataclass
from sweeper.model import Trainer
from sweeper.usage.schema import nearest


@dataclass(frozen=True, slots=True)
class Found:
    """A module's source file."""

    module: str
    file: Path
    package: str
    """What its relative imports are relative to."""
    path: tuple[Path, ...]
    """Where it was looked for, in order."""


def find(trainer: Trainer, *, cwd: Path, python_path: Sequence[str], python: str) -> Found:
    """The file that ``python -m <module>`` would run. Raises UserError with the nearest names."""
    _refuse_file_names(trainer.module)
    here = (cwd, *(cwd / entry for entry in python_path))
    if trainer.package is None:
        return _search(trainer.module, here, python=python)
    package = cwd / trainer.package
    if not package.is_dir():
        raise UserError(
            f"expected a folder, found none at {package}",
            path="trainer.package",
            hint="it is taken from the working directory",
        )
    first = _search(trainer.module, (package, *here), python=python)
    other = main_file(trainer.module, (cwd, package, *here[1:]))
    if other != first.file and not (other and other.samefile(first.file)):
        shadow = other or cwd / trainer.module.partition(".")[0]
        raise UserError(
            f"'{trainer.module}' is ambiguous: {first.file} (from package:) and {shadow} (from the working directory)",
            path="trainer.package",
            hint="start sweeper in another folder, or rename one of the two",
        )
    return first


def main_file(module: str, path: Sequence[Path]) -> Path | None:
    """The file that ``-m`` runs: the module itself, or the package's ``__main__``."""
    found = locate(module, path)
    if isinstance(found, Path):
        return found if found.name != "__init__.py" else _file(found.parent / "__main__.py")
    return next((file for folder in found if (file := _file(folder / "__main__.py"))), None)


def locate(module: str, path: Sequence[Path]) -> Path | tuple[Path, ...]:
    """A module's file (a package's ``__init__.py``), or the folders of a namespace package; empty = not there."""
    head, _, rest = module.partition(".")
    portions: list[Path] = []
    for entry in path:
        folder = entry / head
        if init := _file(folder / "__init__.py"):
            return locate(rest, (folder,)) if rest else init
        if plain := _file(entry / f"{head}.py"):
            return plain if not rest else ()
        if folder.is_dir():
            portions.append(folder)
    return locate(rest, portions) if rest else tuple(portions)


def read_source(file: Path, shown: str) -> str:
    """The text of a source file. Raises CheckError."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckError([Problem(f"cannot be read: {error}", where=shown)]) from None


def _search(module: str, path: tuple[Path, ...], *, python: str) -> Found:
    file = main_file(module, path)
    if file is None and not _is_here(module, path):
        path += tuple(_installed(python))
        file = main_file(module, path)
    if file is None:
        raise _not_found(module, path)
    package = module if file.name == "__main__.py" else module.rpartition(".")[0]
    return Found(module, file, package, path)


def _is_here(module: str, path: Sequence[Path]) -> bool:
    return isinstance(locate(module.partition(".")[0], path), Path)


def _installed(python: str) -> Iterator[Path]:
    if python == sys.executable:
        entries = sys.path
    else:
        import subprocess  # most trainers run in our own interpreter

        # Only the interpreter itself knows its site-packages and .pth files; -c puts '' first, which is left out.
        code = "import json, sys; print(json.dumps(sys.path))"
        try:
            done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise UserError(f"cannot start {python}: {error}", path="trainer.python") from None
        entries = json.loads(done.stdout)
    return (Path(entry) for entry in entries if entry)


def _refuse_file_names(module: str) -> None:
    if all(part.isidentifier() for part in module.split(".")):
        return
    dotted = module.removesuffix(".py").strip("./").replace("/", ".")
    raise UserError(
        f"expected a module name, got '{module}'",
        path="trainer",
        hint=f"write {dotted}" if all(part.isidentifier() for part in dotted.split(".")) else "such as trainer.task",
    )


def _not_found(module: str, path: Sequence[Path]) -> UserError:
    found = locate(module, path)
    if isinstance(found, Path) or found:
        return UserError(
            f"'{module}' is a package without __main__.py: python -m cannot run it",
            path="trainer",
            hint=_suggest(module, path) or f"name a module inside it, such as {module}.task",
        )
    looked = ", ".join(str(entry) for entry in path[:4]) + (", ..." if len(path) > 4 else "")
    return UserError(f"no module '{module}' in {looked}", path="trainer", hint=_suggest(module, path))


def _suggest(module: str, path: Sequence[Path]) -> str:
    known = [name for entry in path[:4] for name in _modules(entry) if not name.endswith(("__init__", "__main__"))]
    near = nearest(module, known) or next((name for name in known if name.startswith(f"{module}.")), None)
    return f"did you mean {near}?" if near else ""


def _modules(folder: Path, prefix: str = "", depth: int = 0) -> Iterator[str]:
    if depth > 2 or not folder.is_dir():
        return
    for child in sorted(folder.iterdir())[:200]:
        if child.suffix == ".py":
            yield prefix + child.stem
        elif child.name.isidentifier() and child.is_dir():
            yield from _modules(child, f"{prefix}{child.name}.", depth + 1)


def _file(path: Path) -> Path | None:
    return path if path.is_file() else None
