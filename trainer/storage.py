"""Files by path, glob or address (``gs://``, ``memory://``), through fsspec."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import fsspec
import fsspec.core
from fsspec.implementations.local import LocalFileSystem

from trainer.errors import UserError


@dataclass(frozen=True)
class Place:
    """A file or folder: the filesystem that has it, and its path there."""

    filesystem: Any
    path: str

    def __str__(self) -> str:
        local = isinstance(self.filesystem, LocalFileSystem)
        return self.path if local else str(self.filesystem.unstrip_protocol(self.path))


def place(address: str) -> Place:
    """Where an address points; nothing is read yet."""
    try:
        return Place(*fsspec.core.url_to_fs(address))
    except (ImportError, ValueError) as error:
        raise UserError(f"{address}: {_one_line(error)}") from None


def files(addresses: Iterable[str]) -> tuple[Place, ...]:
    """The files that the addresses and globs name, in that order, each once."""
    return tuple(dict.fromkeys(found for address in addresses for found in _matches(address)))


def read(file: Place) -> bytes:
    """The file's bytes, unpacked where its name says that it is compressed."""
    with file.filesystem.open(file.path, "rb", compression="infer") as stream:
        content: bytes = stream.read()
    return content


def folder(address: str) -> Place:
    """A folder to write to, made if it is not there."""
    made = place(address)
    if isinstance(made.filesystem, LocalFileSystem):  # object stores have no folders to make
        try:
            os.makedirs(made.path, exist_ok=True)
        except OSError as error:
            raise UserError(f"{address}: cannot be made or used as a folder ({error.strerror})") from None
    return made


def load(into: Place, name: str) -> bytes | None:
    """A file of a folder; None where there is none."""
    try:
        content: bytes = into.filesystem.cat_file(f"{into.path}/{name}")
    except FileNotFoundError:
        return None
    return content


def save(into: Place, name: str, content: bytes) -> None:
    """Write a file of a folder so that readers see the old one or the new one, never a part."""
    path = f"{into.path}/{name}"
    if not isinstance(into.filesystem, LocalFileSystem):
        into.filesystem.pipe_file(path, content)  # object stores show an object only when it is whole
        return
    beside = f"{path}.partial"
    with open(beside, "wb") as stream:
        stream.write(content)
    os.replace(beside, path)


def _matches(address: str) -> list[Place]:
    where = place(address)
    filesystem = where.filesystem
    if filesystem.isfile(where.path):
        return [where]
    found = [Place(filesystem, path) for path in sorted(filesystem.glob(where.path)) if filesystem.isfile(path)]
    if not found:
        hint = f" (it is a folder: try {address.rstrip('/')}/*.csv)" if filesystem.isdir(where.path) else ""
        raise UserError(f"{address}: no file matches{hint}")
    return found


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
