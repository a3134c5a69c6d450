"""What other tools draw parameters from, as a sweep config writes it, each with its loss where it is not the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sweeper.config.nodes import Mark
from sweeper.formats.foreign.draft import Draft, unique
from sweeper.model import Value
from sweeper.space.identity import value_text

TAIL = 2.0
"""So many standard deviations around the mean stand for a normal distribution: 95 % of it."""
MOST_LISTED = 100_000
"""Values that are made of the ranges of one file: a few words must not fill the memory."""


def choices(
    draft: Draft, mark: Mark, path: str, values: Sequence[Value], *, once_anyway: bool = False
) -> list[Value] | None:
    """Listed values, each once. None after a complaint.

    ``once_anyway``: the tool itself tries a value that is listed twice only once.
    """
    if not values:
        draft.wrong(mark, path, "expected at least one value")
        return None
    once = unique(list(values))
    if len(once) < len(values) and not once_anyway:
        known: set[str] = set()
        doubles = [one for one in values if value_text(one) in known or known.add(value_text(one))]  # type: ignore[func-returns-value]
        shown = ", ".join(dict.fromkeys(map(value_text, doubles)))
        draft.lose(mark, path, f"{shown} is listed more than once", "each value is tried once")
    return once


def likely(
    draft: Draft, mark: Mark, path: str, values: Sequence[Value], weights: Sequence[int | float]
) -> list[Value] | None:
    """Listed values that are not equally likely, which a sweep has no words for."""
    kept = [value for value, weight in zip(values, weights, strict=False) if weight > 0]
    if len({round(one, 9) for one in weights if one > 0}) > 1:
        shown = ", ".join(f"{value_text(value)}: {weight:g}" for value, weight in zip(values, weights, strict=False))
        draft.lose(mark, path, f"the values are drawn with unequal probabilities ({shown})", "all are equally likely")
    return choices(draft, mark, path, kept)


def span(
    draft: Draft, mark: Mark, path: str, low: float, high: float, *, integer: bool = False, log: bool = False
) -> object:
    """A range to draw from, ends included; a constant where the ends meet. None after a complaint."""
    kind = int if integer else float
    low, high = kind(low), kind(high)
    if not (math.isfinite(low) and math.isfinite(high)):
        draft.wrong(mark, path, f"the range from {low} to {high} has no end")
        return None
    if low == high:
        draft.warn(mark, path, f"min and max are both {low}: there is nothing to search")
        return low
    if low > high:
        draft.wrong(mark, path, f"min {low} is above max {high}", "swap them")
        return None
    if log and low <= 0:
        draft.wrong(mark, path, f"a log scale starts above 0, got {low}")
        return None
    return {"min": low, "max": high, **({"scale": "log"} if log else {})}


def stepped(draft: Draft, mark: Mark, path: str, low: float, high: float, q: float) -> object:
    """Multiples of ``q``, drawn from a range whose ends are rounded to them as the draws are."""
    if q <= 0:
        draft.wrong(mark, path, f"the step must be above 0, got {q}")
        return None
    if not (math.isfinite(low / q) and math.isfinite(high / q)):
        draft.wrong(mark, path, f"the range from {low} to {high} has no end in steps of {q}")
        return None
    # What rounds to them has some width: an end that lies half-way between two multiples adds none.
    first, last = math.floor(low / q + 0.5), math.ceil(high / q - 0.5)
    if last - first < 1:
        return rounded(first * q)
    integer = float(q).is_integer()
    kind = int if integer else rounded
    return {"min": kind(first * q), "max": kind(last * q), "step": kind(q)}


def log_stepped(draft: Draft, mark: Mark, path: str, low: float, high: float, q: float) -> object:
    """Multiples of ``q`` on a log scale: whole numbers where q is 1, else a loss."""
    if q == 1:
        return span(draft, mark, path, max(round(low), 1), round(high), integer=True, log=True)
    draft.lose(mark, path, f"values are drawn on a log scale and rounded to multiples of {q:g}", "they are not rounded")
    return span(draft, mark, path, low, high, log=True)


def normal(
    draft: Draft, mark: Mark, path: str, mu: float, sigma: float, *, q: float | None = None, log: bool = False
) -> object:
    """A bell curve, which a sweep cannot draw from: evenly where 95 % of it lies."""
    what = f"{'the logarithm is drawn' if log else 'values are drawn'} from a normal distribution ({mu:g}, {sigma:g})"
    low, high = mu - TAIL * sigma, mu + TAIL * sigma
    if log:
        low, high = math.exp(min(low, 700)), math.exp(min(high, 700))
    low, high = float(f"{low:.6g}"), float(f"{high:.6g}")
    scale = " on a log scale" if log else ""
    draft.lose(mark, path, what, f"evenly{scale} between {low:g} and {high:g}, where 95 % of it lies")
    if q is not None:
        return (log_stepped if log else stepped)(draft, mark, path, low, high, q)
    return span(draft, mark, path, low, high, log=log)


def listing(draft: Draft, mark: Mark, path: str, values: Sequence[float] | None) -> list[Value] | None:
    """The levels of a grid, to the twelve digits that a sweep rounds spaced values to; None where they are none."""
    if values is None:
        return None
    return choices(draft, mark, path, [one if isinstance(one, int) else rounded(one) for one in values])


def fits(draft: Draft, mark: Mark, path: str, count: float) -> bool:
    """So many values can still be listed; complains where they cannot, before any is made."""
    draft.listed += max(count, 0)
    if draft.listed <= MOST_LISTED:
        return True
    draft.wrong(mark, path, f"more than {MOST_LISTED} values", "take fewer, or write a larger step")
    return False


def steps(
    draft: Draft, mark: Mark, path: str, low: float, high: float, step: float, *, inclusive: bool
) -> list[float] | None:
    """From ``low`` in steps; numpy's ``arange`` where the end is not included. None after a complaint."""
    wide = width(low, high, step)
    if not fits(draft, mark, path, wide):
        return None
    count = math.ceil(wide - 1e-9) if not inclusive else math.floor(wide + 1e-9) + 1
    whole = all(float(one).is_integer() for one in (low, step)) and all(isinstance(one, int) for one in (low, step))
    return [low + i * step if whole else rounded(low + i * step) for i in range(max(count, 0))]


def width(low: float, high: float, step: float) -> float:
    """How many steps there are; infinite where no float can tell."""
    try:
        return (high - low) / step
    except OverflowError:
        return math.inf


def spaced(draft: Draft, mark: Mark, path: str, low: float, high: float, count: int) -> list[float] | None:
    """``count`` values, both ends included. None after a complaint."""
    if not fits(draft, mark, path, count):
        return None
    return [low + (high - low) * i / (count - 1) for i in range(count)] if count > 1 else [low]


def rounded(value: float) -> float:
    """To the twelve digits that every machine agrees on."""
    return float(f"{value:.12g}")


def conditioned(domain: object, when: Mapping[str, object]) -> object:
    """A domain that is there only where others have some values."""
    if isinstance(domain, Mapping):
        return {**domain, "when": dict(when)}
    return {"values": domain if isinstance(domain, list) else [domain], "when": dict(when)}
