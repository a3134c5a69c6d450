"""One launcher a sweep; the lock ends with its holder, however that ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sweeper.errors import LedgerError
from sweeper.ledger import sweep_lock

HOLDER = """
import sys
from pathlib import Path
from sweeper.ledger import sweep_lock
lock = sweep_lock(Path(sys.argv[1]), "s-1")
print(lock.held, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_it(tmp_path, holder):
    with sweep_lock(tmp_path, "s-1") as second:
        assert (second.held, second.pid) == (False, holder.pid)
    with sweep_lock(tmp_path, "s-2") as other:
        assert (other.held, other.pid) == (True, os.getpid())


def test_the_lock_of_a_killed_holder_is_free(tmp_path, holder):
    holder.kill()
    holder.wait()
    with sweep_lock(tmp_path, "s-1") as lock:
        assert lock.held


def test_a_released_lock_is_free_and_can_be_released_again(tmp_path):
    first = sweep_lock(tmp_path, "s-1")
    assert not sweep_lock(tmp_path, "s-1").held
    first.release()
    first.release()
    with sweep_lock(tmp_path, "s-1") as second:
        assert second.held


def test_a_program_that_the_holder_started_does_not_keep_it(tmp_path):
    with sweep_lock(tmp_path, "s-1"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child, sweep_lock(tmp_path, "s-1") as lock:
        assert lock.held
        assert child.poll() is None
        child.communicate(b"\n")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "s-1").write_text("")
    with pytest.raises(LedgerError, match=r"s-1/lock: the sweep cannot be locked"):
        sweep_lock(tmp_path, "s-1")
