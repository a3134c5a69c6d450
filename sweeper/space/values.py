"""What a range stands for: its grid values, and the value at a fraction of the way through it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweeper.errors import UserError
from sweeper.model import Range, Value

if TYPE_CHECKING:
    from decimal import Decimal

MOST_VALUES = 1_000_000
"""Of one axis; more is a slip of the pen, and would have to be held in memory."""


def round12(number: float) -> float:
    """To 12 significant digits, so that the last bit of a machine's ``exp`` does not make another point."""
    return float(f"{number:.12g}")


def grid_values(domain: Range) -> tuple[Value, ...]:
    """The values of a range that has ``num`` or ``step``, in order, both ends included where the step hits them."""
    check(domain)
    if domain.step is not None:
        return _stepped(domain, domain.step)
    if domain.num is None:
        raise UserError(
            f"{_show(domain)} has neither num nor step, so it is not a list of values",
            hint="give it `num:` (how many values) or `step:`, or use method: random or sobol",
        )
    if domain.num < 1:
        raise UserError(f"expected num of at least 1, found {domain.num}")
    _refuse_many(domain.num)
    last = max(domain.num - 1, 1)
    return tuple(dict.fromkeys(_spaced(domain, i, last) for i in range(domain.num)))


def at(domain: Range, fraction: float) -> float | int:
    """The value at ``fraction`` (0 <= fraction < 1): uniform, log-uniform, or each whole number equally often."""
    if domain.integer:
        return _integer_at(int(domain.min), int(domain.max), fraction, log=domain.scale == "log")
    return _inside(domain, _between(float(domain.min), float(domain.max), fraction, log=domain.scale == "log"))


def fraction_of(domain: Range, value: float | int) -> float:
    """Where a value of the range lies: ``at`` of it gives the value again, but for the rounding of ``at``."""
    low, high = float(domain.min), float(domain.max)
    if domain.integer and domain.scale == "linear":
        return (value - low + 0.5) / (high - low + 1)
    if domain.integer:
        low, high = low - 0.5, high + 0.5
    if domain.scale == "log":
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low) if math.isfinite(high - low) else value / high / 2 - low / high / 2


def within(value: Value, domain: Range) -> bool:
    """Whether a value is one that a range without steps can give."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (domain.integer and value != int(value)):
        return False
    return domain.min <= value <= domain.max


def check(domain: Range) -> None:
    """Raise where a range makes no sense."""
    low, high = domain.min, domain.max
    for end in (low, high):
        if not _is_finite(end):
            raise UserError(f"expected finite numbers as the ends of a range, found {end!r}")
        if domain.integer and end != int(end):
            raise UserError(f"expected whole numbers as the ends of a range of whole numbers, found {end!r}")
    if low > high:
        raise UserError(f"the range's min {low!r} is greater than its max {high!r}", hint="swap them")
    if domain.scale == "log" and low <= 0:
        raise UserError(f"a log range needs a min above 0, found {low!r}")


def _stepped(domain: Range, step: float | int) -> tuple[Value, ...]:
    if domain.num is not None:
        raise UserError(f"{_show(domain)} has both num and step", hint="keep one of the two")
    if domain.scale == "log":
        raise UserError("a step adds up, so it does not go with scale: log", hint="use `num:` instead")
    if not _is_finite(step) or step <= 0:
        raise UserError(f"expected a step above 0, found {step!r}")
    if domain.integer and step != int(step):
        raise UserError(f"expected a whole number as the step of a range of whole numbers, found {step!r}")
    low, high = domain.min, domain.max
    if domain.integer and isinstance(low, int) and isinstance(high, int):
        _refuse_many((high - low) // int(step))
        return tuple(range(low, high + 1, int(step)))
    return _in_decimal_steps(domain, step)


def _in_decimal_steps(domain: Range, step: float | int) -> tuple[Value, ...]:
    from decimal import Decimal, localcontext

    with localcontext() as context:
        # Decimal arithmetic on the numbers as written, so that the third step of 0.1 is 0.3.
        context.prec = 60
        low, by = Decimal(repr(domain.min)), Decimal(repr(step))
        span = (Decimal(repr(domain.max)) - low) / by
        _refuse_many(span)
        steps = range(int(span + Decimal("1e-9")) + 1)
        if domain.integer:
            return tuple(int(low + by * i) for i in steps)
        return tuple(dict.fromkeys(_inside(domain, float(low + by * i)) for i in steps))


def _spaced(domain: Range, i: int, last: int) -> float | int:
    if i in (0, last):
        end = domain.max if i else domain.min
        return int(end) if domain.integer else float(end)
    if domain.integer and domain.scale == "linear":
        low, high = int(domain.min), int(domain.max)
        return low + (2 * (high - low) * i + last) // (2 * last)
    number = _between(float(domain.min), float(domain.max), i / last, log=domain.scale == "log")
    return round(number) if domain.integer else _inside(domain, number)


def _between(low: float, high: float, fraction: float, *, log: bool) -> float:
    if log:
        return math.exp(math.log(low) * (1 - fraction) + math.log(high) * fraction)
    return low * (1 - fraction) + high * fraction


def _integer_at(low: int, high: int, fraction: float, *, log: bool) -> int:
    if not log:
        return min(low + int(fraction * (high - low + 1)), high)
    # Half a number more at each end, so that the ends are as likely as their neighbours.
    number = _between(low - 0.5, high + 0.5, fraction, log=True)
    return min(max(round(number), low), high)


def _is_finite(number: object) -> bool:
    return isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number)


def _inside(domain: Range, number: float) -> float:
    """Rounded, but never past the ends, which are taken as written."""
    return min(max(round12(number), float(domain.min)), float(domain.max))


def _refuse_many(count: int | Decimal) -> None:
    if count > MOST_VALUES:
        raise UserError(
            f"a range may have at most {MOST_VALUES:,} values, this one has about {int(count):,}",
            hint="take fewer, or use method: random with neither num nor step",
        )


def _show(domain: Range) -> str:
    return f"the range {domain.min!r} to {domain.max!r}"
