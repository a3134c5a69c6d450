"""Curves that are told to a judge in a given order."""

from sweeper.early_stopping.judge import Judge
from sweeper.model import EarlyStopping, Metric

LOSS = Metric("loss", goal="minimize")


def judge(rule, metric=None, **settings):
    return Judge(EarlyStopping(rule, **settings), metric or Metric())


def told(judge, *reports):
    """(trial, step, value) one after the other; the standing after each, as a set of stopped trials."""
    seen = []
    for trial, step, value in reports:
        judge.take(trial, step, value)
        seen.append(set(judge.stopped))
    return seen


def side_by_side(curves):
    """Every trial's first report, then every trial's second, ...: trial -> values of steps 1, 2, ..."""
    longest = max(map(len, curves.values()))
    return [
        (trial, step, values[step - 1])
        for step in range(1, longest + 1)
        for trial, values in curves.items()
        if step <= len(values)
    ]


def one_after_the_other(curves):
    """Each trial's whole curve before the next one's."""
    return [(trial, step, value) for trial, values in curves.items() for step, value in enumerate(values, start=1)]
