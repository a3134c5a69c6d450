"""Results of a finished sweep: the top ten as a whole process, and the whole table beside pandas reading the rows.

    python benchmarks/results.py [TRIALS]

Prints one JSON line: milliseconds of the best of some runs, the ratio, and what each may be at most.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from sweeper.ledger import Ledger, SweepRow, TrialRow, open_ledger
from sweeper.model import Measurement, Metric, State
from sweeper.results.frame import READ, frame
from sweeper.results.table import as_table
from sweeper.results.top import top

SWEEP = "digits-0001"
METRIC = Metric()
TOP_LIMIT_MS, FRAME_LIMIT = 150, 1.5

# What the command does, for as long as there is no command.
EQUIVALENT = f"""
from sweeper.ledger import open_ledger
from sweeper.model import Metric
from sweeper.results.top import top
from sweeper.results.table import as_table
from pathlib import Path
import sys
with open_ledger(Path(sys.argv[1]), create=False) as ledger:
    row = ledger.find_sweep({SWEEP!r})
    print(as_table(top(ledger, row.id, metric=row.metric, n=10), sweep=row.id, metric=row.metric))
"""


def main(count: int) -> None:
    """Build, time, print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_ledger(home) as ledger:
            fill(ledger, count)
            process = [milliseconds(lambda: run(command(home))) for _ in range(7)]
            bare = [milliseconds(lambda: run([sys.executable, "-c", "pass"])) for _ in range(5)]
            call = [milliseconds(lambda: top(ledger, SWEEP, metric=METRIC, n=10)) for _ in range(7)]
            ours, pandas = side_by_side(ledger, home / "ledger.db")
            assert as_table(top(ledger, SWEEP, metric=METRIC, n=10), sweep=SWEEP, metric=METRIC).count("\n") > 10
    ratio = min(ours) / min(pandas)
    print(
        json.dumps(
            {
                "benchmark": "results",
                "trials": count,
                "command": "sweeper results" if has_command() else "the same calls",
                "top10_process_ms": round(min(process), 1),
                "top10_process_median_ms": round(statistics.median(process), 1),
                "python_pass_ms": round(min(bare), 1),
                "top10_call_ms": round(min(call), 1),
                "frame_ms": round(min(ours), 1),
                "pandas_read_ms": round(min(pandas), 1),
                "frame_ratio": round(ratio, 2),
                "limits": {"top10_process_ms": TOP_LIMIT_MS, "frame_ratio": FRAME_LIMIT},
                "ok": min(process) <= TOP_LIMIT_MS and ratio <= FRAME_LIMIT,
            }
        )
    )


def fill(ledger: Ledger, count: int) -> None:
    """A sweep of ``count`` finished trials with a curve of three steps each."""
    ledger.add_sweep(SweepRow(SWEEP, "digits", time.time(), metric=METRIC, total=count))
    ledger.put_trials(trials(count))
    with ledger.transaction():
        for number in range(count):
            curve = [Measurement("accuracy", (number * 7919 % 9973 + step) / 1e4, step) for step in range(3)]
            ledger.add_measurements(SWEEP, f"{number:012x}", curve)


def trials(count: int) -> Iterator[TrialRow]:
    """Rows as a launch leaves them: some failed, some without a number."""
    draw = random.Random(7)
    for number in range(count):
        failed = number % 97 == 0
        yield TrialRow(
            SWEEP,
            f"{number:012x}",
            number,
            f"{number:012x}",
            params={
                "train_data_paths": "data/digits.csv",
                "hidden_units": draw.choice(["64", "128", "64,32"]),
                "batch_size": draw.choice([32, 64, 128]),
                "learning_rate": draw.uniform(1e-4, 1e-1),
                "optimizer": draw.choice(["sgd", "adam"]),
            },
            metric=None if failed else draw.random(),
            digest="0123456789abcdef",
            attempt=1,
            state=State.FAILED if failed else State.SUCCEEDED,
            started=1.7e9 + number,
            ended=1.7e9 + number + draw.random(),
            code=int(failed),
            note="ValueError: out of range" if failed else "",
        )


def command(home: Path) -> list[str]:
    """The command itself where it exists."""
    if has_command():
        return [sys.executable, "-m", "sweeper", "results", SWEEP, "--top=10", f"--home={home}"]
    return [sys.executable, "-c", EQUIVALENT, str(home)]


def has_command() -> bool:
    """Whether there is a command yet."""
    return all(find_spec(name) for name in ("sweeper.__main__", "sweeper.commands.results"))


def run(argv: list[str]) -> None:
    """Run to the end, quietly."""
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def side_by_side(ledger: Ledger, path: Path) -> tuple[list[float], list[float]]:
    """Times of our table and of pandas reading the same rows, alternating; each warmed up once."""
    import pandas as pd

    names = ", ".join(READ)  # what our table reads, no more

    def by_pandas() -> None:
        sql = f"SELECT {names} FROM trials WHERE sweep = ? AND removed = 0"
        rows = pd.read_sql(sql, connection, params=(SWEEP,))
        pd.concat([rows, pd.DataFrame([json.loads(text) for text in rows["params"]])], axis=1)

    connection = sqlite3.connect(path)
    ours: list[float] = []
    pandas: list[float] = []
    for _ in range(8):
        ours.append(milliseconds(lambda: frame(ledger, SWEEP, metric=METRIC)))
        pandas.append(milliseconds(by_pandas))
    connection.close()
    return ours[1:], pandas[1:]


def milliseconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
