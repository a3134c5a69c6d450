"""``sweeper confirm``: the contenders again, with new seeds, in rounds. Real processes."""

from __future__ import annotations

import os
import signal

import pytest
from command_lab import interrupt, is_refused, until

NOISY = '''"""
Usage: noisy.py --x=<n> [--seed=<n>] [--job-dir=<dir>]
"""

import json
import os
import random

from docopt import docopt

args = docopt(__doc__)
with open("runs.txt", "a") as runs:
    print(os.environ["SWEEPER_TRIAL"], file=runs)
draw = random.Random(args["--x"] + "/" + (args["--seed"] or "0"))
with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
    print(json.dumps({"score": draw.random()}), file=out)
'''


@pytest.fixture
def toy(lab):
    """A sweep of six, of which x = 6 is the best whatever the seed."""
    lab.config(x="[1, 2, 3, 4, 5, 6]")
    assert lab.run("launch", "sweep.yaml").code == 0
    return lab


@pytest.fixture
def noisy(lab):
    """A sweep of six, of which each is as good as the others."""
    lab.write("noisy.py", NOISY)
    lab.write("noisy.yaml", "name: noisy\ntrainer: noisy\nmetric: {name: score}\nparameters: {x: [1, 2, 3, 4, 5, 6]}\n")
    assert lab.run("launch", "noisy.yaml").code == 0
    return lab


def seeds(lab, sweep):
    """Of each point, the seeds that its runs had."""
    rows = lab.run("results", sweep, "--all-attempts", "--json").json
    found = {}
    for row in rows:
        seed = [int(word.partition("=")[2]) for word in row["argv"] if word.startswith("--seed=")]
        found.setdefault(row["params"]["x"], []).extend(seed)
    return {x: sorted(numbers) for x, numbers in found.items()}


def test_the_best_point_wins_after_as_few_rounds_as_it_takes(toy):
    said = toy.run("confirm", "toy", "--json")
    assert said.code == 0
    assert "toy-confirm: 5 contenders of toy-" in said.err
    assert "15 to 25 trials" in said.err
    assert "  python -m toy --x=6 --mode=fine --seed=1 --job-dir=" in said.err
    assert " is the best of 5 contenders, with 95% confidence, after 3 rounds" in said.err
    assert "its score: 14, mean of 3 new runs; the sweep that chose it had 12, with luck in it" in said.err
    found = said.json
    assert (found["rounds"], found["over"], found["states"]) == (3, True, {"succeeded": 15})
    best = next(one for one in found["contenders"] if one["tied"])
    assert (best["point"], best["params"]["x"], best["chosen_by"]) == (found["best"], 6, 12)
    assert [one["out"] for one in found["contenders"]] == [None, 3, 3, 3, 3]


def test_all_contenders_get_the_same_seeds_and_none_that_the_sweep_has_had(toy):
    toy.run("confirm", "toy", "--top=3")
    assert seeds(toy, "toy-confirm") == {6: [1, 2, 3], 5: [1, 2, 3], 4: [1, 2, 3]}
    toy.config(x="[1, 2, 3]", more="seed: 7\nrepeats: 3\n", name="more.yaml")
    toy.run("launch", "more.yaml", "--fresh")
    toy.run("confirm", "toy", "--top=2")
    assert seeds(toy, "toy-confirm") == {3: [10, 11, 12], 2: [10, 11, 12]}


def test_the_same_command_again_pays_for_nothing(toy):
    first = toy.run("confirm", "toy", "--json")
    runs = toy.runs()
    again = toy.run("confirm", "toy", "--json")
    assert (again.code, again.json) == (first.code, first.json)
    assert toy.run("confirm", "toy-confirm", "--json").json == first.json
    assert toy.runs() == runs
    assert "carries on toy-confirm-" in again.err
    fresh = toy.run("confirm", "toy", "--fresh", "--json")
    assert fresh.json["sweep"] != first.json["sweep"]
    assert len(toy.runs()) == len(runs) + 15


def test_what_stays_tied_is_said_and_more_repeats_go_on_from_there(noisy):
    said = noisy.run("confirm", "noisy", "--top=3", "--repeats=3")
    assert said.code == 1
    assert "still tied after 3 runs each: " in said.err
    assert "sweeper confirm noisy-" in said.err
    assert "--repeats=6\n" in said.err
    assert noisy.run("results", "noisy-confirm").out.count("  yes  ") == 3
    assert noisy.run("status", "noisy-confirm", "--json").json["trials"] == 9
    before = noisy.runs()
    assert noisy.run("confirm", "noisy", "--top=3", "--repeats=4").code == 1
    assert len(noisy.runs()) == len(before) + 3
    assert len(set(noisy.runs())) == len(noisy.runs())


def test_a_sweep_and_its_confirmation_do_not_take_each_other_for_themselves(toy):
    toy.run("confirm", "toy")
    assert toy.run("plan", "sweep.yaml", "--json").json["keep"] == 6
    text = (toy.folder / "sweep.yaml").read_text().replace("name: toy", "name: toy-confirm")
    toy.write("other.yaml", text)
    assert toy.run("plan", "other.yaml", "--json").json["id"] is None


def test_a_dry_run_touches_nothing(toy):
    before = toy.files()
    said = toy.run("confirm", "toy", "--top=2", "--dry-run")
    assert said.code == 0
    assert said.out.count("python -m toy") == 2
    plan = toy.run("confirm", "toy", "--top=2", "--repeats=3", "--dry-run", "--json").json
    assert (plan["new"], plan["keep"], plan["id"], plan["repeats"], len(plan["argv"])) == (6, 0, None, 3, 2)
    assert toy.files() == before


def test_a_trainer_that_takes_no_seed_is_said_twice_and_costs_three_rounds(lab):
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("[--seed=<n>] ", "").replace("--seed", "--other"))
    text = (lab.folder / "toy.py").read_text().replace("  --other=<n>    Is added to the score [default: 0].\n", "")
    lab.write("toy.py", text.replace('+ float(args["--other"])', ""))
    lab.config()
    assert lab.run("launch", "sweep.yaml").code == 0
    said = lab.run("confirm", "toy")
    assert said.code == 1
    assert "note: no seed reaches the trainer" in said.err
    assert "the trainer gives the same value each time, so nothing is confirmed: seeds do not reach it" in said.err
    assert len(lab.runs()) == 3 + 9


def test_once_the_config_names_the_option_the_runs_without_a_seed_do_not_count(lab):
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace("--seed", "--other"))
    lab.config()
    lab.run("launch", "sweep.yaml")
    assert "gives the same value each time" in lab.run("confirm", "toy", "--top=2").err
    lab.config(more="repeats: {count: 1, parameter: other}\n")
    before = len(lab.runs())
    assert lab.run("launch", "sweep.yaml").code == 0
    assert len(lab.runs()) == before
    found = lab.run("confirm", "toy", "--top=2", "--json")
    assert (found.code, found.json["same"], found.json["states"]) == (0, False, {"succeeded": 6})


def test_a_seed_that_is_a_constant_gives_way_and_one_that_is_swept_is_refused(lab):
    lab.config(x="[1, 2, 3]", more="  seed: 40\n")
    lab.run("launch", "sweep.yaml")
    assert lab.run("confirm", "toy", "--top=2").code == 0
    assert seeds(lab, "toy-confirm") == {3: [1, 2, 3], 2: [1, 2, 3]}
    lab.config(x="[1, 2, 3]", more="  seed: [40, 41]\n")
    lab.run("launch", "sweep.yaml", "--fresh")
    is_refused(lab.run("confirm", "toy"), "tries several values of seed", "repeats: {count: 3, parameter: seed}")


def test_fewer_than_two_points_and_senseless_numbers_are_refused(lab):
    lab.config(x="[1, 2]", mode="odd")
    lab.run("launch", "sweep.yaml")
    is_refused(lab.run("confirm", "toy"), "there is nothing to confirm: 1 point of toy-")
    is_refused(lab.run("confirm", "toy", "--top=1"), "--top: expected a whole number from 2")
    is_refused(lab.run("confirm", "toy", "--repeats=2"), "--repeats: expected a whole number from 3")
    is_refused(lab.run("confirm", "toys"), "no sweep is called 'toys'")


def test_repeats_that_have_decided_already_leave_nothing_to_confirm_unless_somebody_says_how_many(lab):
    lab.config(x="[1, 2, 3]", more="repeats: 3\n")
    lab.run("launch", "sweep.yaml")
    said = lab.run("confirm", "toy")
    assert said.code == 0
    assert "nothing to confirm: its repeats say already that the first is better than the others" in said.err
    assert len(lab.runs()) == 9
    assert lab.run("confirm", "toy", "--top=2").code == 0


def test_a_contender_that_fails_now_is_out_and_that_is_said(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    failing = 'if mode == "fail" or (args["--seed"] != "0" and x == 3) or'
    lab.write("toy.py", (lab.folder / "toy.py").read_text().replace('if mode == "fail" or', failing))
    said = lab.run("confirm", "toy", "--json")
    assert said.code == 0
    assert "note: the trainer's code is no longer that of the sweep" in said.err
    assert "with 95% confidence (1 of them without any number)" in said.err
    assert next(one for one in said.json["contenders"] if one["tied"])["params"]["x"] == 2
    again = lab.run("confirm", "toy").out
    line = next(line for line in again.splitlines() if " runs failed: " in line)
    assert line.startswith("3 of 9 runs failed: sweeper results toy-confirm-")
    assert lab.run(*line.partition("sweeper ")[2].split()).code == 0


def waiting(lab):
    """A confirmation whose first round waits for the file ``go``."""
    lab.config(mode="wait", more="local: {warm: never}\n")
    (lab.folder / "go").touch()
    assert lab.run("launch", "sweep.yaml").code == 0
    (lab.folder / "go").unlink()
    child = lab.start("confirm", "toy")
    until(lambda: len(lab.runs()) >= 3 + min(2, os.cpu_count() or 1), "the first round")
    return child


def test_one_that_was_killed_goes_on_and_runs_nothing_twice(lab):
    child = waiting(lab)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    (lab.folder / "go").touch()
    assert lab.run("confirm", "toy").code == 0
    assert len(lab.runs()) == len(set(lab.runs())) == 3 + 9
    assert "9 trials: 9 succeeded" in lab.run("status", "toy-confirm").out


def test_one_that_was_killed_can_be_looked_at_and_cancelled(lab):
    child = waiting(lab)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    looks = [
        ("status", "toy-confirm"),
        ("results", "toy-confirm"),
        ("compare", "toy", "toy-confirm"),
        ("best", "toy"),
        ("cancel", "toy-confirm"),
        ("status", "toy-confirm"),
    ]
    for argv in looks:
        said = lab.run(*argv)
        assert (said.code, "Traceback" in said.err) == (0, False), (argv, said.err)


def test_two_people_at_once_run_one_confirmation(lab):
    first = waiting(lab)
    second = lab.start("confirm", "toy")
    until(lambda: "is being run by another process" in _line(second), "the second one's word")
    (lab.folder / "go").touch()
    assert [lab.end(one).code for one in (first, second)] == [0, 0]
    assert len(lab.runs()) == len(set(lab.runs())) == 3 + 9


def _line(child):
    return child.stderr.readline()


def test_interrupted_it_says_how_to_carry_on_and_does(lab):
    child = waiting(lab)
    interrupt(child)
    said = lab.end(child)
    assert said.code == 130
    line = next(line for line in said.err.splitlines() if line.startswith("carry on with: sweeper confirm toy-"))
    (lab.folder / "go").touch()
    assert lab.run(*line.partition("sweeper ")[2].split()).code == 0
    assert lab.states() == {"succeeded": 9}


def test_interrupted_in_the_first_round_it_shows_every_contender_with_its_parameters(lab):
    lab.config(x="[1, 2, 3]", mode="wait", more="limits: {parallel: 1}\nlocal: {warm: never}\n")
    (lab.folder / "go").touch()
    assert lab.run("launch", "sweep.yaml").code == 0
    (lab.folder / "go").unlink()
    child = lab.start("confirm", "toy")
    until(lambda: len(lab.runs()) > 3, "the first run")
    interrupt(child)
    head, *rows = lab.end(child).out.split("\n\n")[1].splitlines()
    assert head.split()[:2] == ["point", "x"]
    assert sorted(row.split()[1] for row in rows) == ["1", "2", "3"]
    assert [row.endswith("not begun") for row in rows] == [False, True, True]


def test_in_the_background_it_comes_to_the_same(toy):
    said = toy.run("confirm", "toy", "--top=2", "--detach")
    assert said.code == 0
    assert "runs it in the background" in said.err

    def over():
        rows = toy.run("list", "--json").json
        return rows[0]["name"] == "toy-confirm" and rows[0]["state"] == "done"

    until(over, "its end")
    assert toy.run("confirm", "toy", "--top=2", "--json").json["best"]
