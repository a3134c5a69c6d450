"""The number that a trial is ranked by: set as it reports, and of all anew where the config names another metric."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.ledger.ledger import Ledger
from sweeper.model import Measurement, Metric, Reason
from sweeper.results.reduce import reduce
from sweeper.states import FINAL


def set_metric(
    ledger: Ledger, sweep: str, trial: str, metric: Metric, just_read: Sequence[Measurement] = (), *, early: bool
) -> None:
    """What was just read comes last, whatever an earlier attempt had reported in its place."""
    stored = [found for _, found in ledger.measurements(sweep, trial, None)]
    value, note = reduce([*stored, *just_read], metric, early=early)
    ledger.set_metric(sweep, trial, value, note)


def set_metrics(ledger: Ledger, sweep: str, metric: Metric) -> None:
    """Of every trial that has ended or reported: nothing is run again for a slip in the metric's name."""
    for row in list(ledger.trials(sweep)):
        if row.state in FINAL or row.metric is not None or row.metric_note:
            set_metric(ledger, sweep, row.id, metric, early=row.reason is Reason.STOPPED_EARLY)
