"""The runs of one point -> one row: mean, standard deviation and how many runs they are of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from sweeper.model import Metric
from sweeper.results.notes import of_runs, why
from sweeper.results.order import Place, Run, sort_key


class Summary(NamedTuple):
    """A row of the results before its details are looked up."""

    trial: str
    """The trial whose details the row shows; of a point's runs, the best one."""
    place: Place
    number: int
    """Of ties, the lower comes first; a point has its first run's."""
    metric: float | None
    std: float | None
    """With n - 1; None for fewer than two runs."""
    n: int
    """Runs that the metric is the mean of."""
    note: str


def of_trial(run: Run) -> Summary:
    """A trial that stands for itself."""
    place = run.place  # worked out at each look
    if place is Place.RANKED:
        return Summary(run.trial, place, run.number, run.metric, None, 1, "")
    return Summary(run.trial, place, run.number, run.shown, None, 0, why(run))


def of_point(runs: Sequence[Run], metric: Metric, *, repeats: int) -> Summary:
    """All runs of a point as one. Runs without a finite metric are left out of the mean, and the note counts them."""
    best = min(runs, key=lambda run: sort_key(run.place, run.metric, run.number, metric))
    first = min(run.number for run in runs)
    values = [run.metric for run in runs if run.place == Place.RANKED and run.metric is not None]
    if not values:
        return Summary(best.trial, best.place, first, best.shown, None, 0, why(best))
    mean, std = mean_and_std(values)
    note = of_runs(runs, total=max(repeats, len(runs)))
    return Summary(best.trial, Place.RANKED, first, mean, std, len(values), note)


def mean_and_std(values: Sequence[float]) -> tuple[float, float | None]:
    """Both correctly rounded sums, so that the order of the runs changes nothing; the second needs two values."""
    count = len(values)
    try:
        mean = math.fsum(values) / count
    except OverflowError:  # numbers near 1.8e308, whose sum is beyond it
        mean = math.fsum(value / count for value in values)
    if count < 2:
        return mean, None
    return mean, math.hypot(*(value - mean for value in values)) / math.sqrt(count - 1)
