"""The full screen of ``sweeper watch``, driven by keys against the ledger of a real sweep."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from command_lab import PATIENCE, until

from sweeper import cli
from sweeper.commands.shared import existing

pytest.importorskip("textual", reason="sweeper[watch] is not installed")

from sweeper.commands.screen.app import Watch
from sweeper.commands.screen.ask import Ask
from sweeper.commands.screen.log import LogScreen, printable

SIZE = (120, 30)


@asynccontextmanager
async def screen(size=SIZE):
    here = cli.surroundings({"--home": None}, {})
    with existing(here) as ledger:
        app = Watch(ledger, ledger.find_sweep("toy"), here)
        async with app.run_test(size=size, notifications=True) as pilot:
            app.tick(anew=True)
            await pilot.pause()
            yield app, pilot


def text_of(app):
    """What is on the terminal."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)


async def shown(app, pilot, what):
    """Wait until it is on the terminal."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while what not in (text := text_of(app)):
        assert asyncio.get_running_loop().time() < end, f"{what!r} is not in\n{text}"
        await pilot.pause(0.02)
    return text


def numbers(app):
    """Of the trials that are listed."""
    rows = app.table._read(app.table._ids)
    return [int(cells[0]) for cells in rows]


def waiting(lab, x="[1, 2, 3]", parallel=3):
    """A sweep whose trials run until `go` is there; its launch."""
    lab.config(x=x, mode="wait", more=f"limits: {{parallel: {parallel}}}\n")
    launch = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == parallel, "the start")
    return launch


def test_it_follows_a_sweep_to_its_end_and_leaves_it_alone(lab):
    launch = waiting(lab)

    async def look():
        async with screen() as (app, pilot):
            await shown(app, pilot, f"run by process {launch.pid}")
            await shown(app, pilot, "0/3: 3 running")
            assert not app.at_rest
            (lab.folder / "go").touch()
            await shown(app, pilot, "3/3: 3 succeeded")
            text = await shown(app, pilot, "best score: 6")
            assert "running time" in text
            await shown(app, pilot, "done")
            assert app.at_rest
            assert numbers(app) == [2, 1, 0]
            await pilot.press("q")
        assert app.return_code == 0

    asyncio.run(look())
    assert lab.end(launch).code == 0


def test_it_lists_what_the_results_list_in_their_order(lab):
    lab.config(x="[1, 2, 3, 4]", mode="[fine, odd]")
    lab.run("launch", "sweep.yaml")
    wanted = [row["trial"] for row in lab.run("results", "--json").json]

    async def look():
        async with screen() as (app, pilot):
            await pilot.press("s")
            assert list(app.table._ids) == wanted
            assert "8 trials, best first" in text_of(app)
            await pilot.press("r")
            assert list(app.table._ids) == wanted[::-1]
            await pilot.press("r", "s", "s", "s")
            assert numbers(app) == list(range(8))
            await pilot.press("v", "v")
            assert (app.view, len(app.table._ids)) == ("ranked", 6)
            await pilot.press("v")
            assert "2 without a result" in text_of(app)
            assert "code: ValueError: x is 1: cannot be learnt" in text_of(app)
            await shown(app, pilot, "failed: 2 code")

    asyncio.run(look())


def test_the_cursor_stays_with_its_trial_and_tells_all_of_it(lab):
    lab.config(x="[1, 2, 3]", mode="fine")
    lab.run("launch", "sweep.yaml")

    async def look():
        async with screen() as (app, pilot):
            await pilot.press("down", "down")
            trial = app.table.trial
            assert f"trial {trial}  attempt 1  succeeded" in text_of(app)
            assert "x=1 mode=fine" in text_of(app)
            await pilot.press("r")
            assert (app.table.trial, app.table.cursor) == (trial, 0)
            await pilot.press("end", "home", "pagedown", "pageup", "up")
            assert app.table.cursor == 0

    asyncio.run(look())


def test_a_trial_is_cancelled_only_after_a_yes(lab):
    launch = waiting(lab)

    async def look():
        async with screen() as (app, pilot):
            await shown(app, pilot, "3 running")
            trial = app.table.trial
            for no in ("n", "escape", "enter", "q"):
                await pilot.press("c")
                assert isinstance(app.screen, Ask)
                await shown(app, pilot, f"Cancel trial {trial[:8]} (running)?")
                await pilot.press(no)
                assert not isinstance(app.screen, Ask)
            assert app.is_running
            await pilot.press("c", "y")
            await shown(app, pilot, "1 cancelled")
            (lab.folder / "go").touch()
            await shown(app, pilot, "2 succeeded")
            await shown(app, pilot, "done")
            app.table.action_end(True)
            await pilot.press("c")
            assert not isinstance(app.screen, Ask)
            await shown(app, pilot, "has ended: cancelled")

    asyncio.run(look())
    lab.end(launch)
    assert lab.states() == {"succeeded": 2, "cancelled": 1}


def test_the_log_of_a_trial_is_followed(lab):
    trainer = (lab.folder / "toy.py").read_text()
    lab.write(
        "toy.py", trainer.replace("    scores = {", "    print('\\x1b[31mand now', 7 * 6, flush=True)\n    scores = {")
    )
    launch = waiting(lab, x="[5]", parallel=1)

    async def look():
        async with screen() as (app, pilot):
            await pilot.press("enter")
            assert isinstance(app.screen, LogScreen)
            await shown(app, pilot, "attempt 1: running")
            assert "and now" not in await shown(app, pilot, "hello from 5")
            (lab.folder / "go").touch()
            await shown(app, pilot, "\nand now 42")
            await shown(app, pilot, "attempt 1: succeeded")
            for back in ("q", "escape"):
                await pilot.press(back)
                assert app.is_running
                assert not isinstance(app.screen, LogScreen)
                await pilot.press("enter")
                assert isinstance(app.screen, LogScreen)

    asyncio.run(look())
    assert lab.end(launch).code == 0


def test_without_a_launch_it_looks_itself(lab):
    launch = waiting(lab, parallel=3)
    launch.kill()
    launch.communicate()

    async def look():
        async with screen() as (app, pilot):
            await shown(app, pilot, "no launch runs it; carry on: sweeper launch sweep.yaml")
            (lab.folder / "go").touch()
            await shown(app, pilot, "3/3: 3 succeeded")

    asyncio.run(look())


@pytest.mark.parametrize("size", [(120, 30), (60, 14), (30, 6), (8, 2), (300, 80)])
def test_it_fits_any_terminal(lab, size):
    lab.config(x="[1, 2, 3]", mode="fine")
    lab.run("launch", "sweep.yaml")

    async def look():
        async with screen(size) as (app, pilot):
            assert text_of(app).startswith(" toy-"[: size[0]])
            await pilot.resize_terminal(*SIZE)
            await shown(app, pilot, "3/3: 3 succeeded")
            await pilot.press("end")
            assert app.table.cursor == 2

    asyncio.run(look())


def test_ten_thousand_trials_are_not_read_to_show_forty(lab):
    from benchmarks.watch import SWEEP, fill
    from sweeper.ledger import open_ledger

    here = cli.surroundings({"--home": None}, {})

    async def look(ledger, row, count):
        app = Watch(ledger, row, here)
        read = []
        async with app.run_test(size=(120, 40)) as pilot:
            its = app.table._read
            app.table._read = lambda trials: read.append(len(trials)) or its(trials)
            app.tick(anew=True)
            await pilot.pause()
            assert 0 < sum(read) <= 2 * 40
            await pilot.press("end")
            assert app.table.cursor == count - 1
            assert "t0000" not in text_of(app)
            looks = app.looks
            app._rests_until = 0.0
            app.tick()
            assert app.looks == looks  # nothing was written: nothing is read
            assert sum(read) <= 4 * 40

    with open_ledger(here.home) as ledger:
        asyncio.run(look(ledger, fill(ledger, 2000), 2000))
        assert ledger.sweep(SWEEP)


def test_what_a_trial_prints_cannot_draw_on_the_terminal():
    assert printable("\x1b[1;31mred\x1b[0m\x07 \x1b]0;title\x07and\x1b(B plain\x9b2J") == "red and plain2J"
    assert printable("10 %\r20 %\r30 %\r\ndone") == "30 %\ndone"
    assert printable("tab\there\n") == "tab\there\n"
