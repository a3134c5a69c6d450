"""The text of what ``sweeper import`` reads: a file, or standard input."""

from __future__ import annotations

import io
import sys

from sweeper.commands.importing.tool import LARGEST
from sweeper.config.read import read, read_stream

STDIN = "standard input"
"""What messages call it."""


def text_of(file: str) -> str:
    """The whole text. Raises ConfigError where there is none, or more than any sweep has: before it is looked at."""
    if file != STDIN:
        return read(file, most=LARGEST)
    return read_stream(sys.stdin.buffer if sys.stdin is not None else io.BytesIO(), STDIN, most=LARGEST)
