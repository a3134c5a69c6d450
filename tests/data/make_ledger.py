"""Makes the stored ledger of the current schema version: ``python tests/data/make_ledger.py``.

Run it once when the schema's version goes up, and commit the new ``ledger-<version>.db`` beside the earlier ones, which
stay as they are: ``tests/ledger/test_ledger_versions.py`` opens each.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from sweeper.ledger import JobRow, Ledger, StudyRow, SweepRow, TrialRow, migrations, open_ledger
from sweeper.model import Measurement, Metric, Reason, State

SWEEP = "digits-1a2b3c"
CONFIG = "name: digits\ntrainer: trainer.task\nparameters: {batch_size: [32, 64]}\n"


def make(home: Path) -> None:
    """A sweep with a good trial, one that was lost once, a removed one that failed, and one that runs."""
    with open_ledger(home) as ledger:
        metric = Metric("accuracy", "maximize", "best")
        row = SweepRow(SWEEP, "digits", 1000.0, CONFIG, "configs/digits.yaml", "local", {"parallel": 2}, "d1g35t")
        ledger.add_sweep(replace(row, metric=metric, total=4))
        _succeed(ledger, "aaa111", 0, attempt=1, value=0.97)
        ledger.add_measurements(SWEEP, "aaa111", [Measurement("accuracy", v, s) for s, v in enumerate((0.9, 0.97))])
        _lose(ledger, "bbb222", 1)
        _succeed(ledger, "bbb222", 1, attempt=2, value=math.nan)
        _fail(ledger, "ccc333", 2)
        ledger.mark_removed(SWEEP, ["ccc333"], True)
        _run(ledger, "ddd444", 3, 1)
        ledger.ask(SWEEP, "cancel", time=1300.0)
        study = StudyRow(SWEEP, 1, trials=4, resume="earlier", submitted=1090.0)
        ledger.begin_study(study)
        ledger.move_study(study, replace(study, state=State.FAILED, handle="projects/p/jobs/j", note="é"))


def _run(ledger: Ledger, trial: str, number: int, attempt: int) -> JobRow:
    params = {"units": (64, 32), "rate": 1e-3, "flag": True, "name": "é"}
    job = JobRow(SWEEP, trial, attempt, args=("--units=64,32", "--rate=0.001", "--flag"), submitted=1100.0)
    ledger.begin(TrialRow(SWEEP, trial, number, trial, params, seed=number, digest="d1g35t"), job, time=1100.0)
    running = replace(job, state=State.RUNNING, handle=f"handle-{trial}", started=1101.0)
    ledger.record(job, running, time=1101.5)
    return running


def _succeed(ledger: Ledger, trial: str, number: int, *, attempt: int, value: float) -> None:
    job = _run(ledger, trial, number, attempt)
    ledger.record(job, replace(job, state=State.SUCCEEDED, ended=1200.0, code=0), time=1200.5)
    ledger.set_metric(SWEEP, trial, value)


def _lose(ledger: Ledger, trial: str, number: int) -> None:
    job = replace(JobRow(SWEEP, trial, 1), submitted=1090.0)
    ledger.begin(TrialRow(SWEEP, trial, number, trial), job, time=1090.0)
    ledger.record(job, replace(job, state=State.LOST, ended=1095.0), time=1095.5, retry_at=1099.0)


def _fail(ledger: Ledger, trial: str, number: int) -> None:
    job = _run(ledger, trial, number, 1)
    end = replace(job, state=State.FAILED, reason=Reason.CODE, ended=1150.0, code=1, note="ValueError: no")
    ledger.record(job, end, time=1150.5)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        stored = Path(__file__).parent / f"ledger-{migrations.VERSION}.db"
        shutil.copyfile(Path(folder) / "ledger.db", stored)
    print(stored)
