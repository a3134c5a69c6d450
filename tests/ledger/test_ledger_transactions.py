"""All writes of a transaction are kept, or none; of processes at once, each is heard."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack, suppress

import pytest

from sweeper.errors import LedgerError
from sweeper.ledger import SweepRow, TrialRow, open_ledger

S = "s-1"


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as ledger:
        yield ledger


def put(ledger, id):
    ledger.put_trial(TrialRow(S, id, 0, id))


def ids(ledger):
    return sorted(row.id for row in ledger.trials(S))


def test_a_failed_transaction_leaves_nothing(ledger):
    with suppress(InterruptedError), ledger.transaction():
        put(ledger, "a")
        raise InterruptedError
    assert ids(ledger) == []
    put(ledger, "b")
    assert ids(ledger) == ["b"]


def test_a_nested_one_joins_the_outer(ledger, tmp_path):
    with suppress(InterruptedError), ledger.transaction():
        with ledger.transaction():
            put(ledger, "a")
        with open_ledger(tmp_path) as other:
            assert ids(other) == []
        raise InterruptedError
    assert ids(ledger) == []


def test_a_nested_one_that_fails_is_undone_alone(ledger):
    with ledger.transaction():
        put(ledger, "a")
        with suppress(InterruptedError), ledger.transaction():
            put(ledger, "b")
            raise InterruptedError
        put(ledger, "c")
    assert ids(ledger) == ["a", "c"]


def synchronous(ledger):
    return next(ledger.select("PRAGMA synchronous"))[0]


def test_a_durable_one_waits_for_the_disk_and_the_next_does_not(ledger):
    with ledger.transaction(durable=True):
        put(ledger, "a")
        assert synchronous(ledger) == 2
    assert synchronous(ledger) == 1
    with suppress(InterruptedError), ledger.transaction(durable=True):
        raise InterruptedError
    assert synchronous(ledger) == 1
    assert ids(ledger) == ["a"]


def test_a_durable_one_cannot_join_one_that_is_not(ledger):
    with ledger.transaction(), pytest.raises(RuntimeError, match="make the outer one durable"):
        ledger.transaction(durable=True).__enter__()
    with ledger.transaction(durable=True), ledger.transaction():
        put(ledger, "b")
    assert ids(ledger) == ["b"]


def test_a_closed_ledger_says_so(tmp_path):
    ledger = open_ledger(tmp_path)
    ledger.close()
    with pytest.raises(LedgerError, match=r"ledger\.db: .*closed"):
        ledger.sweeps()


WRITER = """
import sys
from pathlib import Path
from sweeper.ledger import SweepRow, TrialRow, open_ledger
home, name = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
with open_ledger(home) as ledger:
    ledger.add_sweep(SweepRow(name, name, 1.0))
    for n in range(100):
        ledger.put_trial(TrialRow(name, str(n), n, str(n)))
"""


def test_processes_that_create_and_write_at_once_all_work(tmp_path):
    home = tmp_path / "new" / ".sweeper"
    command = [sys.executable, "-c", WRITER, str(home)]
    with ExitStack() as stack:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        writers = [stack.enter_context(subprocess.Popen([*command, f"s{n}"], **pipes)) for n in range(4)]
        assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 4
        for writer in writers:
            writer.stdin.write("go\n")
            writer.stdin.flush()
        assert [writer.wait(60) for writer in writers] == [0] * 4
    with open_ledger(home, create=False) as ledger:
        assert [sum(1 for _ in ledger.trials(row.id)) for row in ledger.sweeps()] == [100] * 4
    assert [path.name for path in home.iterdir()] == ["ledger.db"]


def test_a_writer_waits_for_another(ledger, tmp_path):
    child = "from pathlib import Path; import sys; from sweeper.ledger import *\n" + (
        "with open_ledger(Path(sys.argv[1])) as ledger:\n print('open', flush=True)\n ledger.ask('s-1', 'cancel')"
    )
    command = [sys.executable, "-c", child, str(tmp_path)]
    with ExitStack() as stack:
        with ledger.transaction():
            put(ledger, "a")
            other = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            assert other.stdout.readline() == "open\n"
            assert other.poll() is None
        assert other.wait(30) == 0
    assert [request.what for request in ledger.take_requests(S)] == ["cancel"]


def test_a_sweep_is_added_once_by_two_processes(ledger, tmp_path):
    ledger.add_sweep(SweepRow(S, "s", 1.0))
    with open_ledger(tmp_path) as other, pytest.raises(LedgerError, match="exists already"):
        other.add_sweep(SweepRow(S, "s", 2.0))
