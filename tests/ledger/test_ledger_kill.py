"""A writer that is killed at any moment leaves a ledger that is whole and legal."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter

import pytest
from test_ledger_moves import assert_legal

from sweeper.ledger import open_ledger
from sweeper.states import LIVE

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from sweeper.ledger import JobRow, TrialRow, open_ledger
from sweeper.model import Measurement, State

def run(ledger, id, n):
    job = JobRow("s", id, 1, args=("--n", str(n)))
    ledger.begin(TrialRow("s", id, n, id, {"n": n}), job, time=1.0)
    ledger.add_measurements("s", id, [Measurement("a", 0.5, step) for step in range(3)])
    ledger.record(job, replace(job, state=State.SUCCEEDED, code=0), time=2.0)

home, start, grouped = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "grouped"
with open_ledger(home) as ledger:
    for n in range(start, start + 100_000, 10):
        if grouped:
            with ledger.transaction():
                for k in range(n, n + 10):
                    run(ledger, str(k), k)
        else:
            for k in range(n, n + 10):
                run(ledger, str(k), k)
        print(n + 10, flush=True)
"""


@pytest.mark.parametrize("way", ["grouped", "single"])
def test_a_killed_writer_loses_nothing_that_it_said_it_wrote(tmp_path, way):
    chance = random.Random(7)
    for life in range(8):
        start = life * 100_000
        said = _write_and_be_killed([str(tmp_path), str(start), way], groups=chance.randrange(1, 12))
        with open_ledger(tmp_path) as ledger:
            _is_whole(ledger)
            trials = [row for row in ledger.trials("s") if row.number >= start]
            assert len(trials) >= said - start
            assert [row.number for row in trials] == list(range(start, start + len(trials)))
            if way == "grouped":
                assert len(trials) % 10 == 0


def _write_and_be_killed(arguments, *, groups):
    """The last number that the writer printed; killed while it writes on."""
    command = [sys.executable, "-c", WRITER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        said = [int(writer.stdout.readline()) for _ in range(groups)]
        writer.kill()
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    return said[-1]


def _is_whole(ledger):
    assert list(ledger.select("PRAGMA integrity_check")) == [("ok",)]
    rows = list(ledger.trials("s"))
    assert ledger.counts("s") == Counter(row.state for row in rows)
    assert {job.trial for job in ledger.live_jobs("s")} == {row.id for row in rows if row.state in LIVE}
    events = list(ledger.events("s"))
    assert_legal(events)
    last = {event.trial: event.after for event in events}
    assert last == {row.id: row.state for row in rows}
