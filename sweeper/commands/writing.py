"""A file that appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sweeper.errors import UserError


def write_whole(path: Path, text: str, output: str) -> None:
    """Whole, over an older one. Raises UserError under the name ``output`` where that cannot be.

    A link is followed. A device or a pipe is written into, since a file in its place would be the end of it.
    """
    try:
        if path.is_dir():
            raise UserError("cannot be written: it is a folder", where=output, hint="name a file in it")
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            replace_whole(Path(os.path.realpath(path)), text.encode("utf-8"))
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=output) from None


def replace_whole(path: Path, data: bytes) -> None:
    """A regular file, over an older one. Raises OSError, with nothing left beside it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
