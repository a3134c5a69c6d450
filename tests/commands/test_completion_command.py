"""``sweeper completion``: what comes next on a command line, asked directly and by the Tab key of real shells."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_lab import PATIENCE

from sweeper import cli
from sweeper.commands.completion import SHELLS
from sweeper.ledger import SweepRow, TrialRow, open_ledger

BIN = Path(sys.executable).parent
TRIALS = ["1a2b3c", "1b2b3c", "2c2b3c"]


@pytest.fixture
def lab(lab):
    """With a sweep that is called toy."""
    lab.config()
    with open_ledger(lab.folder / ".sweeper") as ledger:
        ledger.add_sweep(SweepRow("toy-1", "toy", 1.0, backend="local", total=3))
        ledger.put_trials(TrialRow("toy-1", name, at, name) for at, name in enumerate(TRIALS))
    return lab


@pytest.fixture
def typed(lab):
    """What may come next after these words, the last one unfinished."""

    def ask(*words):
        found = lab.run("completion", "--words", *words)
        assert (found.code, found.err) == (0, "")
        return [line.partition("\t")[0] for line in found.out.splitlines()]

    return ask


def test_verbs_come_first_with_what_they_do(lab, typed):
    assert typed("") == list(cli.COMMANDS)
    assert typed("re") == ["results", "report", "retry"]
    assert "results\tThe ranked table" in lab.run("completion", "--words", "res").out
    assert typed("--home=elsewhere", "stat") == typed("--home", "elsewhere", "stat") == ["status"]


@pytest.mark.parametrize("verb", cli.COMMANDS)
def test_options_are_those_that_the_verb_takes_and_each_is_offered_once(typed, verb):
    known = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", cli.usage_of(verb).partition("Options:")[2]))
    offered = typed(verb, "--")
    assert {name.removesuffix("=") for name in offered} - {"--help"} == {
        name for name in known if f"  {name}" in cli.usage_of(verb)
    }
    for name in offered:
        assert name not in typed(verb, name + "x" * name.endswith("="), "--")


def test_values_of_which_there_are_a_few_are_listed(typed):
    assert typed("launch", "c.yaml", "--backend=") == ["--backend=local", "--backend=mlengine", "--backend=vertex"]
    assert typed("launch", "c.yaml", "--backend", "v") == ["vertex"]
    assert {"--to=mlengine", "--to=vertex"} <= set(typed("export", "c.yaml", "--to="))
    assert typed("emulator", "start", "--clock=f") == ["--clock=fake"]
    assert typed("emulator", "") == ["start", "env"]
    assert typed("completion", "") == list(SHELLS)
    assert typed("help", "lau") == ["launch"]


def test_sweeps_and_trials_are_those_of_the_ledger(lab, typed):
    assert typed("status", "") == ["toy"]
    assert typed("status", "toy-") == ["toy-1"]
    assert typed("logs", "toy", "") == TRIALS
    assert typed("logs", "toy-1", "1") == TRIALS[:2]
    assert typed("retry", "toy", TRIALS[0], "") == TRIALS[1:]
    assert typed("logs", "toy", TRIALS[0], "") == []
    assert typed("results", "toy", "") == ["toy"]


def test_the_home_that_is_typed_is_the_one_that_is_looked_at(lab, typed, monkeypatch):
    os.rename(lab.folder / ".sweeper", lab.folder / "elsewhere")
    assert typed("status", "") == []
    assert typed("--home=elsewhere", "status", "") == typed("status", "--home", "elsewhere", "") == ["toy"]
    monkeypatch.setenv("SWEEPER_HOME", "elsewhere")
    assert typed("status", "") == ["toy"]


def test_files_are_left_to_the_shell(typed):
    assert typed("plan", "") == [":config"]
    assert typed("export", "") == [":config", "toy"]
    assert typed("results", "--parquet=") == [":file"]
    assert typed("best", "--fetch", "x") == [":folder"]


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate", ""),
        ("list", ""),
        ("status", "toy", ""),
        ("launch", "--parallel", ""),
        ("launch", "--", ""),
        ("launch", "--what="),
        (),
    ],
)
def test_where_nothing_can_be_said_nothing_is(typed, words):
    assert typed(*words) == []


def test_a_ledger_that_cannot_be_read_is_no_reason_to_disturb_and_none_is_made(lab, typed):
    (lab.folder / ".sweeper" / "ledger.db").write_bytes(b"no database")
    assert typed("status", "") == []
    assert typed("--home=nowhere", "status", "") == []
    assert not (lab.folder / "nowhere").exists()


def test_the_script_of_a_shell_comes_as_json_too(lab):
    for shell in SHELLS:
        said = lab.run("completion", shell)
        assert said.out.startswith(("# Completion of sweeper for", "#compdef sweeper\n"))
        assert lab.run("completion", shell, "--json").json == {"shell": shell, "script": said.out}
    assert lab.run("completion", "tcsh").code == 2


class Terminal:
    """A real shell at a real terminal, and a person who types and reads."""

    def __init__(self, *command, folder):
        self.said = ""
        env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb", "PS1": "ready> "}
        self.ours, theirs = pty.openpty()
        self.shell = subprocess.Popen(
            command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def type(self, text):
        self.said = ""
        os.write(self.ours, text.encode())

    def until(self, pattern):
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self._shown()):
            assert time.monotonic() < end, f"{pattern} was not shown:\n{self.said!r}"
            if select.select([self.ours], [], [], 0.1)[0]:
                self.said += os.read(self.ours, 65536).decode(errors="replace")

    def _shown(self):
        """What has been typed and printed since, as the screen has it: zsh goes back over what it has written."""
        text, shorter = "", self.said
        while text != shorter:
            text, shorter = shorter, re.sub("[^\b]\b", "", shorter)
        return text

    def close(self):
        self.shell.kill()
        self.shell.wait()
        os.close(self.ours)


START = {"bash": ("bash", "--norc", "--noprofile", "-i"), "zsh": ("zsh", "-f", "-i")}
BEFORE = {
    "bash": "",
    "zsh": "PS1='ready> '; autoload -U compinit && compinit -u -D; ",
}
KEYS = [
    ("sweeper stat\t", "status "),
    ("sweeper launch --par\t4", "launch --parallel=4"),
    ("sweeper launch --det\tx", "--detach x"),
    ("sweeper plan --backend=v\tx", "plan --backend=vertex x"),
    ("sweeper plan --backend=loc\t--ho\t", "plan --backend=local --home="),
    ("sweeper plan --backend ml\tx", "plan --backend mlengine x"),
    ("sweeper plan sw\tx", r"plan sweep\.yaml x"),
    ("sweeper init --output=to\tx", r"init --output=toy\.py x"),
    ("sweeper best --fetch=a\tx", r"best --fetch=a\\ folder/x"),
    ("sweeper status to\tx", "status toy x"),
    ("sweeper --home=.sweeper logs toy 2\tx", r"--home=.sweeper logs toy 2c2b3c x"),
    ("sweeper re\t\t\t", r"(?s)results.*report.*retry"),
]


@pytest.mark.parametrize("shell", START)
def test_the_tab_key_completes_as_it_should(lab, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (lab.folder / "a folder").mkdir()
    terminal = Terminal(*START[shell], folder=lab.folder)
    try:
        terminal.type(BEFORE[shell] + f"eval \"$(sweeper completion {shell})\"; echo do''ne\n")
        terminal.until(r"done\r\n(?s:.*)ready> ")
        for keys, shown in KEYS:
            terminal.type(keys)
            terminal.until(shown)
            terminal.type("\x15")  # ^U: away with the line
    finally:
        terminal.close()


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sweeper stat", ["status"]),
        ("sweeper launch --par", ["--parallel="]),
        ("sweeper plan --backend=v", ["--backend=vertex"]),
        ("sweeper plan sw", ["sweep.yaml"]),
        ("sweeper plan to", []),
        ("sweeper init --output=to", ["--output=toy.py"]),
        ("sweeper best --fetch=a", ["--fetch=a folder/"]),
        ("sweeper status to", ["toy"]),
        ("sweeper --home=.sweeper logs to", ["toy"]),
    ],
)
def test_fish_completes_as_it_should(lab, line, found):
    (lab.folder / "a folder").mkdir()
    script = f"sweeper completion fish | source; complete -C {json.dumps(line)}"
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(lab.folder)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=lab.folder, env=env, capture_output=True, text=True, check=True
    )
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == found
    assert done.stderr == ""
