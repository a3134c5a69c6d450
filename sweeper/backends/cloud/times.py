"""Google's spellings of moments and durations."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: object) -> float | None:
    """Unix seconds of an RFC 3339 time; None where there is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def written(seconds: float) -> str:
    """Unix seconds as filters take them."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """``3600s``."""
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


def seconds_of(text: object) -> float | None:
    """Seconds of ``3600s``; None where there is none."""
    if not isinstance(text, str) or not text.endswith("s"):
        return None
    try:
        return float(text[:-1])
    except ValueError:
        return None
