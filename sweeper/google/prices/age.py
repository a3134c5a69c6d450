"""How old a price is."""

from __future__ import annotations

from datetime import UTC, date, datetime


def days(as_of: str | None, *, now: float) -> int | None:
    """Days since that day; None where there is no date, or none that can be read."""
    try:
        then = date.fromisoformat(as_of or "")
    except ValueError:
        return None
    return max(0, (datetime.fromtimestamp(now, UTC).date() - then).days)


def in_words(as_of: str | None, *, now: float) -> str:
    """``prices of 2026-10-07, 48 days old``."""
    age = days(as_of, now=now)
    if age is None:
        return "undated prices"
    return f"prices of {as_of}, {age} day{'s' * (age != 1)} old"
