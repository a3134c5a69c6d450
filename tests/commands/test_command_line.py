"""Argv becomes a command, or one clear sentence about the word that does not fit."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
from command_lab import ROOT

from sweeper import cli
from sweeper.errors import SweeperError, UserError

GOOD = [
    (["init"], {"init": True, "<module>": None, "--output": None}),
    (["init", "my.task", "--output=-"], {"<module>": "my.task", "--output": "-"}),
    (["plan", "c.yaml"], {"plan": True, "<config>": "c.yaml", "--json": False}),
    (["plan", "c.yaml", "--json", "--home", "h"], {"--json": True, "--home": "h"}),
    (["plan", "c.yaml", "--backend=local"], {"--backend": "local"}),
    (["launch", "c.yaml"], {"launch": True, "--parallel": None, "--fresh": False, "--yes": False, "--detach": False}),
    (["launch", "--parallel", "3", "c.yaml", "--fresh"], {"<config>": "c.yaml", "--parallel": "3", "--fresh": True}),
    (["launch", "c.yaml", "--detach", "--yes"], {"--detach": True, "--yes": True}),
    (["launch", "c.yaml", "--smoke"], {"launch": True, "--smoke": True}),
    (["plan", "c.yaml", "--smoke"], {"plan": True, "--smoke": True, "--files": False}),
    (["list"], {"list": True, "<sweep>": None, "<trial>": None}),
    (["status"], {"status": True, "<sweep>": None}),
    (["status", "s"], {"<sweep>": "s"}),
    (["watch", "s"], {"watch": True, "<sweep>": "s"}),
    (["results"], {"results": True, "<sweep>": [], "--top": None, "--csv": False}),
    (["results", "a", "b", "--top=3", "--csv"], {"<sweep>": ["a", "b"], "--top": "3", "--csv": True}),
    (["compare", "a", "b"], {"compare": True, "<sweep>": ["a", "b"], "--csv": False, "--output": None}),
    (["confirm", "s"], {"confirm": True, "<sweep>": "s", "--top": None, "--repeats": None, "--dry-run": False}),
    (["confirm", "s", "--top=3", "--repeats=9", "--detach"], {"--top": "3", "--repeats": "9", "--detach": True}),
    (["report", "s"], {"report": True, "<sweep>": "s", "--output": None}),
    (["report", "s", "--output=f.html"], {"<sweep>": "s", "--output": "f.html"}),
    (["logs", "s", "t"], {"logs": True, "<sweep>": "s", "<trial>": "t", "--follow": False, "--attempt": None}),
    (["logs", "s", "t", "--follow", "--attempt=2"], {"--follow": True, "--attempt": "2"}),
    (["cancel", "s"], {"cancel": True, "<sweep>": "s", "<trial>": []}),
    (["cancel", "s", "a", "b"], {"<trial>": ["a", "b"]}),
    (["retry", "s", "a"], {"retry": True, "<sweep>": "s", "<trial>": ["a"]}),
    (["clean", "s"], {"clean": True, "--keep": None, "--yes": False}),
    (["clean", "s", "--keep=0", "--yes"], {"--keep": "0", "--yes": True}),
    (["best"], {"best": True, "<sweep>": None, "--argv": False, "--run": False, "--fetch": None}),
    (["best", "s", "--fetch=d"], {"<sweep>": "s", "--fetch": "d"}),
    (["package", "c.yaml", "--out=d"], {"package": True, "--out": "d", "--no-verify": False}),
    (["export", "c.yaml", "--to=vertex"], {"export": True, "--to": "vertex", "--stage": False, "--lossy": False}),
    (["export", "a-sweep", "--to=vertex"], {"<config>": "a-sweep", "<sweep>": None}),
    (["--json", "export", "a-sweep", "--to=vertex"], {"<config>": "a-sweep", "<sweep>": None}),
    (["export", "c.yaml", "--to=mlengine", "--stage", "--lossy", "--output=f"], {"--lossy": True, "--output": "f"}),
    (["import", "f.yaml"], {"import": True, "<file>": "f.yaml", "--output": None}),
    (["attach", "s", "--backend=vertex", "--project=p"], {"attach": True, "<sweep>": "s", "--project": "p"}),
    (["doctor", "--backend=vertex"], {"doctor": True, "--backend": "vertex", "--region": None}),
    (["emulator", "start", "--port=0"], {"emulator": True, "start": True, "env": False, "--port": "0"}),
    (["emulator", "env"], {"start": False, "env": True, "--clock": "real"}),
    (["schema", "--output=s.json"], {"schema": True, "--output": "s.json"}),
    (["completion", "zsh"], {"completion": True, "zsh": True, "bash": False}),
    (["help"], {"help": True, "<verb>": None}),
    (["help", "launch"], {"help": True, "<verb>": "launch"}),
]

BAD = [
    # no verb, a misspelt one
    (["--json"], "expected a command", "there are init, plan"),
    (["lunch", "c.yaml"], "there is no command 'lunch'", "did you mean launch?"),
    (["results-table"], "there is no command 'results-table'", "did you mean results?"),
    (["frobnicate"], "there is no command 'frobnicate'", "there are init, plan"),
    (["--home", "plan", "lunch"], "there is no command 'lunch'", "did you mean launch?"),
    (["compare"], "that is not how `sweeper compare` is used", "usage: sweeper compare <sweep>..."),
    (["confirm"], "that is not how `sweeper confirm` is used", "usage: sweeper confirm <sweep> [--top=<n>]"),
    (["report"], "that is not how `sweeper report` is used", "usage: sweeper report <sweep> [--output=<file> |"),
    (["doctor"], "that is not how `sweeper doctor` is used", "usage: sweeper doctor --backend=<name>"),
    (["attach", "s"], "that is not how `sweeper attach` is used", "usage: sweeper attach <sweep> --backend=<name>"),
    (["package", "c.yaml"], "that is not how `sweeper package` is used", "usage: sweeper package <config> --out=<dir>"),
    (
        ["export", "c.yaml"],
        "that is not how `sweeper export` is used",
        "usage: sweeper export (<config> | <sweep>) --to",
    ),
    (["import"], "that is not how `sweeper import` is used", "usage: sweeper import <file>"),
    (["import", "f.yaml", "--stage"], "`sweeper import` takes no --stage", "usage: sweeper import <file>"),
    (["emulator"], "that is not how `sweeper emulator` is used", "usage: sweeper emulator (start | env)"),
    # misspelt options, and beginnings of right ones, which docopt would take
    (["launch", "c.yaml", "--para=3"], "there is no option --para", "did you mean --parallel?"),
    (["launch", "c.yaml", "--paralel=3"], "there is no option --paralel", "did you mean --parallel?"),
    (["launch", "c.yaml", "--det"], "there is no option --det", "did you mean --detach?"),
    (["results", "--j"], "there is no option --j", ""),
    (["plan", "c.yaml", "--frobnicate"], "there is no option --frobnicate", ""),
    (["plan", "c.yaml", "-n"], "there is no option -n", "`sweeper --help`"),
    # options of another verb; values that are missing or too many
    (["plan", "c.yaml", "--parallel=3"], "`sweeper plan` takes no --parallel", "usage: sweeper plan <config>"),
    (["list", "--top=3"], "`sweeper list` takes no --top", "usage: sweeper list"),
    (["launch", "c.yaml", "--parallel"], "--parallel needs a value", "--parallel=<n>"),
    (["launch", "c.yaml", "--fresh=yes"], "--fresh takes no value", "usage: sweeper launch"),
    # arguments
    (["plan"], "that is not how `sweeper plan` is used", "usage: sweeper plan <config>"),
    (["plan", "a", "b"], "that is not how `sweeper plan` is used", "usage: sweeper plan <config>"),
    (["status", "a", "b"], "that is not how `sweeper status` is used", "usage: sweeper status"),
    (["logs", "s"], "that is not how `sweeper logs` is used", "usage: sweeper logs <sweep> <trial>"),
    (["cancel"], "that is not how `sweeper cancel` is used", "usage: sweeper cancel <sweep>"),
    (["best", "--argv", "--run"], "that is not how `sweeper best` is used", "usage: sweeper best"),
]


@pytest.mark.parametrize(("argv", "wanted"), GOOD, ids=lambda value: " ".join(value) if type(value) is list else "")
def test_a_command_line_is_understood(argv, wanted):
    parsed = cli.parse(argv)
    assert {name: parsed[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("argv", "said", "hint"), BAD, ids=lambda value: " ".join(value) if type(value) is list else ""
)
def test_a_wrong_command_line_is_told_which_word_is_wrong(argv, said, hint):
    with pytest.raises(UserError) as caught:
        cli.parse(argv)
    (problem,) = caught.value.problems
    assert problem.message == said
    assert problem.hint.startswith(hint)
    assert cli.main(argv) == 2


def test_every_verb_has_rows_in_both_tables_a_module_and_a_test_file():
    for verb in cli.COMMANDS:
        assert any(argv[0] == verb for argv, _ in GOOD), verb
        assert import_module(f"sweeper.commands.{verb}").run
        assert (ROOT / "tests" / "commands" / f"test_{verb}_command.py").exists(), verb


NUMBERS = [
    (["launch", "sweep.yaml", "--parallel=0"], "--parallel: expected a whole number from 1, got '0'"),
    (["launch", "sweep.yaml", "--parallel=many"], "--parallel: expected a whole number from 1, got 'many'"),
    (["results", "--top=-1"], "--top: expected a whole number from 1, got '-1'"),
    (["results", "--top=1.5"], "--top: expected a whole number from 1, got '1.5'"),
    (["clean", "s", "--keep=x"], "--keep: expected a whole number from 0, got 'x'"),
    (["logs", "s", "t", "--attempt=0"], "--attempt: expected a whole number from 1, got '0'"),
    (["results", "--csv", "--json"], "--csv and --json: choose one"),
    (["plan", "sweep.yaml", "--backend=moon"], "--backend: expected local or mlengine or vertex, got 'moon'"),
]


@pytest.mark.parametrize(("argv", "said"), NUMBERS, ids=lambda value: " ".join(value) if type(value) is list else "")
def test_a_bad_value_of_an_option_is_told(lab, argv, said):
    lab.config()
    found = lab.run(*argv)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert lab.files() == {}


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_is_on_stdout_wherever_it_is_asked_for(lab, word):
    assert lab.run(word) == (0, cli.USAGE, "")
    assert lab.run("--json", word) == (0, cli.USAGE, "")
    assert lab.run("plan", word, "nowhere.yaml") == lab.run("help", "plan")


def test_nothing_at_all_shows_the_help_and_fails(lab):
    assert lab.run() == (2, cli.USAGE, "")


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_import_nothing_to_speak_of(word):
    code = f"import sys; from sweeper.cli import main; main([{word!r}]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"docopt", "yaml", "rich", "pandas", "numpy", "sqlite3", "typing", "dataclasses", "sweeper.config"}
    assert heavy & set(done.stderr.split()) == set()


def test_an_empty_home_is_said_by_every_verb_that_looks_at_it(lab):
    asked = [("list",), ("status",), ("watch",), ("results",), ("best",), ("logs", "s", "t")]
    for argv in [*asked, ("cancel", "s"), ("retry", "s"), ("clean", "s")]:
        found = lab.run(*argv)
        assert (found.code, found.out) == (2, ""), argv
        assert "there are no sweeps yet" in found.err, argv
    assert lab.files() == {}


def test_the_home_comes_from_the_option_then_the_variable_then_the_folder(lab, monkeypatch):
    lab.config(x="1")
    assert lab.run("launch", "sweep.yaml", "--home=here").code == 0
    assert (lab.folder / "here" / "ledger.db").exists()
    assert not (lab.folder / ".sweeper").exists()
    monkeypatch.setenv("SWEEPER_HOME", "here")
    assert len(lab.run("list", "--json").json) == 1
    assert lab.run("list", "--home=elsewhere").code == 2
    assert not (lab.folder / "elsewhere").exists()


EXITS = [
    (0, ["launch", "fine.yaml"]),
    (1, ["launch", "odd.yaml"]),
    (1, ["launch", "limited.yaml"]),
    (2, ["launch", "nowhere.yaml"]),
    (0, ["plan", "odd.yaml"]),
    (0, ["results", "fine"]),
    (2, ["results", "nothing"]),
    (1, ["watch", "odd"]),
    (0, ["watch", "fine"]),
]


def test_exit_codes_are_what_the_reference_says(lab):
    lab.config(name="fine.yaml", more="name: fine\n".replace("name", "order").replace("fine", "as-written"))
    for name, mode, more in [("fine", "fine", ""), ("odd", "odd", ""), ("limited", "fine", "limits: {trials: 2}\n")]:
        lab.config(name=f"{name}.yaml", mode=mode, more=more)
        lab.write(f"{name}.yaml", (lab.folder / f"{name}.yaml").read_text().replace("name: toy", f"name: {name}"))
    assert [(lab.run(*argv).code, argv) for _, argv in EXITS] == EXITS


def test_a_bug_is_told_from_a_mistake_and_shows_its_traceback(lab, monkeypatch):
    def broken(parsed, here):
        raise KeyError("x")

    monkeypatch.setattr(import_module("sweeper.commands.list"), "run", broken)
    found = lab.run("list")
    assert found.code == 3
    assert "KeyError: 'x'" in found.err
    assert "This is a bug in sweeper" in found.err


def test_a_full_disk_is_no_bug(lab, monkeypatch):
    def full(parsed, here):
        raise OSError(28, "No space left on device", "/data/x")

    monkeypatch.setattr(import_module("sweeper.commands.list"), "run", full)
    assert lab.run("list") == (1, "", "/data/x: No space left on device\n  nothing that was recorded is lost\n")


def test_a_reader_that_has_gone_is_no_error(lab):
    lab.config(x="[1, 2]")
    lab.run("launch", "sweep.yaml")
    child = lab.start("results", "--json")
    child.stdout.close()
    child.stdout = None
    assert "Traceback" not in lab.end(child).err


def test_every_error_has_an_exit_code_of_the_table():
    def below(kind):
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    codes = [kind.exit_code for kind in below(SweeperError)]
    assert {code for code in codes if not isinstance(code, property)} <= {1, 2, 3}


@pytest.mark.parametrize("verb", cli.COMMANDS)
def test_a_verbs_own_usage_reads_its_command_lines_as_the_whole_text_does(verb):
    lines = [argv for argv, _ in GOOD if argv[0] == verb]
    assert lines
    for argv in lines:
        alone = cli.parse(argv)
        name, value = ("--home", "h") if "--json" in argv else ("--json", True)
        if any(word.startswith("--home") for word in argv):
            continue
        front = "--home=h" if name == "--home" else "--json"
        whole = cli.parse([front, *argv])  # an option in front of the verb: the whole text is read
        assert {**alone, name: value}.items() <= whole.items()
