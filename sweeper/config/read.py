"""Reads a config from disk; the only part of this package that touches it."""

from __future__ import annotations

from pathlib import Path

from sweeper.config.names import did_you_mean
from sweeper.errors import ConfigError, Problem

_ENDINGS = (".yaml", ".yml")
_LARGEST = 64 * 2**20


def read(path: str | Path) -> str:
    """The text of the file; ConfigError where there is none, with the nearest file of the same folder."""
    path = Path(path)
    try:
        if path.is_file() and path.stat().st_size > _LARGEST:
            raise _error("the file is larger than 64 MB: not a sweep config", where=str(path))
        data = path.read_bytes()
    except FileNotFoundError:
        raise _error("no such file", where=str(path), hint=_neighbour(path)) from None
    except IsADirectoryError:
        raise _error("expected a file, got a folder", where=str(path), hint=_inside(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _error(f"cannot be read: {reason}", where=str(path)) from None
    return _decode(data, path)


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        where = f"{path}:{line}:{column}"
        hint = "save the file as UTF-8"
        raise _error(f"expected UTF-8 text, got the byte 0x{data[error.start]:02x}", where=where, hint=hint) from None


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
