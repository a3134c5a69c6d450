"""Files of this machine that cloud jobs need: found, given an address made of their contents, uploaded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from sweeper.errors import Problem, ProblemsError
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.storage import Storage
from sweeper.model import Value

Show: TypeAlias = Callable[[str, int, int], None]
"""Told of an upload: its address, the bytes that have arrived (0 at its start), and how many there are."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Staged:
    """One entry of ``stage:``."""

    written: str
    """As the config has it, and as parameters name it."""
    files: tuple[tuple[str, Path], ...]
    """Name below the address, and the file."""
    digest: str
    """Of the names and the contents: half a SHA-256, because people read it in command lines."""
    address: str
    """What trials get instead."""
    single: Mapping[str, str] = field(default_factory=dict)
    """Of a folder or a pattern: each file as a parameter would name it, and its own address."""

    def urls(self, folder: str) -> list[tuple[str, Path]]:
        """Where each file goes."""
        return [(f"{folder}/data/{self.digest}/{name}", path) for name, path in self.files]


def find(entries: Sequence[str], *, cwd: Path, folder: str, where: str = "") -> list[Staged]:
    """Every entry with its files. Raises ProblemsError that names all entries that match nothing."""
    found = [(entry, _matches(entry, cwd)) for entry in entries]
    problems = [
        Problem(f"expected a file, a folder or a pattern that matches files, found none at '{entry}'", where, "stage")
        for entry, files in found
        if not files
    ]
    if problems:
        raise ProblemsError(problems)
    return [_staged(entry, files, folder) for entry, files in found]


def addresses(staged: Iterable[Staged]) -> Mapping[Value, str]:
    """What each entry, and each file that is found by one, becomes on a trial's command line."""
    found = list(staged)
    single: dict[Value, str] = {file: address for one in found for file, address in one.single.items()}
    return {**single, **{one.written: one.address for one in found}}


def upload(staged: Iterable[Staged], storage: Storage, folder: str, *, show: Show) -> None:
    """Put up what the bucket does not have yet."""
    for one in staged:
        for url, path in one.urls(folder):
            put(storage, url, path, show=show)


def put(storage: Storage, url: str, path: Path, *, show: Show) -> bool:
    """Upload a file whose address is made of its contents, unless somebody has; True where it was done here."""
    if storage.stat(url) is not None:
        return False
    show(url, 0, path.stat().st_size)
    try:
        storage.upload_file(url, path, generation=0, progress=lambda done, size: show(url, done, size))
    except CallFailed as error:
        if error.kind is not Kind.PRECONDITION:  # somebody else was faster with the same bytes
            raise
    return True


def _matches(entry: str, cwd: Path) -> tuple[tuple[str, Path], ...]:
    path = cwd / entry
    if path.is_file():
        return ((path.name, path),)
    if path.is_dir():
        return tuple(
            (f"{path.name}/{file.relative_to(path).as_posix()}", file)
            for file in sorted(path.rglob("*"))
            if file.is_file()
        )
    if path.parent.is_dir() and any(sign in path.name for sign in "*?["):
        return tuple((file.name, file) for file in sorted(path.parent.glob(path.name)) if file.is_file())
    return ()


def _staged(entry: str, files: tuple[tuple[str, Path], ...], folder: str) -> Staged:
    whole = hashlib.sha256()
    for name, path in files:
        whole.update(f"{len(name)}:{name}:".encode())
        whole.update(_digest(path))
    digest = whole.hexdigest()[:32]
    place, beside = f"{folder}/data/{digest}", Path(entry).parent
    single = {(beside / name).as_posix(): f"{place}/{name}" for name, _ in files}
    return Staged(entry, files, digest, f"{place}/{Path(entry).name}", single)


def _digest(path: Path) -> bytes:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.digest()
