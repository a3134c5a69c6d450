"""What the keeper forks: the two kinds of parents that start trials."""

from __future__ import annotations

import os
from typing import NoReturn

from sweeper.backends.local import child, process, warm
from sweeper.backends.local.channel import Lines
from sweeper.backends.local.parent import Parent
from sweeper.backends.local.settings import Keeping


def be_warm(settings: Keeping, keeper: process.Process, lines: Lines) -> NoReturn:
    """Import what the trainer imports, then fork trials."""
    assert settings.warm is not None
    warm.main(settings.warm, lines, keeper)


def be_cold(keeper: process.Process, lines: Lines) -> NoReturn:
    """Fork trials that start a fresh interpreter."""
    Parent(lines, keeper, child.execute).serve()
    os._exit(0)
