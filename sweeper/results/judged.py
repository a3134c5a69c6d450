"""The ranking where one number does not say it all: several objectives, conditions on metrics, or both.

Rows that have every objective and meet every condition come first, front by front (``fronts``) and within a front by
the first metric; with one objective that is its order. Then, without a rank, those that break a condition.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sweeper.model import Measurement, Metric, Reason
from sweeper.results import source as ledger
from sweeper.results.conditions import Broken, broken, conditions, in_words
from sweeper.results.fronts import fronts
from sweeper.results.order import Place, Run, sort_key
from sweeper.results.reduce import missing, reduce
from sweeper.results.repeats import Summary, mean_and_std, of_point, of_trial

Values = dict[str, float | None]


class Judged(NamedTuple):
    """A row of the results, with all that it is judged by."""

    row: Summary
    values: Values
    """Of each metric that the config names, of a point's runs the mean; None where there is none."""
    broken: tuple[str, ...]
    """The conditions that do not hold; empty for rows that are not judged."""
    front: int | None
    """0 for those that no other dominates; None with one objective, and for rows without a rank."""
    point: str


def judged(source: ledger.Source, sweep: str, metric: Metric, repeats: int) -> list[Judged]:
    """All rows, trials or with repeats points, in the order of the ranking."""
    points = ledger.runs_by_point(source, sweep)
    early = any(run.reason == Reason.STOPPED_EARLY for runs in points for run in runs)
    extremes = early or any(one.reduce != "last" for one in metric.more)
    seen = ledger.telling(source, sweep, metric.names[1:], extremes=extremes)
    wanted = conditions(metric)
    rows = []
    for runs in points:
        for its in [runs] if repeats != 1 else [[run] for run in runs]:
            row = of_point(its, metric, repeats=repeats) if repeats != 1 else of_trial(its[0])
            values = together([_of_run(run, seen.get(run.trial, ()), metric) for run in its if _counts(run, row)])
            rows.append(_judge(Judged(row, values, (), None, its[0].point), broken(wanted, values), metric))
    return _ranked(rows, metric)


def numbers(seen: Sequence[Measurement], metric: Metric, *, early: bool) -> Values:
    """What each wanted metric comes to, by its own reduction; ``early``: the trial was stopped by a rule."""
    wanted = (*metric.objectives, *map(Metric, metric.watched))
    return {one.name: reduce(seen, one, early=early)[0] for one in wanted}


def together(runs: Sequence[Mapping[str, float | None]]) -> Values:
    """Of each metric the mean of the finite numbers; of one run what it has, finite or not."""
    if len(runs) == 1:
        return dict(runs[0])
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: _mean([run[name] for run in runs]) for name in names}


def _mean(found: Sequence[float | None]) -> float | None:
    finite = [value for value in found if value is not None and math.isfinite(value)]
    return mean_and_std(finite)[0] if finite else next((value for value in found if value is not None), None)


def _of_run(run: Run, seen: Sequence[Measurement], metric: Metric) -> Values:
    others = numbers(seen, metric, early=run.reason == Reason.STOPPED_EARLY)
    return {**others, metric.name: run.shown}


def _counts(run: Run, row: Summary) -> bool:
    """A point's numbers are those of its runs that are ranked; of one that has none, those of the run that it shows."""
    return run.place == Place.RANKED if row.place == Place.RANKED else run.trial == row.trial


def _judge(one: Judged, wrong: list[Broken], metric: Metric) -> Judged:
    """Where it stands by all of its numbers; so far it stood by the first."""
    row, values = one.row, one.values
    if row.place in (Place.ENDED, Place.WAITING):
        return one._replace(values=dict.fromkeys(values))
    if row.place != Place.RANKED:
        return one
    for name in [each.name for each in metric.more]:
        value = values.get(name)
        if value is None or not math.isfinite(value):
            note = missing(name) if value is None else f"{name}: {value}"
            return one._replace(row=row._replace(place=Place.NO_NUMBER, n=0, note=note))
    if not wrong:
        return one
    note = "; ".join(filter(None, (in_words(wrong), row.note)))
    row = row._replace(place=Place.VIOLATES, note=note)
    return one._replace(row=row, broken=tuple(each.text for each in wrong))


def _ranked(rows: Sequence[Judged], metric: Metric) -> list[Judged]:
    first = [one for one in rows if one.row.place == Place.RANKED]
    if metric.more:
        placed = fronts([_vector(one, metric) for one in first])
        first = [one._replace(front=front) for one, front in zip(first, placed, strict=True)]
    others = [one for one in rows if one.row.place != Place.RANKED]
    return [
        *sorted(first, key=lambda one: (one.front or 0, *_by_metric(one, metric))),
        *sorted(others, key=lambda one: (one.row.place, *_by_metric(one, metric))),
    ]


def _by_metric(one: Judged, metric: Metric) -> tuple[int, float, int]:
    """Ranked ones and those that break a condition by the first metric, the others by number."""
    place = Place.RANKED if one.row.place == Place.VIOLATES else one.row.place
    return sort_key(place, one.row.metric, one.row.number, metric)


def _vector(one: Judged, metric: Metric) -> tuple[float, ...]:
    return tuple(_signed(one.values, each) for each in metric.objectives)


def _signed(values: Mapping[str, float | None], metric: Metric) -> float:
    value = values[metric.name]
    assert value is not None
    return -value if metric.goal == "maximize" else value


def standing(found: Sequence[Judged]) -> Iterator[str]:
    """How many rows stand where, in words: the front, and what the conditions leave out."""
    ranked = [one for one in found if one.row.place == Place.RANKED]
    if any(one.front is not None for one in ranked):
        yield f"on the Pareto front: {sum(one.front == 0 for one in ranked)} of {len(ranked)}"
    if many := sum(one.row.place == Place.VIOLATES for one in found):
        yield f"{many} left out by conditions"
