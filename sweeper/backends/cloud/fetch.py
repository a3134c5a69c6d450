"""A trial's output folder, copied from the bucket to this machine."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from sweeper.errors import UserError
from sweeper.google.storage import Storage


def fetch(storage: Storage, folder: str, into: Path) -> None:
    """Every object below ``folder``, under the same path below ``into``; each file appears whole."""
    into.mkdir(parents=True, exist_ok=True)
    for one in storage.list(f"{folder}/"):
        name = one.url[len(folder) + 1 :]
        if name.endswith("/") or not is_below(name):
            continue
        _put(into / name, storage.read(one.url))


def _put(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:  # a bucket may have both ``a`` and ``a/b``, a disk not
        raise UserError(f"cannot be written: {error.strerror}", where=str(path)) from error


def is_below(name: str) -> bool:
    """Whether an object's name is a path that stays below the folder it is put into."""
    path = PurePosixPath(name)
    return bool(name) and "\0" not in name and "\\" not in name and not path.is_absolute() and ".." not in path.parts
