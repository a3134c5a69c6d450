"""Which points cannot be told from the best one, by what their repeats differ among each other.

The subset selection of Gupta (1965, Technometrics 7, 225-245) and, as confidence bounds, Hsu (1984, Annals of
Statistics 12, 1136-1144): a point is left out where its mean is worse than another's by more than chance explains,
so that what stays holds the truly best point with a probability of at least CONFIDENCE. Chance is the spread that the
additive model ``point + seed`` leaves, which is the analysis of variance of a randomised block design: where points
share their seeds, what a seed does to all of them is nobody's merit. Quantiles are Student's t with Bonferroni's
correction over the points that are left, again after each round, as Holm (1979) does. The spread is taken to be alike
among these points; one that varies more than they do together is judged by its own.

A metric that moves in steps (an accuracy on 360 examples) may by luck leave no spread at all. No run is known better
than to half a step, so no spread is less than what rounding to steps adds, step^2 / 12 (Sheppard 1898, Proceedings of
the London Mathematical Society 29, 353-380). The step is the smallest gap between two values that were seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.intp]

CONFIDENCE = 0.95
ROUNDS = 20
"""At most; stopping earlier leaves more points in."""
TURNS = 500
"""Of the fit, at most; two do where every point has run with every seed."""
RIVALS = 20
"""So many of the best means are what others are compared with."""
ROUNDING = 1e-12
"""Differences this small, relative to the largest number, are none."""


def is_available() -> bool:
    """Whether scipy, and with it numpy, is there."""
    from importlib.util import find_spec

    return find_spec("scipy") is not None


def tied(
    runs: Sequence[tuple[str, str, float]], goal: Literal["maximize", "minimize"], *, confidence: float = CONFIDENCE
) -> set[str] | None:
    """The points that may be the best, from (point, seed, finite number) of their runs; the best mean's among them.

    None where the runs cannot tell: no point has two, or none is there. Raises ImportError without scipy.
    """
    import numpy as np

    points = list(dict.fromkeys(point for point, _, _ in runs))
    numbers = {point: number for number, point in enumerate(points)}
    point = np.array([numbers[point] for point, _, _ in runs], dtype=np.intp)
    seed = _seeds(runs)
    values = np.array([value for _, _, value in runs]) * (1.0 if goal == "maximize" else -1.0)
    if not len(runs) or _freedom(point, seed) < 1:
        return None
    values = values / (np.abs(values).max() or 1.0)  # no overflow, and a scale for ROUNDING
    left, floor = np.arange(len(points)), _step(values) ** 2 / 12
    for _ in range(ROUNDS):
        mine = np.isin(point, left)
        if len(left) < 2 or _freedom(point[mine], seed[mine]) < 1:
            break
        keep = _keep(np.searchsorted(left, point[mine]), _renumbered(seed[mine]), values[mine], confidence, floor)
        if keep.all():
            break
        left = left[keep]
    return {points[number] for number in left}


def _seeds(runs: Sequence[tuple[str, str, float]]) -> Whole:
    """A number for each seed; one for all where some seed belongs to one point alone, so that nothing is paired."""
    import numpy as np

    users: dict[str, set[str]] = {}
    for point, seed, _ in runs:
        users.setdefault(seed, set()).add(point)
    shared = all(len(points) > 1 for points in users.values())
    numbers = {seed: number if shared else 0 for number, seed in enumerate(users)}
    return np.array([numbers[seed] for _, seed, _ in runs], dtype=np.intp)


def _freedom(point: Whole, seed: Whole) -> int:
    """Degrees of freedom that the additive model leaves."""
    return len(point) - len(set(point.tolist())) - len(set(seed.tolist())) + 1


def _renumbered(numbers: Whole) -> Whole:
    import numpy as np

    found: Whole = np.unique(numbers, return_inverse=True)[1]
    return found


def _step(values: Floats) -> float:
    """The smallest gap between distinct values; 0 where there is one value alone."""
    import numpy as np

    gaps = np.diff(np.sort(values))
    return float(gaps.min(initial=np.inf, where=gaps > ROUNDING)) if (gaps > ROUNDING).any() else 0.0


def _keep(point: Whole, seed: Whole, values: Floats, confidence: float, floor: float) -> NDArray[Any]:
    """Of each point, whether no other is surely better; ``floor`` is the least variance of a run."""
    import numpy as np
    from scipy.special import stdtrit  # scipy.stats takes a second to import

    n = np.bincount(point)
    mean, rest = _fit(point, seed, values)
    freedom = _freedom(point, seed)
    pooled = float(rest @ rest) / freedom
    # With seeds taken out, a point's own residuals are smaller by (points - 1) / points.
    share = len(n) / (len(n) - 1) if seed.any() else 1.0
    own = np.bincount(point, rest**2) * share / np.maximum(n - 1, 1)
    spread = np.maximum(own, max(pooled, floor)) / n
    quantile = float(stdtrit(freedom, 1 - (1 - confidence) / (len(n) - 1)))
    rivals = np.argsort(-mean, kind="stable")[:RIVALS]
    worse = mean[rivals][None, :] - mean[:, None] - quantile * np.sqrt(spread[rivals][None, :] + spread[:, None])
    return np.asarray((worse <= ROUNDING).all(axis=1))


def _fit(point: Whole, seed: Whole, values: Floats) -> tuple[Floats, Floats]:
    """The points' means with the seeds' effects taken out, and the residuals; least squares by turns."""
    import numpy as np

    runs, users = np.bincount(point), np.bincount(seed)
    effect = np.zeros(len(users))
    for _ in range(TURNS):
        mean = np.bincount(point, values - effect[seed]) / runs
        found = np.bincount(seed, values - mean[point]) / users
        found -= found.mean()
        settled = np.abs(found - effect).max() <= ROUNDING
        effect = found
        if settled:
            break
    return mean, values - mean[point] - effect[seed]
