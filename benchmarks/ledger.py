"""How fast starts and ends of trials are recorded, beside bare SQLite; prints one JSON line (trials a second).

The floor is SQLite alone with the same pragmas: one table with the same text in its rows, two upserts a trial, each a
commit of its own. Ours writes the trial, its job, two events and the counts beside. Rounds take turns, the best counts.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median

from sweeper.ledger import JobRow, Ledger, SweepRow, TrialRow, open_ledger
from sweeper.ledger.schema import PAGE_SIZE
from sweeper.model import State, Value

SWEEP = "digits-1a2b3c"
PARAMS: dict[str, Value] = {
    "batch_size": 32,
    "learning_rate": 0.001,
    "hidden_units": "64,32",
    "optimizer": "sgd",
    "momentum": 0.9,
}
ARGS = tuple(f"--{name}={value}" for name, value in PARAMS.items())
TABLE = (
    "CREATE TABLE trials(sweep TEXT, id TEXT, number INTEGER, params TEXT, args TEXT, state TEXT, started REAL,"
    " ended REAL, code INTEGER, PRIMARY KEY(sweep, id))"
)
UPSERT = (
    "INSERT INTO trials VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(sweep, id) DO UPDATE SET"
    " state = excluded.state, started = excluded.started, ended = excluded.ended, code = excluded.code"
)

Run = tuple[TrialRow, JobRow, JobRow]


def runs(numbers: range) -> list[Run]:
    """Trials with their jobs at the start and at the end."""
    found = []
    for number in numbers:
        name = hashlib.sha256(str(number).encode()).hexdigest()[:12]
        job = JobRow(SWEEP, name, 1, args=ARGS, submitted=1.0)
        end = replace(job, state=State.SUCCEEDED, started=1.0, ended=2.0, code=0)
        found.append((TrialRow(SWEEP, name, number, name, PARAMS), job, end))
    return found


def bare(home: Path, wanted: Sequence[Run]) -> float:
    """Seconds that SQLite alone takes."""
    connection = sqlite3.connect(home / "bare.db", isolation_level=None)
    connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(TABLE)
    params, args = json.dumps(PARAMS), json.dumps(ARGS)
    with closing(connection):
        begun = time.perf_counter()
        for trial, _, _ in wanted:
            row = (SWEEP, trial.id, trial.number, params, args)
            for state in (("running", 1.0, None, None), ("succeeded", 1.0, 2.0, 0)):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(UPSERT, (*row, *state))
                connection.execute("COMMIT")
        return time.perf_counter() - begun


def record(ledger: Ledger, wanted: Sequence[Run]) -> None:
    """A start and an end each."""
    for trial, job, end in wanted:
        ledger.begin(trial, job, time=1.0)
        ledger.record(job, end, time=2.0)


def single(home: Path, wanted: Sequence[Run]) -> float:
    """Seconds for the same in our ledger, every start and every end a commit."""
    with open_ledger(home) as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "digits", 1.0))
        begun = time.perf_counter()
        record(ledger, wanted)
        return time.perf_counter() - begun


def grouped(home: Path, wanted: Sequence[Run]) -> float:
    """Seconds with a commit for every hundred trials."""
    with open_ledger(home) as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "digits", 1.0))
        begun = time.perf_counter()
        for at in range(0, len(wanted), 100):
            with ledger.transaction():
                record(ledger, wanted[at : at + 100])
        return time.perf_counter() - begun


def best(act: Callable[[Path, Sequence[Run]], float], wanted: Sequence[Run]) -> float:
    """Trials a second in one round, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return len(wanted) / act(Path(folder), wanted)


def to_the_end(total: int, part: int) -> dict[str, float]:
    """Single commits from an empty ledger to ``total`` trials: the first and the last part, medians of 1,000 each."""
    rates = []
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder)) as ledger:
        ledger.add_sweep(SweepRow(SWEEP, "digits", 1.0))
        for start in range(0, total, 1000):
            wanted = runs(range(start, start + 1000))
            begun = time.perf_counter()
            record(ledger, wanted)
            rates.append(1000 / (time.perf_counter() - begun))
        begun = time.perf_counter()
        for _ in range(100):
            ledger.counts(SWEEP)
        counted = (time.perf_counter() - begun) / 100
    first, last = median(rates[: part // 1000]), median(rates[-part // 1000 :])
    return {
        "trials": total,
        "first": round(first),
        "last": round(last),
        "last_of_first": round(last / first, 2),
        "counts_us": round(counted * 1e6, 1),
    }


def main() -> None:
    """Measure and print."""
    wanted = runs(range(1500))
    ways = {"bare": bare, "single": single, "grouped": grouped}
    rates = dict.fromkeys(ways, 0.0)
    for _ in range(15):
        for name, act in ways.items():
            rates[name] = max(rates[name], best(act, wanted))
    found = {
        "benchmark": "ledger",
        **{name: round(rate) for name, rate in rates.items()},
        "single_of_bare": round(rates["single"] / rates["bare"], 2),
        "decay": to_the_end(100_000, 10_000),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
