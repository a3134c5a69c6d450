"""What both line formats share: JSON objects out of text that may be cut off, and numbers out of JSON values."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

_WORDS = frozenset({"nan", "inf", "infinity"})


def objects(text: str) -> Iterator[tuple[int, dict[str, object]]]:
    """The JSON objects of a text with their line numbers from 0; anything else, a half line too, is passed over.

    Lines end at a line feed only: ``str.splitlines`` would also cut at U+2028, which JSON allows inside a string.
    """
    for place, line in enumerate(text.removeprefix("\ufeff").split("\n")):
        try:
            found = json.loads(line) if "{" in line else None
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield place, found


def number(value: object, *, text: bool = False) -> float | None:
    """A JSON number as a float, else None. Of strings only ``nan`` and ``inf`` are numbers, or all if ``text``."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not text and value.strip().lstrip("+-").lower() not in _WORDS:
        return None
    try:
        return float(value)
    except ValueError:
        return None
    except OverflowError:  # a whole number beyond 1.8e308
        return math.inf if int(value) > 0 else -math.inf


def whole(value: object) -> int | None:
    """A step: a finite number, or its text, cut to a whole one that SQLite can hold; else None."""
    found = number(value, text=True)
    if found is None or not math.isfinite(found) or abs(found) >= 2**63:
        return None
    return value if isinstance(value, int) else int(found)


def seconds(value: object) -> float | None:
    """A time stamp that is a finite number; else None."""
    found = number(value)
    return found if found is not None and math.isfinite(found) else None
