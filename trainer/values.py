"""From the text of an option to a checked value."""

from __future__ import annotations

import math

from trainer.errors import UserError


def whole(name: str, text: str, *, minimum: int, maximum: int | None = None) -> int:
    """A whole number within its bounds, ends included.

    ``32.0`` is one: so a tuning service may write the values of a DISCRETE parameter.
    """
    number = _number(text)
    if not number.is_integer() or number < minimum or (maximum is not None and number > maximum):
        most = "" if maximum is None else f" and at most {maximum}"
        raise UserError(f"{name}: expected a whole number of at least {minimum}{most}, got {text!r}")
    return int(number)


def positive(name: str, text: str) -> float:
    """A finite number above zero."""
    value = _number(text)
    if not 0 < value < math.inf:
        raise UserError(f"{name}: expected a number above 0, got {text!r}")
    return value


def fraction(name: str, text: str) -> float:
    """A number from 0 up to, but not including, 1."""
    value = _number(text)
    if not 0 <= value < 1:
        raise UserError(f"{name}: expected a number from 0 to below 1, got {text!r}")
    return value


def one_of(name: str, text: str, choices: tuple[str, ...]) -> str:
    """One of the listed words."""
    if text not in choices:
        raise UserError(f"{name}: expected {' or '.join(choices)}, got {text!r}")
    return text


def listed(name: str, text: str) -> tuple[str, ...]:
    """The parts of a comma-separated list; at least one."""
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    if not parts:
        raise UserError(f"{name}: expected a comma-separated list, got {text!r}")
    return parts


def _number(text: str) -> float:
    """NaN for what is not a number: it is within no bounds."""
    try:
        return float(text)
    except ValueError:
        return math.nan
