"""Names of files: as UTF-8 on the disk, whatever the locale; on one line for people, whatever is in them."""

from __future__ import annotations

import os
from pathlib import Path


def on_disk(root: Path | str, path: str) -> bytes:
    """Where an entry of a distribution is."""
    return os.path.join(os.fsencode(root), path.encode("utf-8", "surrogateescape"))


def name_of(raw: bytes) -> str:
    """A name or path as it was found; what is not UTF-8 in it comes back the same from ``on_disk``."""
    return raw.decode("utf-8", "surrogateescape")


def printable(path: str) -> str:
    """A name that could be taken for something else is quoted."""
    return path if path.isprintable() else ascii(path)
