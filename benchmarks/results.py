"""Results of a finished sweep: the top ten as a whole process, and the whole table beside pandas reading the rows.

    python benchmarks/results.py [TRIALS [MEASUREMENTS]]

Prints one JSON line: milliseconds of the best of some runs, the ratio, and what each may be at most. Under
``whole`` are whole processes that answer with every trial, each alone: seconds, seconds of processor time, and peak
memory in megabytes, beside pandas reading the same rows and SQLite alone fetching them (the floor).
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
from pathlib import Path

from sweeper.ledger import Ledger, SweepRow, TrialRow, open_ledger
from sweeper.model import Measurement, Metric, State
from sweeper.results.frame import READ, frame
from sweeper.results.table import as_table
from sweeper.results.top import top

SWEEP = "digits-0001"
METRIC = Metric()
TOP_LIMIT_MS, FRAME_LIMIT = 150, 1.5

SECONDS_LIMIT, MEGABYTES_LIMIT = 5.0, 1000

ROWS = f"SELECT {', '.join(READ)} FROM trials WHERE sweep = '{SWEEP}' AND removed = 0"
LAST = f"SELECT trial, metric, value, max(seq) FROM measurements WHERE sweep = '{SWEEP}' GROUP BY trial, metric"
FLOOR = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
for sql in sys.argv[2:]:
    connection.execute(sql).fetchall()
"""
PANDAS = """
import json, sqlite3, sys
import pandas as pd
connection = sqlite3.connect(sys.argv[1])
rows, last = (pd.read_sql(sql, connection) for sql in sys.argv[2:])
params = pd.DataFrame([json.loads(text) for text in rows["params"]])
metrics = last.pivot(index="trial", columns="metric", values="value").reindex(rows["id"]).reset_index(drop=True)
pd.concat([rows, params, metrics], axis=1).sort_values("metric", ascending=False)
"""
# A process of its own, because a child's peak begins with the memory of whoever forked it.
METER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
sys.exit(process.returncode != 0)
"""
OURS = """
import sys
from pathlib import Path
from sweeper.ledger import open_ledger
from sweeper.model import Metric
from sweeper.results.dataframes import results
with open_ledger(Path(sys.argv[1]).parent, create=False) as ledger:
    results(ledger, sys.argv[2], metric=Metric())
"""


def main(count: int, measured: int = 20) -> None:
    """Build, time, print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_ledger(home) as ledger:
            fill(ledger, count, measured)
            process = [milliseconds(lambda: run(command(home, "--top=10"))) for _ in range(7)]
            bare = [milliseconds(lambda: run([sys.executable, "-c", "pass"])) for _ in range(5)]
            call = [milliseconds(lambda: top(ledger, SWEEP, metric=METRIC, n=10)) for _ in range(7)]
            ours, pandas = side_by_side(ledger, home / "ledger.db")
            assert as_table(top(ledger, SWEEP, metric=METRIC, n=10), sweep=SWEEP, metric=METRIC).count("\n") > 10
        whole = {name: alone(argv) for name, argv in answers(home).items()}
    ratio = min(ours) / min(pandas)
    within = all(one["cpu_s"] <= SECONDS_LIMIT and one["peak_mb"] <= MEGABYTES_LIMIT for one in whole.values())
    print(
        json.dumps(
            {
                "benchmark": "results",
                "trials": count,
                "measurements": measured,
                "top10_process_ms": round(min(process), 1),
                "top10_process_median_ms": round(statistics.median(process), 1),
                "python_pass_ms": round(min(bare), 1),
                "top10_call_ms": round(min(call), 1),
                "frame_ms": round(min(ours), 1),
                "pandas_read_ms": round(min(pandas), 1),
                "frame_ratio": round(ratio, 2),
                "whole": whole,
                "limits": {
                    "top10_process_ms": TOP_LIMIT_MS,
                    "frame_ratio": FRAME_LIMIT,
                    "whole": {"cpu_s": SECONDS_LIMIT, "peak_mb": MEGABYTES_LIMIT},
                },
                "ok": min(process) <= TOP_LIMIT_MS and ratio <= FRAME_LIMIT and within,
            }
        )
    )


def fill(ledger: Ledger, count: int, measured: int) -> None:
    """A sweep of ``count`` finished trials with ``measured`` numbers each: two metrics, step by step."""
    ledger.add_sweep(SweepRow(SWEEP, "digits", time.time(), metric=METRIC, total=count))
    ledger.put_trials(trials(count))
    with ledger.transaction():
        for number in range(count):
            curves = [
                Measurement(("accuracy", "loss")[place % 2], (number * 7919 % 9973 + place) / 1e4, place // 2)
                for place in range(measured)
            ]
            ledger.add_measurements(SWEEP, f"{number:012x}", curves)


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


def command(home: Path, *options: str) -> list[str]:
    """The command itself."""
    return [sys.executable, "-m", "sweeper", "results", SWEEP, f"--home={home}", *options]


def answers(home: Path) -> dict[str, list[str]]:
    """What answers with every trial, by its name."""
    file = str(home / "ledger.db")
    return {
        "sqlite_fetch": [sys.executable, "-c", FLOOR, file, ROWS, LAST],
        "pandas_read_sql": [sys.executable, "-c", PANDAS, file, ROWS, LAST],
        "python_results": [sys.executable, "-c", OURS, file, SWEEP],
        "table": command(home),
        "csv": command(home, "--csv"),
        "json": command(home, "--json"),
        "group_by": command(home, "--group-by=optimizer"),
        "where_top10": command(home, "--where=batch_size > 32", "--top=10"),
        "top10": command(home, "--top=10"),
    }


def alone(argv: list[str]) -> dict[str, float]:
    """The faster of two runs of a whole process."""
    return min((_alone(argv) for _ in range(2)), key=lambda one: one["cpu_s"])


def _alone(argv: list[str]) -> dict[str, float]:
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", METER, *argv], check=True, stdout=subprocess.PIPE)
    cpu, kilobytes = json.loads(done.stdout)
    return {
        "s": round(time.perf_counter() - begun, 2),
        "cpu_s": round(cpu, 2),
        "peak_mb": round(kilobytes / 1024, 1),
    }


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
    main(*map(int, sys.argv[1:] or ["10000"]))
