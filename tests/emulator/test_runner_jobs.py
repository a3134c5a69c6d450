from __future__ import annotations

import json
import os
import time

import pytest
from runner_lab import lab, play

from sweeper.emulator.runner.birth import birth

ODD = ("", " ", "--a=b c", "-x", "--", "'\"$HOME`id`", "ö€\U0001f600", "a\nb", "*", "=")


def test_the_program_gets_its_arguments_byte_for_byte(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            await it.run("import json; print(json.dumps(sys.argv[2:]))", args=ODD)
            assert json.loads(it.printed()[-1]) == list(ODD)

    play(scenario())


def test_states_come_in_order_each_once(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run("print(1)")
            assert it.states() == ["preparing", "running", "succeeded"]
            assert (end.code, end.message) == (0, "")
            assert it.events == sorted(it.events, key=lambda event: event.time)

    play(scenario())


@pytest.mark.parametrize(
    ("code", "expected", "told"),
    [
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no such file')", 1, "no such file"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import os; os.kill(os.getpid(), 9)", 137, ""),
        ("import os; os.kill(os.getpid(), 15)", 143, ""),
        ("import os; os._exit(255)", 255, ""),
    ],
)
def test_a_failed_program_is_told_with_its_code_and_the_end_of_its_errors(tmp_path, code, expected, told):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run(code)
            assert (end.state, end.code) == ("failed", expected)
            assert end.message.endswith(told)

    play(scenario())


def test_a_module_that_is_not_in_the_package_fails_in_python_s_own_words(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run(module="trainer.tusk")
            assert (end.state, end.code) == ("failed", 1)
            assert end.message.endswith("No module named trainer.tusk")

    play(scenario())


@pytest.mark.parametrize("args", [("a\0b",), ("x" * 200_000,) * 20, ("\ud800",)])
def test_arguments_that_no_program_can_take_fail_the_job(tmp_path, args):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run(args=args)
            assert (end.state, end.code) == ("failed", None)
            assert "cannot be" in end.message

    play(scenario())


def test_the_environment_holds_the_job_s_variables_and_none_of_the_emulator_s(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def scenario():
        async with lab(tmp_path, slots=1) as it:
            code = "import json, os; print(json.dumps({**os.environ, 'cwd': os.getcwd()}))"
            await it.run(code, env={"AIP_MODEL_DIR": "gs://b/model/", "LANG": "C", "odd.name": "ö"})
            found = json.loads(it.printed()[-1])
            assert "hush" not in found.values()
            assert "PYTHONPATH" not in found
            assert found["AIP_MODEL_DIR"] == "gs://b/model/"
            assert (found["LANG"], found["odd.name"]) == ("C", "ö")
            assert found["STORAGE_EMULATOR_HOST"] == "http://127.0.0.1:1"
            assert (found["FSSPEC_GCS_TOKEN"], found["NO_GCE_CHECK"]) == ("anon", "true")
            assert found["OMP_NUM_THREADS"] == str(os.cpu_count())
            assert found["HOME"] == found["cwd"]
            assert found["cwd"].startswith(str(tmp_path))
            assert os.path.isdir(found["TMPDIR"])

    play(scenario())


def test_each_job_begins_in_an_empty_folder_of_its_own(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            code = "import os; print(os.getcwd(), os.listdir()); open('left', 'w').close()"
            names = ["projects/p/jobs/a_b", "projects/p/jobs/a-b", "../../../etc/passwd", "x" * 400, "ö/\ud800"]
            for name in names:
                assert (await it.run(code, name)).state == "succeeded"
            lines = [it.printed(name)[-1] for name in names]
            assert len(set(lines)) == len(names)
            assert all(line.endswith(" []") and line.startswith(str(tmp_path / "jobs")) for line in lines)

    play(scenario())


def test_no_more_jobs_run_at_once_than_there_are_slots_and_the_others_keep_their_order(tmp_path):
    async def scenario():
        async with lab(tmp_path, slots=2) as it:
            names = [f"job{number}" for number in range(7)]
            for name in names:
                it.start(name, "print(1)")
            assert it.events == []
            for name in names:
                await it.end(name)
            live, most = set(), 0
            for event in it.events:
                live = live | {event.name} if event.state in ("preparing", "running") else live - {event.name}
                most = max(most, len(live))
            assert most == 2
            assert [event.name for event in it.events if event.state == "preparing"] == names

    play(scenario())


def test_a_cancelled_job_ends_with_all_that_it_started(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            it.start(code=f"{CHILD}\nimport time; time.sleep(600)")
            child = await it.until(lambda: _number(it.printed(), "child"))
            assert birth(child)
            it.runner.cancel("job")
            it.runner.cancel("job")
            await it.end()
            assert it.states() == ["preparing", "running", "cancelled"]
            await it.until(lambda: birth(child) is None)

    play(scenario())


def test_what_a_job_leaves_running_ends_with_it(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            assert (await it.run(CHILD)).state == "succeeded"
            child = _number(it.printed(), "child")
            await it.until(lambda: birth(child) is None)

    play(scenario())


def test_a_job_that_does_not_listen_is_killed_after_a_while(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            it.start(code="import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(600)")
            await it.until(lambda: "deaf" in it.printed())
            begun = time.monotonic()
            it.runner.cancel("job")
            assert (await it.end()).state == "cancelled"
            assert time.monotonic() - begun > 1.9

    play(scenario())


def test_a_job_may_finish_its_work_when_it_is_asked_to_end(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            save = "import signal, time; signal.signal(15, lambda *_: sys.exit('saved')); print('up'); time.sleep(600)"
            it.start(code=save)
            await it.until(lambda: "up" in it.printed())
            it.runner.cancel("job")
            assert (await it.end()).state == "cancelled"
            assert "saved" in it.printed()

    play(scenario())


def test_a_waiting_job_is_cancelled_without_having_had_its_turn(tmp_path):
    async def scenario():
        async with lab(tmp_path, slots=1) as it:
            it.start("first", "import time; time.sleep(600)")
            it.start("second", "print(1)")
            await it.state("first", "running")
            it.runner.cancel("second")
            assert it.states("second") == []
            assert (await it.end("second")).state == "cancelled"
            it.runner.cancel("first")
            await it.end("first")
            assert it.states("second") == ["cancelled"]

    play(scenario())


def test_cancelling_what_has_ended_or_never_was_is_quiet(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            await it.run("print(1)")
            it.runner.cancel("job")
            it.runner.cancel("nobody")
            await it.run("print(1)", "another")
            assert it.states() == ["preparing", "running", "succeeded"]
            assert it.states("nobody") == []

    play(scenario())


def test_a_job_that_takes_too_long_ends_as_a_timeout(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run("import time; time.sleep(600)", timeout=0.3)
            assert (end.state, end.code) == ("timeout", None)
            running = await it.state("job", "running")
            assert 0.3 <= end.time - running.time < 5

    play(scenario())


def test_an_image_without_a_command_fails_with_the_reason(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run(module=None, packages=(), image="gcr.io/p/image:1")
            assert it.states() == ["preparing", "failed"]
            assert end.message.startswith(
                "the emulator has no container runtime and cannot start the image gcr.io/p/im"
            )

    play(scenario())


def test_the_command_of_a_container_runs_as_a_local_process(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            fields = {"module": None, "packages": (), "image": "gcr.io/p/image:1", "command": ("python", "-c")}
            assert (await it.run("import numpy, sys; print(sys.argv)", args=("-x",), **fields)).state == "succeeded"
            assert it.printed()[-1] == "['-c', '-x']"

    play(scenario())


@pytest.mark.parametrize(("command", "code"), [("no-such-program", 127), ("/etc/passwd", 126)])
def test_a_command_that_cannot_be_run_has_the_code_that_a_shell_gives_it(tmp_path, command, code):
    async def scenario():
        async with lab(tmp_path) as it:
            end = await it.run(module=None, packages=(), command=(command,))
            assert (end.state, end.code) == ("failed", code)

    play(scenario())


def test_closing_kindly_waits_for_what_runs_and_starts_nothing_more(tmp_path):
    async def scenario():
        async with lab(tmp_path, slots=1) as it:
            it.start("first", "import time; time.sleep(0.3)")
            it.start("second", "print(1)")
            await it.state("first", "running")
            await it.runner.close(kill=False)
            assert it.states("first") == ["preparing", "running", "succeeded"]
            assert it.states("second") == []

    play(scenario())


CHILD = "import subprocess; print('child', subprocess.Popen(['sleep', '600']).pid)"


def _number(lines, word):
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{word} ")), None)
