from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from runner_lab import lab, play, shared_environments

from sweeper.emulator.runner.birth import birth
from sweeper.emulator.runner.processes import Processes

LIFE = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = {path!r}
from runner_lab import Lab, objects

async def main():
    lab = Lab(Path(sys.argv[1]), objects())
    lab.start(code="import os, time; print('pid', os.getpid()); time.sleep(600)")
    pid = await lab.until(lambda: next((l.split()[1] for l in lab.printed() if l.startswith("pid ")), None))
    print(pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_what_an_emulator_that_was_killed_left_running_is_ended_before_the_job_starts_anew(tmp_path):
    left = _a_life_that_is_killed(tmp_path)
    assert birth(left), "its jobs go on at first"

    async def scenario():
        async with lab(tmp_path) as it:
            assert birth(left) is None
            assert (await it.run("import os; print('again', os.listdir())")).state == "succeeded"
            assert it.printed() == [f"pid {left}", "again []"]
        assert list((tmp_path / "processes").iterdir()) == []

    play(scenario())


def test_a_number_that_now_belongs_to_another_process_is_left_alone(tmp_path):
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        records = Processes(tmp_path)
        (tmp_path / f"{stranger.pid} another-birth").touch()
        (tmp_path / "no-number at-all").touch()
        assert records.end_leftovers() == 0
        assert birth(stranger.pid)
        assert list(tmp_path.iterdir()) == []
    finally:
        stranger.kill()
        stranger.wait()


def test_closing_by_force_leaves_no_process_and_reports_nothing(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            for name in ("one", "two"):
                it.start(
                    name,
                    "import os, signal, time; signal.signal(15, signal.SIG_IGN); print(os.getpid()); time.sleep(600)",
                )
            pids = [int((await it.until(lambda name=name: it.printed(name)))[0]) for name in ("one", "two")]
            told = list(it.events)
            await it.runner.close(kill=True)
            assert [birth(pid) for pid in pids] == [None, None]
            assert it.events == told
            assert list((tmp_path / "processes").iterdir()) == []

    play(scenario())


def test_closing_while_an_environment_is_made_ends_that_too(tmp_path):
    async def scenario():
        async with lab(tmp_path, own_environments=True) as it:
            it.start(code="print(1)")
            await it.until(lambda: any((tmp_path / "processes").iterdir()))
            (record,) = (tmp_path / "processes").iterdir()
            await it.runner.close(kill=True)
            assert birth(int(record.name.split()[0])) is None
            assert it.states() == ["preparing"]
        async with lab(tmp_path, own_environments=True) as it:
            assert (await it.run("print(1)")).state == "succeeded"

    play(scenario())


def _a_life_that_is_killed(folder: Path) -> int:
    """The pid of the job that it leaves behind."""
    folder.mkdir(exist_ok=True)
    (folder / "environments").symlink_to(shared_environments())
    program = LIFE.format(path=[str(Path(__file__).parent), str(Path(__file__).parents[2])])
    life = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        return int(life.stdout.readline())
    finally:
        life.kill()
        life.communicate()
