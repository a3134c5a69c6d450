"""Lengths of time as people write them: ``2h``, ``1h30m``, ``90`` (seconds)."""

from __future__ import annotations

import re

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


def seconds(text: str) -> float | None:
    """The seconds that ``text`` means; None where it is no duration."""
    match = _DURATION.fullmatch(text.replace(" ", ""))
    if match is None or not any(match.groups()):
        return None
    return sum(float(part) * size for part, size in zip(match.groups(), _UNITS.values(), strict=True) if part)
