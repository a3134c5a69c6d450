"""What a user can put right: said in one line, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """An option, a file or a folder that cannot be used as given; exit code 2."""


class Diverged(Exception):
    """The training left the finite numbers; exit code 1."""
