"""What packaging hands on: a file that goes in or stays out, the list of them, the finished distribution."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one folder that stays out as a whole (its path ends in a slash)."""

    path: str
    """Below the distribution's folder, with slashes."""
    size: int | None = None
    why: str = ""
    """Why it stays out; empty = it goes in."""
    secret: bool = False
    """It stays out because it looks like somebody's credentials."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a distribution is made of."""

    root: Path
    made_by: str
    """``setup.py`` or ``pyproject.toml`` of the project; empty where sweeper writes the setup.py."""
    files: tuple[Entry, ...]
    left_out: tuple[Entry, ...]


@dataclass(frozen=True)
class Package:
    """A source distribution, ready to be written or uploaded."""

    name: str
    version: str
    filename: str
    data: bytes = field(repr=False)
    digest: str
    """SHA-256 of ``data``, in hex: the same sources give the same on every machine."""
    files: tuple[str, ...]
    """Paths in the archive, without its top folder."""
    warnings: tuple[str, ...]
    listing: Listing = field(repr=False)
    """The same files with their sizes, and what stayed out."""
