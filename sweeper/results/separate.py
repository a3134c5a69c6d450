"""The values of parameters that all trials of a group have and few of those that succeeded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from sweeper.lean import dataclass
from sweeper.results.columns import parameters

Point = Mapping[str, Any]

LARGEST_SHARE, BY_CHANCE = 0.5, 0.1
MOST = 3
"""Conditions that are told, and values that one may list."""


@dataclass(frozen=True, slots=True)
class Sign:
    """All of the group meet it, and ``succeeded`` of the others."""

    parameter: str
    mark: str
    """``in``, ``>=``, ``<=`` or ``absent``."""
    value: Any
    """A list for ``in``; None for ``absent``."""
    succeeded: int


def signs(group: Sequence[Point], others: Sequence[Point]) -> list[Sign]:
    """What tells the group's points from the others, the sharpest first; of one parameter, the sharpest alone.

    Left out is what more than half of the others meet too, and what as many points, drawn from all at random, would
    all meet in more than one of ten cases (the hypergeometric probability). That is no test of many conditions:
    it keeps small groups from saying much.
    """
    found = []
    for name in parameters([dict(point) for point in (*group, *others)]):
        mine = [_judged(sign, holds, others) for sign, holds in _candidates(name, group)]
        best = min((sign for sign in mine if _tells(sign, len(group), len(others))), key=_sharpness, default=None)
        if best is not None:
            found.append(best)
    return sorted(found, key=_sharpness)[:MOST]


def _candidates(name: str, group: Sequence[Point]) -> Iterator[tuple[tuple[str, str, Any], Callable[[Point], bool]]]:
    if all(name not in point for point in group):
        yield (name, "absent", None), lambda point: name not in point
        return
    if not all(name in point for point in group):
        return
    values = [point[name] for point in group]
    texts = {json.dumps(value): value for value in values}  # as JSON, because True == 1 in Python
    if len(texts) <= MOST:
        yield (name, "in", list(texts.values())), lambda point: name in point and json.dumps(point[name]) in texts
    if all(map(_is_number, values)):
        least, most = min(values), max(values)
        yield (name, ">=", least), lambda point: _is_number(point.get(name)) and point[name] >= least
        yield (name, "<=", most), lambda point: _is_number(point.get(name)) and point[name] <= most


def _judged(sign: tuple[str, str, Any], holds: Callable[[Point], bool], others: Sequence[Point]) -> Sign:
    return Sign(*sign, sum(map(holds, others)))


def _tells(sign: Sign, group: int, others: int) -> bool:
    if not others or sign.succeeded > LARGEST_SHARE * others:
        return False
    return Fraction(comb(group + sign.succeeded, group), comb(group + others, group)) <= BY_CHANCE


def _sharpness(sign: Sign) -> tuple[int, bool]:
    """A limit says more about numbers than a list that happens to hold them all."""
    return sign.succeeded, sign.mark == "in" and len(sign.value) > 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
