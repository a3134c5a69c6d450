"""A sweep with a trial of every fate, written into a ledger by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sweeper.ledger import JobRow, SweepRow, TrialRow, open_ledger
from sweeper.model import Measurement, Metric, Reason, State

SWEEP, BEGIN = "fates-0a1b2c", 1_700_000_000.0
CONFIG = """\
name: fates
trainer: toy
metric: {name: score, goal: minimize}
method: random
trials: 8
parameters:
  lr: {min: 1e-4, max: 0.1, scale: log}
  depth: {min: 1, max: 4}
  opt: [sgd, adam]
  momentum: {min: 0, max: 0.9, when: {opt: sgd}}
  layers: [[8, 8], [16]]
"""
SGD = {"lr": 0.01, "depth": 2, "opt": "sgd", "momentum": 0.5, "layers": (8, 8)}
ADAM = {"lr": 0.0001, "depth": 4, "opt": "adam", "layers": (16,)}
NOTE = "ValueError: depth is 4: cannot be learnt"


def curve(*values: float, metric: str = "score", first: int = 1) -> list[Measurement]:
    return [Measurement(metric, value, step, BEGIN + step) for step, value in enumerate(values, start=first)]


# id -> its parameters, where it came to, the number that ranks it, and what it reported
FATES: dict[str, tuple[dict[str, Any], dict[str, Any], float | None, list[Measurement]]] = {
    "well": (SGD, {}, 0.25, [*curve(0.5, 0.3, 0.25), *curve(1.5, 1.25, metric="other loss")]),
    "early": (ADAM, {"reason": Reason.STOPPED_EARLY}, 0.75, curve(0.75)),
    "failed": (ADAM, {"state": State.FAILED, "reason": Reason.CODE, "code": 1, "note": NOTE}, None, curve(0.9)),
    "cancelled": (SGD, {"state": State.CANCELLED, "reason": Reason.USER, "started": None}, None, []),
    "nan": (SGD, {}, float("nan"), curve(0.5, float("nan"))),
    "running": (SGD, {"state": State.RUNNING, "ended": None}, None, curve(0.1)),
    "removed": (ADAM, {"removed": True}, 0.01, curve(0.01)),
}
ENDED = ("well", "early", "failed", "cancelled", "nan")


def fill(home: Path, *, reduce: str = "last") -> str:
    """The sweep in a new ledger; its id."""
    metric = Metric("score", "minimize", reduce)
    with open_ledger(home) as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "fates", BEGIN, config=CONFIG, config_path="fates.yaml", metric=metric))
        for number, (trial, (params, row, value, measured)) in enumerate(FATES.items()):
            where = {"state": State.SUCCEEDED, "started": BEGIN, "ended": BEGIN + 60.5, "code": 0, **row}
            args = ("--lr=0.01", f"--tag=a b'{number}")
            own = {name: where.pop(name) for name in ("removed",) if name in where}
            ledger.put_trial(TrialRow(SWEEP, trial, number, f"p{number}", params, seed=number, metric=value, **own))
            ledger.put_job(JobRow(SWEEP, trial, 1, args=args, **where))
            ledger.add_measurements(SWEEP, trial, measured)
    return SWEEP
