"""The ids that Vertex gives."""

from __future__ import annotations

import secrets


def new_id() -> str:
    """Nineteen digits; drawn, so that an emulator which begins anew does not give the same ones again."""
    return str(10**18 + secrets.randbelow(9 * 10**18))
