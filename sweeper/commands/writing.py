"""A text file that appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sweeper.errors import UserError


def write_whole(path: Path, text: str, output: str) -> None:
    """Whole, over an older one. Raises UserError under the name ``output`` where that cannot be."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UserError(f"cannot be written: {error.strerror}", where=output) from None
