"""Reads a config from disk; the only part of this package that touches it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from sweeper.config.names import did_you_mean
from sweeper.errors import ConfigError, Problem

_ENDINGS = (".yaml", ".yml")
_LARGEST = 64 * 2**20


def read(path: str | Path, *, most: int = _LARGEST) -> str:
    """The text of the file; ConfigError where there is none, with the nearest file of the same folder.

    No more than ``most`` bytes are taken: what has more, or no end, is no config.
    """
    path = Path(path)
    try:
        with open(path, "rb", opener=_at_once) as stream:
            return read_stream(stream, str(path), most=most)
    except FileNotFoundError:
        raise _error("no such file", where=str(path), hint=_neighbour(path)) from None
    except IsADirectoryError:
        raise _error("expected a file, got a folder", where=str(path), hint=_inside(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _error(f"cannot be read: {reason}", where=str(path)) from None


def read_stream(stream: BinaryIO, where: str, *, most: int = _LARGEST) -> str:
    """What is read from an open file that messages call ``where``."""
    data = stream.read(most + 1)
    if len(data) > most:
        raise _error(f"the file is larger than {most // 2**20} MB: no sweep", where=where)
    return _decode(data, where)


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for somebody to write into a pipe: one that nobody writes into is empty."""
    file = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(file, True)
    return file


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        found = f"expected UTF-8 text, got the byte 0x{data[error.start]:02x}"
        raise _error(found, where=f"{where}:{line}:{column}", hint="save the file as UTF-8") from None


def _neighbour(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    names = _configs(folder)
    close = did_you_mean(path.name, names) if names else ""
    return close.replace("known:", "configs there:")


def _inside(path: Path) -> str:
    names = _configs(path)
    return f"did you mean {path / names[0]}?" if names else ""


def _configs(folder: Path) -> list[str]:
    try:
        return sorted(each.name for each in folder.iterdir() if each.suffix in _ENDINGS)
    except OSError:
        return []


def _error(message: str, where: str, hint: str = "") -> ConfigError:
    return ConfigError([Problem(message, where=where, hint=hint)])
