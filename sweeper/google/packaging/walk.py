"""Every file of a folder tree, in an order that no machine changes: whether it goes in, or why it stays out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sweeper.errors import UserError
from sweeper.google.packaging.ignore import Ignores
from sweeper.google.packaging.package import Entry
from sweeper.google.packaging.paths import name_of, on_disk
from sweeper.google.packaging.unwanted import CREDENTIALS, why_file, why_folder

MOST = 100_000
"""Entries; a tree that has more is not a program."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder on the way down."""

    path: str
    """Below the root, with a slash at its end; empty for the root."""
    ignores: Ignores
    above: tuple[str, ...]
    """The real paths of the folders that it is in, itself included: a link to one of them leads in a circle."""


def walk(root: Path, top: str, ignores: Ignores) -> list[Entry]:
    """The entries of the folder ``top`` of ``root`` (empty = all of it), sorted by path. Touches nothing."""
    real = os.path.realpath(root)
    start = _Folder("", ignores, (real,))
    found: list[Entry] = []
    for entry in _one(start, real, top) if top else _inside(start, real):
        found.append(entry)
        if len(found) > MOST:
            raise UserError(
                f"more than {MOST} files to pack",
                where=str(root),
                hint="data is named on the trainer's command line; what the package does not need goes into .gitignore",
            )
    return sorted(found, key=lambda entry: entry.path.encode("utf-8", "surrogateescape"))


def _inside(folder: _Folder, real_root: str) -> Iterator[Entry]:
    try:
        # As bytes: what a name is must not depend on the locale.
        raw = sorted(os.listdir(on_disk(real_root, folder.path)))
    except OSError as error:
        yield Entry(folder.path, why=f"cannot be read: {error.strerror}")
        return
    for name in raw:
        yield from _one(folder, real_root, name_of(name))


def _one(folder: _Folder, real_root: str, name: str) -> Iterator[Entry]:
    path = folder.path + name
    full = on_disk(real_root, path)
    try:
        real = os.path.realpath(full)
        mode = os.stat(full)
    except OSError:
        yield Entry(path, why="a link that leads nowhere" if os.path.islink(full) else "cannot be read")
        return
    is_folder = stat.S_ISDIR(mode.st_mode)
    entry = _judged(folder, path, is_folder, mode, real=real, root=os.fsencode(real_root))
    if entry is None:
        below = os.fsdecode(real)
        ignores = folder.ignores.inside(Path(below), path)
        yield from _inside(_Folder(f"{path}/", ignores, (*folder.above, below)), real_root)
    else:
        yield entry


def _judged(
    folder: _Folder, path: str, is_folder: bool, mode: os.stat_result, *, real: bytes, root: bytes
) -> Entry | None:
    """What becomes of an entry; None = a folder to go into."""
    shown = f"{path}/" if is_folder else path
    out = Entry(shown, None if is_folder else mode.st_size)
    if os.fsdecode(real) in folder.above:
        return replace(out, why="a link that leads in a circle")
    targets = _names_below(real, root)
    if targets is None:
        return replace(out, why="a link that leads out of the folder")
    # Of a link, what it leads to counts as well as what it is called.
    own = path.rpartition("/")[2]
    unwanted = _unwanted(own, is_folder, folder, real) or _unwanted_on_the_way(targets, is_folder, folder, real)
    if unwanted:
        return replace(out, why=unwanted, secret=unwanted == CREDENTIALS)
    if ignored := folder.ignores.why(path, folder=is_folder):
        return replace(out, why=f"ignored by {ignored}")
    if is_folder:
        return None
    if not stat.S_ISREG(mode.st_mode):
        return replace(out, why="not a regular file")
    return replace(out, why="its name is not UTF-8") if _is_odd(path) else out


def _names_below(real: bytes, root: bytes) -> list[str] | None:
    """The names on the way from the root to a real path; None if it does not lie below it."""
    prefix = root.rstrip(b"/") + b"/"
    return name_of(real[len(prefix) :]).split("/") if real.startswith(prefix) else None


def _unwanted(name: str, is_folder: bool, folder: _Folder, real: bytes) -> str:
    if not is_folder:
        return why_file(name)
    if os.path.isfile(os.path.join(real, b"pyvenv.cfg")):
        return "an environment"
    return why_folder(name, at_the_top=not folder.path)


def _unwanted_on_the_way(names: list[str], is_folder: bool, folder: _Folder, real: bytes) -> str:
    if not names:
        return ""
    *parents, last = names
    found = (why_folder(name, at_the_top=False) for name in parents)
    return next(filter(None, found), "") or _unwanted(last, is_folder, folder, real)


def _is_odd(path: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in path)
