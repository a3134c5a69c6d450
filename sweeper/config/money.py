"""Amounts as people write them: ``20 USD``, ``20``, ``$20``, ``20$``. US dollars: no rates are known."""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"(?:USD|\$)?\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:USD|\$)?", re.IGNORECASE)


def dollars(text: str) -> float | None:
    """The US dollars that ``text`` means; None where it means none."""
    match = _AMOUNT.fullmatch(text.strip())
    return float(match[1]) if match else None
