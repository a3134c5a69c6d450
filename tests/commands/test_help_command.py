"""``sweeper help`` and the man page: what a verb takes, examples that can be typed, and a page that man can draw."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from command_lab import ROOT, is_refused

from sweeper import cli
from sweeper.commands.typed.examples import EXAMPLES, EXITS, USUAL, exits_of

PAGE = ROOT / "docs" / "sweeper.1"


@pytest.mark.parametrize("verb", cli.COMMANDS)
def test_the_help_of_a_verb_has_its_options_examples_and_exit_codes(lab, verb):
    found = lab.run("help", verb)
    assert (found.code, found.err) == (0, "")
    for part in ("\nUsage:\n", "\nOptions:\n", "\nExamples:\n", "\nExit codes:\n", f"  sweeper {verb} "):
        assert part in found.out
    for line in cli.usage_of(verb).splitlines():
        if line.startswith("  --"):
            assert f"\n{line.split('  ')[1]}" in found.out.replace("\n  ", "\n")
    assert max(map(len, found.out.splitlines())) <= 120


def test_a_description_of_several_lines_is_whole(lab):
    assert "10 minutes where that is not set." in lab.run("help", "launch").out


@pytest.mark.parametrize("verb", cli.COMMANDS)
def test_a_description_stands_alone(lab, verb):
    about = lab.run("help", verb).out.removeprefix(f"sweeper {verb}: ")
    assert not about.startswith(("Such ", "The same", "Likewise", "Also "))


def test_help_alone_is_the_whole_text_and_json_has_it_too(lab):
    assert lab.run("help") == (0, cli.USAGE, "")
    found = lab.run("help", "launch", "--json").json
    assert found == {"command": "launch", "text": lab.run("help", "launch").out.rstrip("\n")}


def test_dash_help_behind_a_verb_is_the_help_of_the_verb(lab):
    assert lab.run("launch", "--help") == lab.run("launch", "-h", "x.yaml") == lab.run("help", "launch")


def test_an_unknown_verb_is_told(lab):
    is_refused(lab.run("help", "lunch"), "there is no command 'lunch'", "did you mean launch?")


@pytest.mark.parametrize("verb", cli.COMMANDS)
def test_examples_are_command_lines_of_the_verb(verb):
    for line, says in EXAMPLES[verb]:
        words = shlex.split(line.removeprefix('eval "$(').removesuffix(')"'))
        assert words[0] == "sweeper"
        assert cli.parse(words[1:])[verb], line
        assert says
        assert [word for word in words if word.startswith("configs/") and not (ROOT / word).exists()] == []


def test_exit_codes_are_those_of_the_table():
    assert set(USUAL) == {0, 1, 2, 3, 130}
    assert all(set(said) <= set(USUAL) for said in EXITS.values())
    assert exits_of("launch")[0] != exits_of("list")[0]


def test_a_confirmation_that_ends_tied_is_among_its_exit_codes(lab):
    said = lab.run("help", "confirm").out
    assert "    0  one is left" in said
    assert "    1  still tied when the runs are used up" in said
    assert "of `confirm`: contenders are still tied" in (ROOT / "docs/reference/exit-codes.md").read_text()


def test_the_man_page_names_every_verb_and_option():
    text = PAGE.read_text().replace("\\-", "-")
    assert [verb for verb in cli.COMMANDS if f"\n\\fB{verb}\\fR\n" not in text] == []
    assert [line for line in EXAMPLES if line in cli.COMMANDS and f"sweeper {line}" not in text] == []
    options = {line.split("  ")[1] for line in cli.USAGE.splitlines() if line.startswith("  --")}
    assert [option for option in options if f"\n\\fB{option}\\fR\n" not in text] == []


@pytest.mark.parametrize("command", ["groff -man -ww -Tutf8", "man --warnings -l", "mandoc -W warning"])
def test_the_man_page_is_drawn_without_a_warning(command):
    if shutil.which(command.split()[0]) is None:
        pytest.skip(f"{command.split()[0]} is not installed")
    drawn = subprocess.run([*command.split(), PAGE], capture_output=True, text=True, check=True)
    assert drawn.stderr == ""
    assert "hyperparameter sweeps of an unmodified training program" in " ".join(drawn.stdout.split())
