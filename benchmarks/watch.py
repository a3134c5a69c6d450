"""A sweep that is looked at while it runs: what one look of the full screen and of the live page costs.

    python benchmarks/watch.py [TRIALS]

A ledger of so many trials, of which sixteen run, is looked at again after each of twenty reports. Prints one JSON line:
milliseconds of processor time, the median and the most; what is asked of the median.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sweeper.commands.reporting.page import Reader
from sweeper.commands.screen.app import Watch
from sweeper.ledger import Ledger, SweepRow, TrialRow, open_ledger
from sweeper.ledger.rows import JobRow
from sweeper.model import Measurement, Metric, Reason, State
from sweeper.surroundings import Surroundings

SWEEP = "digits-0001"
METRIC = Metric()
CONFIG = "trainer: trainer.task\nmetric: accuracy\nparameters: {learning_rate: [0.1], batch_size: [32]}\n"
RUNNING, STEPS, LOOKS = 16, 20, 20
LIMIT_MS = {"look": 100.0, "key": 50.0}


def main(count: int) -> None:
    """Build, look, print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_ledger(home) as ledger, open_ledger(home) as writer:
            row = fill(ledger, count)
            here = Surroundings(home, {}, home, sys.executable, print, print)
            reader = Reader(ledger, here)
            reader.model(row)  # what does not change is read once
            reads = [milliseconds(lambda: reader.model(row)) for _ in range(3)]
            first, looks, keys = asyncio.run(look(ledger, writer, row, here))
    found = {"first": [first], "look": looks, "key": keys, "page": reads}
    medians = {f"{name}_ms": round(statistics.median(times), 1) for name, times in found.items()}
    most = {f"{name}_most_ms": round(max(times), 1) for name, times in found.items() if len(times) > 1}
    ok = all(statistics.median(found[name]) <= limit for name, limit in LIMIT_MS.items())
    print(json.dumps({"benchmark": "watch", "trials": count, **medians, **most, "limits": LIMIT_MS, "ok": ok}))


async def look(
    ledger: Ledger, writer: Ledger, row: SweepRow, here: Surroundings
) -> tuple[float, list[float], list[float]]:
    """Milliseconds until the first picture, of each look after a report, and from a key to the next picture."""
    app = Watch(ledger, row, here)
    began = time.process_time()
    async with app.run_test(size=(140, 50)) as pilot:
        await pilot.pause()
        first = (time.process_time() - began) * 1000
        looks, keys = [], []
        for step in range(LOOKS):
            writer.add_measurements(row.id, "t0000", [Measurement("accuracy", 0.5, STEPS + step, time.time())])
            looks.append(milliseconds(lambda: app.tick(anew=True)))
            await pilot.pause()
        for key in ("down", "pagedown", "end", "up", "pageup", "home") * 3:
            began = time.process_time()
            await pilot.press(key)
            keys.append((time.process_time() - began) * 1000)
    return first, looks, keys


def fill(ledger: Ledger, count: int) -> SweepRow:
    """Trials with a curve each: the last ones run, a few have failed, the others succeeded."""
    rng = random.Random(1)
    row = SweepRow(SWEEP, "digits", time.time() - 3600, config=CONFIG, metric=METRIC, total=count + 100)
    ledger.add_sweep(row)
    began = time.time() - 3600
    with ledger.transaction():
        for number in range(count):
            trial = f"t{number:04}"
            params = {"learning_rate": 10 ** rng.uniform(-4, -1), "batch_size": rng.choice([16, 32, 64])}
            best = rng.uniform(0.5, 0.95)
            ledger.put_trial(TrialRow(SWEEP, trial, number, trial, params, metric=best))
            start = began + 3500 * number / count
            job = JobRow(SWEEP, trial, 1, State.RUNNING, handle="", submitted=start, started=start)
            if number < count - RUNNING:
                bad = number % 50 == 0
                state, reason = (State.FAILED, Reason.CODE) if bad else (State.SUCCEEDED, Reason.NONE)
                job = JobRow(SWEEP, trial, 1, state, reason, submitted=start, started=start, ended=start + 60)
            ledger.put_job(job)
            curve = [Measurement("accuracy", best * (1 - 0.8**step), step, start + step) for step in range(1, STEPS)]
            ledger.add_measurements(SWEEP, trial, curve)
    return row


def milliseconds(what: Callable[[], object]) -> float:
    """Of one call."""
    began = time.process_time()
    what()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
