"""``sweeper plan``: counts, command lines, notes; and nothing is touched."""

from __future__ import annotations

import shlex

KEYS = {"sweep", "id", "points", "trials", "exact", "new", "keep", "retry", "removed", "other_code", "argv"}


def test_a_new_sweep_is_counted_and_its_first_command_lines_shown(lab):
    lab.config(x="[1, 2, 3, 4, 5]", more="  tag: [a b, '']\n")
    found = lab.run("plan", "sweep.yaml")
    assert (found.code, found.err) == (0, "")
    lines = found.out.splitlines()
    assert lines[0] == "toy: 10 trials, grid, on local"
    assert lines[1] == "  new 10, keep 0, retry 0, removed 0"
    assert " at once, " in lines[2]
    assert lines[4] == "the first 4 command lines (all of them checked):"
    assert shlex.split(lines[5])[:6] == ["python", "-m", "toy", "--x=1", "--mode=fine", "--tag=a b"]
    assert len(lines) == 9
    assert lab.files() == {}
    assert not (lab.folder / ".sweeper").exists()


def test_json_has_the_keys_that_scripts_rely_on(lab):
    lab.config()
    found = lab.run("plan", "sweep.yaml", "--json").json
    assert set(found) == KEYS
    argv = found.pop("argv")
    assert found == {
        "sweep": "toy",
        "id": None,
        "points": 3,
        "trials": 3,
        "exact": True,
        "new": 3,
        "keep": 0,
        "retry": 0,
        "removed": 0,
        "other_code": 0,
    }
    assert [line[:2] for line in argv] == [[f"--x={x}", "--mode=fine"] for x in (1, 2, 3)]


def test_a_sweep_that_was_launched_is_compared_with(lab):
    lab.config(mode="odd", x="[1, 2, 4]")
    lab.run("launch", "sweep.yaml")
    lab.run("retry", "toy")
    before = lab.files()
    lab.config(mode="odd", x="[1, 2, 6, 8]")
    found = lab.run("plan", "sweep.yaml", "--json").json
    assert {name: found[name] for name in ("new", "keep", "retry", "removed")} == {
        "new": 2,
        "keep": 1,
        "retry": 1,
        "removed": 1,
    }
    assert found["id"].startswith("toy-")
    assert f"(carries on {found['id']})" in lab.run("plan", "sweep.yaml").out
    assert lab.files() == before


def test_repeats_are_counted_as_points_and_trials(lab):
    lab.config(more="repeats: {count: 4, parameter: seed}\n")
    assert lab.run("plan", "sweep.yaml").out.startswith("toy: 12 trials (3 points, 4 runs each), grid")


def test_how_trials_start_is_said_with_its_reason(lab):
    lab.config(more="local: {warm: never}\nlimits: {parallel: 3}\n")
    assert "\n  3 at once, each from a fresh interpreter: local.warm is never\n" in lab.run("plan", "sweep.yaml").out
    lab.config(more="limits: {parallel: 3}\n")
    assert "\n  3 at once, " in lab.run("plan", "sweep.yaml").out


def test_changed_code_is_counted(lab):
    lab.config()
    lab.run("launch", "sweep.yaml")
    lab.write("toy.py", (lab.folder / "toy.py").read_text() + "# changed\n")
    found = lab.run("plan", "sweep.yaml")
    assert "  3 of the kept ran with other trainer code than today's; --fresh runs all anew\n" in found.out
    assert lab.run("plan", "sweep.yaml", "--json").json["other_code"] == 3


def test_what_works_but_looks_wrong_is_noted_on_stderr(lab):
    lab.write("bare.py", '"""Usage: bare.py --x=<n>"""\nfrom docopt import docopt\ndocopt(__doc__)\n')
    lab.write("sweep.yaml", "trainer: bare\nparameters: {x: [1, 2]}\n")
    found = lab.run("plan", "sweep.yaml", "--json")
    assert found.code == 0
    assert found.err.startswith("note: ")
    assert found.json["trials"] == 2


def test_usage_none_says_that_nothing_was_checked(lab):
    lab.write("sweep.yaml", "trainer: {module: toy, usage: none}\nparameters: {anything: [1, 2]}\n")
    assert "(not checked: usage: none)" in lab.run("plan", "sweep.yaml").out


def test_a_limit_of_trials_is_said(lab):
    lab.config(more="limits: {trials: 2}\n")
    found = lab.run("plan", "sweep.yaml")
    assert "  limits.trials: a launch stops after 2 of them\n" in found.out
    assert "the first 2 command lines" in found.out


def test_a_space_of_any_size_is_counted(lab):
    axes = "".join(f"  t{i}: {{min: 1, max: 100, num: 100}}\n" for i in range(6))
    usage = "".join(f" --t{i}=<n>" for i in range(6))
    lab.write("wide.py", f'"""Usage: wide.py{usage}"""\nfrom docopt import docopt\ndocopt(__doc__)\n')
    lab.write("sweep.yaml", f"trainer: wide\nparameters:\n{axes}")
    found = lab.run("plan", "sweep.yaml", "--json").json
    assert (found["trials"], found["exact"], len(found["argv"])) == (10**12, True, 4)


def test_a_search_that_stands_in_for_a_service_is_noted(lab):
    lab.config(more="method: service\ntrials: 2\n")
    assert "\n  note: method: service has no service on this machine: " in lab.run("plan", "sweep.yaml").out
    lab.config(more="method: random\ntrials: 2\n")
    assert "note:" not in lab.run("plan", "sweep.yaml").out
