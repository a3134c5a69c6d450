"""Which files a project's ``.gitignore`` files, or its ``.gcloudignore`` instead of them, leave out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sweeper.errors import UserError
from sweeper.google.packaging.patterns import Rule, rule

GIT = ".gitignore"
GCLOUD = ".gcloudignore"
_INCLUDE = "!include:"


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """One such file."""

    base: str
    """The folder that its patterns are relative to, below the top; with a slash at its end, empty for the top."""
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Ignores:
    """All that apply in a folder, the outermost first."""

    prefix: str
    """The distribution's folder below the top."""
    files: tuple[IgnoreFile, ...]
    nested: bool
    """Folders further down may have their own, as git lets them; gcloud reads one file only."""

    def why(self, path: str, *, folder: bool) -> str:
        """Where the pattern is that leaves the entry out; empty = none does. Its parents are not asked about."""
        return _why(self.files, self.prefix + path, folder=folder)

    def inside(self, folder: Path, path: str) -> Ignores:
        """What applies in a folder of the tree."""
        found = _git(folder, f"{self.prefix}{path}/") if self.nested else None
        return Ignores(self.prefix, (*self.files, found), self.nested) if found else self


def ignores(root: Path, *, cwd: Path) -> Ignores:
    """What applies in the distribution's folder: of its own files, and of those between it and the project's top."""
    folders = list(_upwards(root, cwd))
    for folder in folders:
        # gcloud reads .gitignore only where a .gcloudignore says so.
        if (folder / GCLOUD).is_file():
            return Ignores(_below(root, folder), (_gcloud(folder),), nested=False)
    top = folders[-1]
    above = tuple(filter(None, (_git(folder, _below(folder, top)) for folder in reversed(folders[1:]))))
    parts = _below(root, top).split("/")[:-1]
    # Who names a trainer in a folder that git ignores means it: an environment, a folder of generated code.
    if any(_why(above, "/".join(parts[: n + 1]), folder=True) for n in range(len(parts))):
        above = ()
    own = _git(root, _below(root, top))
    return Ignores(_below(root, top), (*above, own) if own else above, nested=True)


def _why(files: Sequence[IgnoreFile], path: str, *, folder: bool) -> str:
    for file in reversed(files):
        if path.startswith(file.base):
            for one in reversed(file.rules):
                if one.matches(path[len(file.base) :], folder=folder):
                    return "" if one.negated else one.where
    return ""


def _upwards(root: Path, cwd: Path) -> Iterator[Path]:
    """The folder and those above it, as far as the project goes: its repository, else the working directory."""
    folders = [root, *root.parents]
    repository = [at for at, folder in enumerate(folders) if (folder / ".git").exists()]
    last = repository[0] if repository else folders.index(cwd) if cwd in folders else 0
    yield from folders[: last + 1]


def _below(folder: Path, top: Path) -> str:
    relative = folder.relative_to(top).as_posix()
    return "" if relative == "." else f"{relative}/"


def _git(folder: Path, base: str) -> IgnoreFile | None:
    file = folder / GIT
    if not file.is_file():
        return None
    return IgnoreFile(base, tuple(_rules(_lines(file), f"{base}{GIT}")))


def _gcloud(folder: Path) -> IgnoreFile:
    rules: list[Rule] = []
    for number, line in enumerate(_lines(folder / GCLOUD), 1):
        directive = line[1:].lstrip() if line.startswith("#") else ""
        if directive.startswith(_INCLUDE):
            rules += _included(folder, directive.removeprefix(_INCLUDE).rstrip(), number)
        elif found := rule(line, f"{GCLOUD}:{number}"):
            rules.append(found)
    return IgnoreFile("", tuple(rules))


def _included(folder: Path, name: str, number: int) -> Iterator[Rule]:
    if "/" in name or not (folder / name).is_file():
        raise UserError(
            f"expected the name of a file beside it, found '{name}'",
            where=f"{folder / GCLOUD}:{number}",
            hint="such as #!include:.gitignore",
        )
    return _rules(_lines(folder / name), name)


def _rules(lines: Sequence[str], name: str) -> Iterator[Rule]:
    return filter(None, (rule(line, f"{name}:{number}") for number, line in enumerate(lines, 1)))


def _lines(file: Path) -> list[str]:
    try:
        # git skips a byte order mark, and ends lines at newlines alone.
        return file.read_bytes().decode("utf-8-sig", "replace").split("\n")
    except OSError as error:
        raise UserError(f"cannot be read: {os.strerror(error.errno or 0)}", where=str(file)) from None
