"""Contents of objects as files under generated names, so that no object's name is ever a path."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4


class Blobs:
    """A folder of contents. A content never changes once an object has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()

    def new(self) -> str:
        """A name, and its empty file."""
        name = uuid4().hex
        self._place(name).touch()
        return name

    def path(self, name: str) -> Path:
        """Where that content lies."""
        return self._folder / name[:2] / name

    def link(self, name: str) -> str:
        """The same content under another name, without copying it."""
        other = uuid4().hex
        os.link(self.path(name), self._place(other))
        return other

    def drop(self, name: str) -> None:
        """Away with it; whoever reads it right now may finish."""
        self.path(name).unlink(missing_ok=True)

    def sweep(self, known: Iterable[str]) -> None:
        """Away with what a killed emulator wrote and nothing refers to."""
        keep = set(known)
        for path in self._folder.glob("*/*"):
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        """Where a new content will lie; its folder is there."""
        path = self.path(name)
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        return path
