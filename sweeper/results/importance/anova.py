"""The analysis of variance of a full grid: exact, and the one case in which pairs of parameters are told apart.

Where every combination of the levels is there equally often, the sums of squares of all effects are orthogonal and add
up to the total (R. A. Fisher, Statistical Methods for Research Workers, 1925; D. C. Montgomery, Design and Analysis of
Experiments, chapter 5): an effect's is that of the means of its cells around the grand mean, less those of the effects
that it contains. The share is epsilon squared (T. L. Kelley, PNAS 21, 1935): the sum less what as many degrees of
freedom of noise would explain, as a part of the total.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from sweeper.lean import dataclass
from sweeper.results.importance.chance import by_chance
from sweeper.results.importance.effects import Effect, Importance, largest_first
from sweeper.results.report.axes import Axis

ALONE = "each combination ran once, and nothing is left over to tell noise by; `repeats: 3` would tell"
LITTLE = "each combination ran once, and what is left over to tell noise by is little; `repeats: 3` would tell more"
_LITTLE = 5
"""Degrees of freedom; with fewer, all but the largest effects may be noise."""
_ROUNDING = 1e-12
"""Sums of squares this small, relative to the total, are none."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What runs of the same point differ by."""

    squares: float
    """Their sum, on the scale of the means of points."""
    freedom: int


def is_full_grid(axes: Sequence[Axis]) -> bool:
    """Every combination of the levels, all equally often."""
    cells = Counter(zip(*(axis.values for axis in axes), strict=True))
    if not axes or any(value is None for axis in axes for value in axis.values):
        return False
    return len(cells) == math.prod(len(set(axis.values)) for axis in axes) and len(set(cells.values())) == 1


def anova(axes: Sequence[Axis], metric: Sequence[float], noise: Noise | None = None) -> Importance:
    """Of a full grid with a finite number in each row; ``noise`` where its rows are means of several runs."""
    scale = max(map(abs, metric)) or 1.0  # squares of very large numbers would overflow
    values = [value / scale for value in metric]
    total = _around(values, values)
    if total <= 0 or len(values) < 3:
        return Importance("anova", len(values), (), pairs=True)
    sums = _sums(axes, values, total)
    freedom = {names: math.prod(len(set(_axis(axes, name).values)) - 1 for name in names) for names in sums}
    within, left = _left_over(sums, freedom, total, len(values))
    if noise is not None and noise.freedom:
        within, left = noise.squares / scale**2, noise.freedom
    found = [_effect(names, sums[names], freedom[names], within, left, total) for names in sums]
    notes = (LITTLE if left else ALONE,) if left < _LITTLE else ()
    return Importance("anova", len(values), largest_first(found), notes, pairs=True)


def _sums(axes: Sequence[Axis], values: Sequence[float], total: float) -> dict[tuple[str, ...], float]:
    sums: dict[tuple[str, ...], float] = {(axis.name,): _between([axis.values], values) for axis in axes}
    for one, other in combinations(axes, 2):
        both = _between([one.values, other.values], values)
        sums[(one.name, other.name)] = both - sums[(one.name,)] - sums[(other.name,)]
    return {names: square if square > _ROUNDING * total else 0.0 for names, square in sums.items()}


def _left_over(
    sums: Mapping[tuple[str, ...], float], freedom: Mapping[tuple[str, ...], int], total: float, many: int
) -> tuple[float, int]:
    """What no effect of one or two explains, which is held to be noise, and its degrees of freedom."""
    rest = total - math.fsum(sums.values())
    return (rest if rest > _ROUNDING * total else 0.0), many - 1 - sum(freedom.values())


def _effect(names: tuple[str, ...], squares: float, free: int, within: float, left: int, total: float) -> Effect:
    by_noise = free * within / left if left else 0.0
    return Effect(names, max(0.0, squares - by_noise) / total, by_chance(squares, free, within, left))


def _between(levels: Sequence[Sequence[object]], values: Sequence[float]) -> float:
    """The sum of squares of the means of the cells."""
    cells: dict[tuple[object, ...], list[float]] = {}
    for *cell, value in zip(*levels, values, strict=True):
        cells.setdefault(tuple(cell), []).append(value)
    means = [math.fsum(cell) / len(cell) for cell in cells.values() for _ in cell]
    return _around(means, values)


def _around(numbers: Sequence[float], values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((number - mean) ** 2 for number in numbers)


def _axis(axes: Sequence[Axis], name: str) -> Axis:
    return next(axis for axis in axes if axis.name == name)
