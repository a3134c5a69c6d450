"""Contenders run round after round, and whoever is surely not the best is out: where such a race stands.

Racing (Maron and Moore 1994, "Hoeffding Races", NIPS 6; for configurations Birattari and others 2002, "A Racing
Algorithm for Configuring Metaheuristics", GECCO) by the subset selection of ``tied``. Each look at the numbers may
leave out the best one by bad luck; the looks share the allowance (Bonferroni; later ones have more of it), so that
the best contender is still there in the end with a probability of at least CONFIDENCE, however many looks it took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sweeper.lean import dataclass, field
from sweeper.results.tied import CONFIDENCE, tied

LEAST = 3
"""Rounds before anybody is out: of a metric in steps, such as an accuracy, two equal differences are no rare luck."""

Ended = Mapping[tuple[str, int], "float | None"]
"""The number of each run that has ended, by point and round (from 0); None where it has none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a race stands."""

    left: tuple[str, ...]
    """Contenders of which none is surely better than another, in the order they were given."""
    rounds: int
    """That all of them have run."""
    over: bool
    out: Mapping[str, int] = field(default_factory=dict)
    """Those that are not left, and after how many rounds each went."""
    same: bool = False
    """Every contender gave the same number each time: another seed changes nothing, so nothing can be told."""

    @property
    def winner(self) -> str | None:
        """The one that is left."""
        return self.left[0] if self.over and len(self.left) == 1 and not self.same else None


def race(points: Sequence[str], ended: Ended, goal: Literal["maximize", "minimize"], *, rounds: int) -> Standing:
    """The standing after as many rounds as are complete, ``rounds`` at most; a pure function of what has ended.

    A run without a number counts for nothing, and a contender that has none at all is out as soon as others are told
    apart. Raises ImportError without scipy.
    """
    left, out = list(points), dict[str, int]()
    for done in range(1, rounds + 1):
        if any((point, done - 1) not in ended for point in left):
            return Standing(tuple(left), done - 1, False, out)
        if done < LEAST:
            continue
        runs = [(point, str(k), value) for point in left for k in range(done) if (value := ended[point, k]) is not None]
        if _same(runs):
            return Standing(tuple(left), done, True, out, same=True)
        found = tied(runs, goal, confidence=1 - (1 - CONFIDENCE) * _share(done, rounds))
        if found is None:
            continue
        out |= {point: done for point in left if point not in found}
        left = [point for point in left if point in found]
        if len(left) == 1:
            return Standing(tuple(left), done, True, out)
    return Standing(tuple(left), rounds, True, out)


def _share(done: int, rounds: int) -> float:
    """Of the allowance; all looks together have 1. Early on, few runs tell little whatever is allowed."""
    looks = rounds - LEAST + 1
    return (done - LEAST + 1) / (looks * (looks + 1) / 2)


def _same(runs: Sequence[tuple[str, str, float]]) -> bool:
    """Whether points have run again, and none came to another number."""
    points = {point for point, _, _ in runs}
    return len(points) < len(runs) and len({(point, value) for point, _, value in runs}) == len(points)
