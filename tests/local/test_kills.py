"""Whatever is killed, every trial succeeds exactly once, and nothing is left running."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from sweeper.backends.local import folder, process
from sweeper.backends.local.folder import Attempt, claim_of
from sweeper.backends.local.look import look
from sweeper.backends.local.process import Process
from sweeper.backends.local.slots import Slots
from sweeper.model import Reason, State
from tests.local.local_lab import ROOT, processes_below, until

TINY = """
import os, sys, time
lines = os.open("ran.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.write(lines, os.environ["SWEEPER_TRIAL"].encode() + b"\\n")
ends = time.monotonic() + 0.03
while time.monotonic() < ends:
    pass
"""
HELD = """
import os, signal, subprocess, sys, time
print("started", flush=True)
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "family" in sys.argv:
    subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"])
while not os.path.exists("release"):
    time.sleep(0.005)
sys.exit(5)
"""


def sweep(lab, trials, *, warm):
    """A config of so many tiny trials."""
    lab.write("task.py", TINY)
    return lab.write(
        "sweep.yaml",
        "name: tiny\\ntrainer: {module: task, usage: none}\\nmethod: grid\\n".replace("\\n", "\n")
        + f"local: {{warm: {'auto' if warm else 'never'}}}\nlimits: {{parallel: 4, retries: 5}}\n"
        + f"parameters:\n  n: {{min: 1, max: {trials}, num: {trials}}}\n",
    )


def start(lab, config):
    command = [sys.executable, "-m", "sweeper", "--home", str(lab.home), "launch", str(config)]
    environ = {**lab.setting.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=lab.cwd, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def finish(lab, config):
    done = start(lab, config)
    _, talk = done.communicate(timeout=60)
    return done.returncode, talk


def ran(lab):
    path = lab.cwd / "ran.txt"
    return Counter(path.read_text().split()) if path.exists() else Counter()


def kill_often(lab, *, warm, kills, seed):
    """kill -9 of the launcher at random moments, then one launch to the end."""
    config = sweep(lab, 60, warm=warm)
    chance = random.Random(seed)
    for _ in range(kills):
        launcher = start(lab, config)
        ends = time.monotonic() + chance.uniform(0.05, 0.6)
        until(lambda launcher=launcher, ends=ends: launcher.poll() is not None or time.monotonic() > ends)
        launcher.kill()
        launcher.communicate()
    code, talk = finish(lab, config)
    assert code == 0, talk
    assert sorted(ran(lab).values()) == [1] * 60
    exits = [folder.read(str(path)) for path in lab.home.glob("tiny-*/*/*/exit.json")]
    assert len(exits) == 60
    assert {record["how"] for record in exits} == {"warm" if warm else "cold"}
    until(lambda: not processes_below(lab.cwd.parent))


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_launcher_killed_at_random_moments_loses_and_doubles_nothing(make_lab, warm):
    kill_often(make_lab(), warm=warm, kills=15, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_launcher_killed_at_fifty_random_moments_loses_and_doubles_nothing(make_lab, warm):
    kill_often(make_lab(), warm=warm, kills=50, seed=2)


def test_everything_killed_at_once_is_told_apart_and_carried_on(make_lab):
    lab = make_lab()
    config = sweep(lab, 40, warm=True)
    launcher = start(lab, config)
    until(lambda: len(ran(lab)) > 5)
    launcher.kill()
    launcher.communicate()
    while left := processes_below(lab.cwd.parent):
        for pid in left:
            kill(pid)
    code, talk = finish(lab, config)
    assert code == 0, talk
    records = [folder.read(str(path)) for path in lab.home.glob("tiny-*/*/*/exit.json")]
    assert sum(record["code"] == 0 for record in records) == 40
    times = Counter(ran(lab).values())
    assert sum(times.values()) == 40
    assert max(times) <= 2
    assert times[2] <= 8, "only what ran in that moment is run again"


def held(lab, *args, **changes):
    """A backend with one trial that has started and waits to be released."""
    lab.write("task.py", HELD)
    backend = lab.backend(**changes)
    handle = backend.submit(lab.job("t", *args, **({"timeout": 0.3} if "late" in args else {})))
    until(lambda: backend.observe([handle])[handle].state is State.RUNNING and "started" in lab.log(handle))
    return backend, handle


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    until(lambda: process.birth(pid) is None)


def keepers(handle):
    """The pids of the keeper and of whoever stands in for it: the warm parent, or in a cold start the guard."""
    return [keeper.pid for keeper in claim_of(Attempt(handle)).keepers]


def test_a_trial_whose_parent_is_killed_is_recorded_by_the_keeper(lab):
    backend, handle = held(lab)
    kill(keepers(handle)[1])
    second = backend.submit(lab.job("second"))
    lab.write("release", "")
    assert [seen.code for seen in lab.settle(backend, handle, second)] == [5, 5]
    assert lab.how(second) == lab.how(handle)


def test_a_trial_whose_keeper_is_killed_is_recorded_by_its_parent(lab):
    backend, handle = held(lab)
    kill(keepers(handle)[0])
    assert backend.observe([handle])[handle].state is State.RUNNING
    second = backend.submit(lab.job("second"))
    lab.write("release", "")
    assert [seen.code for seen in lab.settle(backend, handle, second)] == [5, 5]


def test_a_trial_whose_keeper_and_parent_are_killed_is_lost_once_it_is_gone(lab):
    backend, handle = held(lab)
    for pid in keepers(handle):
        kill(pid)
    assert backend.observe([handle])[handle].state is State.RUNNING
    lab.write("release", "")
    [seen] = lab.settle(backend, handle)
    assert seen.state is State.LOST
    assert lab.argvs(handle) == []


def test_a_trial_that_is_killed_was_stopped(lab):
    backend, handle = held(lab)
    kill(claim_of(Attempt(handle)).process.pid)
    [seen] = lab.settle(backend, handle)
    assert (seen.state, seen.reason, seen.code) == (State.FAILED, Reason.STOPPED, -9)


def test_after_the_third_death_of_the_warm_parent_trials_start_cold(make_lab):
    lab = make_lab()
    backend, handle = held(lab)
    for number in range(3):
        assert lab.how(handle) == "warm"
        kill(keepers(handle)[1])
        handle = backend.submit(lab.job(f"t{number}"))
        until(lambda handle=handle: backend.observe([handle])[handle].state is State.RUNNING)
    lab.write("release", "")
    lab.settle(backend, handle)
    assert lab.how(handle) == "cold"
    assert [line for line in lab.said if "died 3 times" in line] == lab.said


@pytest.mark.parametrize("adopted", [False, True], ids=["own", "adopted"])
def test_a_time_limit_ends_the_deaf_and_their_children(lab, adopted):
    backend, handle = held(lab, "deaf", "family", "late")
    if adopted:  # nobody is left who would watch the time but a later launcher
        kill(keepers(handle)[0])
        backend.close()
        backend = lab.backend()
    [seen] = lab.settle(backend, handle)
    assert (seen.state, seen.reason, seen.code) == (State.FAILED, Reason.TIMEOUT, -9)
    group = claim_of(Attempt(handle)).process.pid
    until(lambda: not [pid for pid in processes_below(lab.cwd.parent) if group_of(pid) == group])


def group_of(pid):
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def test_a_pid_that_went_to_another_process_is_nobody():
    mine = process.this()
    assert process.alive(mine)
    assert not process.alive(Process(mine.pid, mine.birth + "0"))
    boot, _, ticks = mine.birth.partition(":")
    assert not process.alive(Process(mine.pid, f"{boot[::-1]}x:{ticks}")), "the machine was started anew"


def claimed_but_not_named(lab, keeper):
    """An attempt whose claim does not say yet which process was started."""
    attempt = Attempt(lab.backend(slots=Slots(0, 1)).submit(lab.job("w")))
    assert folder.take(attempt, folder.Claim(folder.NOBODY, (keeper,), 1.0, "cold"))
    return attempt


def test_whoever_dies_between_claiming_and_naming_leaves_a_process_that_is_found_by_its_log(make_lab):
    lab = make_lab()
    attempt = claimed_but_not_named(lab, Process(1, "another:1"))
    with open(attempt.log, "ab") as log:
        trial = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, stdout=log, start_new_session=True)
    assert look(attempt).state is State.RUNNING
    assert claim_of(attempt).process.pid == trial.pid
    trial.communicate(b"\n")
    assert look(attempt).state is State.LOST


def test_whoever_dies_between_claiming_and_starting_loses_the_attempt_and_nobody_else_may_take_it(make_lab):
    lab = make_lab()
    attempt = claimed_but_not_named(lab, Process(1, "another:1"))
    assert look(attempt).state is State.LOST
    assert not folder.take(attempt, folder.Claim(process.this(), (), 1.0, "cold"))


def test_an_attempt_that_is_about_to_be_started_counts_as_running(make_lab):
    assert look(claimed_but_not_named(make_lab(), process.this())).state is State.RUNNING


@pytest.mark.parametrize("what", ["python", "cwd"])
def test_a_trial_that_cannot_be_started_fails_as_in_a_shell(make_lab, what):
    lab = make_lab(warm=False)
    lab.write("task.py", "")
    backend = lab.backend(**({"python": "/nowhere/python"} if what == "python" else {}))
    seen = lab.settle(backend, backend.submit(lab.job()))[0]
    if what == "cwd":
        assert seen.code == 0
        shutil.rmtree(lab.cwd)
        [seen] = lab.settle(backend, backend.submit(lab.job("second")))
    where = lab.cwd if what == "cwd" else "/nowhere/python"
    assert (seen.state, seen.code) == (State.FAILED, 127)
    assert seen.note == f"sweeper: cannot start {where}: No such file or directory"


def test_a_claim_of_a_reused_pid_is_lost(make_lab):
    lab = make_lab()
    handle = lab.backend(slots=lab.setting.slots).submit(lab.job("u"))
    attempt = Attempt(handle[:-3] + "v/1")
    os.makedirs(attempt.path)
    shutil.copy(Attempt(handle).job, attempt.job)
    me = process.this()
    folder.take(attempt, folder.Claim(Process(me.pid, "another:1"), (Process(1, "another:2"),), 1.0, "cold"))
    assert look(attempt).state is State.LOST


@pytest.mark.parametrize("name", ["claim", "exit", "job"])
def test_a_file_that_a_power_cut_left_empty_is_not_believed(make_lab, name):
    lab = make_lab()
    lab.write("task.py", "")
    [(_, attempt)] = lab.run(lab.job())
    Path(attempt.claim).unlink()
    Path(attempt.exit).unlink()
    Path(getattr(attempt, name)).write_text("")
    assert look(attempt).state in {"claim": (State.LOST,), "exit": (State.QUEUED,), "job": (State.QUEUED,)}[name]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KB."""
    place = tmp_path / "small"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_full_disk_is_said_and_what_was_done_is_kept(make_lab, small_disk, warm):
    lab = make_lab(warm=warm)
    lab.home = small_disk / "home"
    backend, handle = held(lab, home=lab.home)
    filler = small_disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    from sweeper.errors import UserError

    with pytest.raises(UserError, match=r"cannot write below .*No space left on device") as told:
        backend.submit(lab.job("u"))
    assert "launch again" in str(told.value)
    lab.write("release", "")

    def complains():
        try:
            backend.observe([handle])
        except UserError as error:
            return re.search("cannot write .*: No space left", str(error))

    until(complains)
    backend.close()
    filler.unlink()
    later = lab.backend(home=lab.home)
    seen = lab.settle(later, handle, later.submit(lab.job("u")))
    assert [one.code for one in seen] == [5, 5]


def test_what_was_queued_with_a_keeper_that_is_gone_is_started_by_the_next(make_lab):
    lab = make_lab()
    lab.write("task.py", "")
    first = lab.backend(slots=Slots(0, 1))  # a keeper without a slot starts nothing
    handle = first.submit(lab.job())
    first.close()
    looking = lab.backend()
    assert looking.observe([handle])[handle].state is State.QUEUED
    assert looking._link is None, "who only looks starts nothing"
    launching = lab.backend()
    launching.observe([handle])
    launching.capacity()
    assert lab.settle(launching, handle)[0].state is State.SUCCEEDED


def test_a_state_folder_that_may_not_be_written_is_said(make_lab):
    from sweeper.errors import UserError

    lab = make_lab()
    (lab.home / "sweep-1").mkdir(parents=True)
    (lab.home / "sweep-1" / "t").write_text("a file in its place")
    with pytest.raises(UserError, match="cannot write below"):
        lab.backend().submit(lab.job("t"))


def test_a_keeper_that_was_started_ahead_ends_when_the_checks_find_something(make_lab):
    lab = make_lab()
    config = sweep(lab, 4, warm=True)
    lab.write("task.py", "import docopt\nprint(docopt.docopt('Usage: task [--m=<m>]'))\n")
    config.write_text(config.read_text().replace("usage: none", "usage: docopt"))
    code, talk = finish(lab, config)
    assert code == 2, talk
    until(lambda: not processes_below(lab.cwd.parent))


def test_a_keeper_that_was_started_ahead_is_the_one_that_is_used(make_lab):
    from sweeper.backends.local import ahead

    lab = make_lab()
    lab.write("task.py", "")
    ahead.begin(lab.setting.order())
    guard = ahead._started[0][1]._pid
    [(seen, attempt)] = lab.run(lab.job())
    assert seen.state is State.SUCCEEDED
    assert guard in [keeper.pid for keeper in claim_of(attempt).keepers]
    assert ahead.take(lab.setting.order()) is None
