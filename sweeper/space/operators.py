"""What the operators of a constraint do: arithmetic that cannot run away and comparisons that mind the types."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import isclose

from sweeper.model import Value
from sweeper.space.identity import value_text

MOST_BITS = 4096
"""Of a whole number on the way to a result."""
TOLERANCE = 1e-12
"""Numbers this close are equal: 0.1 + 0.2 <= 0.3 holds, as it does for a person."""


class Wrong(Exception):
    """An operator was given what it cannot work with."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def number(value: Value) -> int | float:
    """The value, if it is a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Wrong(f"expected a number, found {value_text(value)}")
    return value


def truth(value: Value) -> bool:
    """The value, if it is true or false."""
    if not isinstance(value, bool):
        raise Wrong(f"expected true or false (a comparison), found {value_text(value)}")
    return value


def same(left: Value, right: Value) -> bool:
    """Equality of values: numbers by size, the rest by type and content; true is not 1."""
    if type(left) is type(right) is str:
        return left == right
    if _is_number(left) and _is_number(right):
        return left == right or _close(left, right)
    return value_text(left) == value_text(right)


def _less(left: Value, right: Value) -> bool:
    _comparable(left, right)
    return left < right and not _close(left, right)  # type: ignore[operator]


def _at_most(left: Value, right: Value) -> bool:
    _comparable(left, right)
    return left <= right or _close(left, right)  # type: ignore[operator]


COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "==": same,
    "!=": lambda left, right: not same(left, right),
    "<": _less,
    "<=": _at_most,
    ">": lambda left, right: _less(right, left),
    ">=": lambda left, right: _at_most(right, left),
}


def _power(left: int | float, right: int | float) -> int | float:
    whole = isinstance(left, int) and isinstance(right, int) and right > 0 and abs(left) > 1
    if whole and int(left).bit_length() * right > MOST_BITS:
        raise Wrong(f"{left} ** {right} is too large")
    result = left**right
    if isinstance(result, complex):
        raise Wrong(f"{left} ** {right} is not a real number")
    return result


_ARITHMETIC: dict[str, Callable[[int | float, int | float], int | float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
}


def calculate(mark: str, left: Value, right: Value) -> int | float:
    """One step of arithmetic; refuses what is no number, has no result, or a result too large to go on with."""
    # The commonest case first: a type check of its own costs as much as the arithmetic.
    a, b = (left, right) if type(left) is type(right) is int else (number(left), number(right))
    try:
        result = _ARITHMETIC[mark](a, b)
    except ZeroDivisionError:
        raise Wrong(f"division by zero in {a} {mark} {b}", hint="guard it, as in `b != 0 and a / b < 2`") from None
    except OverflowError:
        raise Wrong(f"{a} {mark} {b} is too large") from None
    if isinstance(result, int) and result.bit_length() > MOST_BITS:
        raise Wrong("the number becomes too large")
    return result


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _close(left: Value, right: Value) -> bool:
    if not (isinstance(left, float) or isinstance(right, float)):
        return False
    try:
        return isclose(left, right, rel_tol=TOLERANCE)  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond every float
        return False


def _comparable(left: Value, right: Value) -> None:
    if type(left) is type(right) is str or (_is_number(left) and _is_number(right)):
        return
    raise Wrong(f"cannot tell which is greater, {value_text(left)} or {value_text(right)}")
