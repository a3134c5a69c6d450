"""Times as the services write them, RFC 3339 in UTC, and durations."""

from __future__ import annotations

from datetime import UTC, datetime

MICRO = 1_000_000


def to_micros(seconds: float) -> int:
    """Unix seconds as whole microseconds, which SQLite keeps and compares exactly."""
    return round(seconds * MICRO)


def rfc3339(micros: int, *, digits: int = 6) -> str:
    """``2021-05-18T00:00:00.123456Z``; ML Engine shows no fraction of a second, Vertex six digits."""
    moment = datetime.fromtimestamp(micros // MICRO, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{micros % MICRO:06d}" if digits else ""
    return f"{moment}{fraction}Z"


def micros_of(text: str) -> int | None:
    """A time with its offset as microseconds; None where it is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or "T" not in text.upper():
        return None
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * MICRO + moment.microsecond


def seconds_of(duration: str | None, otherwise: float | None) -> float | None:
    """``7200s`` as seconds."""
    return float(duration.removesuffix("s")) if duration else otherwise
