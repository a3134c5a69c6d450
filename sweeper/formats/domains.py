"""The values of a parameter in a foreign file, checked as the service would check them."""

from __future__ import annotations

from itertools import pairwise

from sweeper.formats.fields import Fields
from sweeper.model import Choices, Range

SCALES = ("UNIT_LINEAR_SCALE", "UNIT_LOG_SCALE", "UNIT_REVERSE_LOG_SCALE")


def span(fields: Fields, *, scale: str | None, integer: bool, name: str, notes: list[str]) -> Choices | Range | None:
    """From ``minValue`` to ``maxValue``; a single value where they are the same. None after a complaint.

    An end that is not there is 0 where the other is: a service's answer leaves out what is 0, as proto3's JSON does.
    """
    if not (fields.has("minValue") or fields.has("maxValue")):
        fields.need("minValue", "maxValue")
        return None
    low, high = (fields.number(key) if fields.has(key) else 0 for key in ("minValue", "maxValue"))
    if low is None or high is None:
        return None
    if integer:
        for key, end in (("minValue", low), ("maxValue", high)):
            if end != int(end):
                fields.wrong(key, f"expected a whole number, got {end}", "or make it a DOUBLE")
                return None
        low, high = int(low), int(high)
    else:
        low, high = float(low), float(high)
    if low > high:
        fields.wrong("minValue", f"minValue {low} is above maxValue {high}", "swap them")
        return None
    if scale in SCALES[1:] and low <= 0:
        fields.wrong("minValue", f"{scale} starts above 0, got {low}", "write a small number, or UNIT_LINEAR_SCALE")
        return None
    if scale == "UNIT_REVERSE_LOG_SCALE":
        notes.append(f"{name}: {scale} is not available here: it is drawn evenly between {low} and {high}")
    if low == high:
        return Choices((low,))
    return Range(low, high, "log" if scale == "UNIT_LOG_SCALE" else "linear", integer=integer)


def discrete(fields: Fields, key: str, *, scale: str | None, name: str, notes: list[str]) -> Choices | None:
    """Numbers in ascending order."""
    values = fields.numbers(key)
    if not values or len(values) < len(fields.items(key)):
        if fields.need(key) and not fields.items(key):
            fields.wrong(key, "expected at least one number")
        return None
    if any(low >= high for low, high in pairwise(values)):
        fields.wrong(key, "expected numbers in ascending order, each once")
        return None
    if scale in SCALES[1:]:
        notes.append(f"{name}: listed values have no scale here: {scale} is left out")
    return Choices(values)


def categories(fields: Fields, key: str) -> Choices | None:
    """Words, each once."""
    values = fields.texts(key)
    if not values or len(values) < len(fields.items(key)):
        if fields.need(key) and not fields.items(key):
            fields.wrong(key, "expected at least one word")
        return None
    if len(set(values)) < len(values):
        fields.wrong(key, "expected each word once")
        return None
    return Choices(values)
