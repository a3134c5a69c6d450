from __future__ import annotations

from runner_lab import lab, play

from sweeper.emulator.runner import log
from sweeper.emulator.runner.folder import JobFolder, folder_of


def test_the_log_says_what_the_program_printed_and_what_the_service_did(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            await it.run("print('one'); print('two', file=sys.stderr); sys.exit(4)", args=("--name", "a b"))
            assert [(severity, text) for _, severity, text in it.runner.log("job")] == [
                ("INFO", "Installing the package gs://b/packages/trainer-0.1-py3-none-any.whl"),
                (
                    "INFO",
                    "Running command: python3 -m trainer.task"
                    """ 'print('"'"'one'"'"'); print('"'"'two'"'"', file=sys.stderr); sys.exit(4)' --name 'a b'""",
                ),
                ("INFO", "one"),
                ("ERROR", "two"),
                ("ERROR", "The program exited with a non-zero status of 4."),
            ]
            times = [time for time, _, _ in it.runner.log("job")]
            assert times == sorted(times)
            assert it.events[0].time <= times[0] <= times[-1] <= it.events[-1].time

    play(scenario())


def test_lines_are_there_while_the_program_still_runs_with_the_time_of_each(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            code = "import time; print('one'); sys.stdout.write('tw'); time.sleep(0.5); print('o'); time.sleep(600)"
            it.start(code=code)
            await it.until(lambda: it.printed() == ["one", "tw"])
            await it.until(lambda: it.printed() == ["one", "two"])
            times = {text: time for time, _, text in it.runner.log("job")}
            assert times["two"] - times["one"] > 0.2

    play(scenario())


def test_a_job_that_nobody_knows_has_no_lines(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            assert list(it.runner.log("nobody")) == []

    play(scenario())


def test_a_program_that_prints_much_is_neither_held_up_nor_cut(tmp_path):
    async def scenario():
        async with lab(tmp_path) as it:
            await it.run("sys.stdout.write('x' * 3_000_000 + '\\n'); print('last')")
            assert [len(line) for line in it.printed()] == [3_000_000, 4]

    play(scenario())


def test_what_no_look_has_seen_and_half_an_index_line_lose_nothing(tmp_path):
    folder = _folder(tmp_path)
    writer = log.Log(folder)
    folder.stream("stdout").write_bytes(b"one\r\ntw")
    writer.look(1.0)
    writer.note(2.0, "noted")
    folder.stream("stdout").write_bytes(b"one\r\ntwo\nthr\xffee")
    with folder.index.open("a") as index:
        index.write('["stdout", 3.0, 1')
    lines = log.read(folder)
    assert [text for _, _, text in lines] == ["one", "noted", "two", "thr�ee"]
    assert lines[0][0] == 1.0


def test_a_look_that_finds_nothing_new_writes_nothing(tmp_path):
    folder = _folder(tmp_path)
    writer = log.Log(folder)
    folder.stream("stderr").write_bytes(b"one\n")
    writer.look(1.0)
    size = folder.index.stat().st_size
    writer.look(2.0)
    assert folder.index.stat().st_size == size
    assert log.read(folder) == [(1.0, "ERROR", "one")]


def test_a_second_run_of_a_job_adds_to_its_log(tmp_path):
    async def scenario():
        for number in range(2):
            async with lab(tmp_path) as it:
                await it.run(f"print('run', {number})")
                expected = [f"run {earlier}" for earlier in range(number + 1)]
                assert it.printed() == expected

    play(scenario())


def _folder(path) -> JobFolder:
    folder = folder_of(path, "job")
    folder.make_anew()
    return folder
