"""The docs say what the code does: generated pages are new, tables are complete, sessions are followed as written."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sweeper import cli
from sweeper.errors import SweeperError

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_STEP = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_EXIT = re.compile(r"\(exit code (\d+)\)\n$")


def _text(*parts: str) -> str:
    return DOCS.joinpath(*parts).read_text(encoding="utf-8")


def _table(text: str) -> set[str]:
    """The first cells of all tables, without the marks around them."""
    return {word for row in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE) for word in re.findall(r"[\w\-]+", row)}


def _classes(root: type[SweeperError]) -> set[type[SweeperError]]:
    return {root}.union(*(_classes(below) for below in root.__subclasses__()))


def test_the_generated_pages_are_what_the_code_says():
    command = [sys.executable, DOCS / "generate.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_exit_code_is_in_the_table_and_no_other():
    codes = {0, 130} | {error.exit_code for error in _classes(SweeperError)}
    assert {
        int(code) for code in re.findall(r"^\| (\d+) \|", _text("reference", "exit-codes.md"), re.MULTILINE)
    } == codes


def test_every_variable_that_is_read_or_set_is_in_the_table():
    sources = "".join(path.read_text() for path in (ROOT / "sweeper").rglob("*.py"))
    names = set(re.findall(r"\b(?:SWEEPER_[A-Z_]*[A-Z]|CLOUD_ML_[A-Z_]*[A-Z]|[A-Z]+_NUM_THREADS)\b", sources))
    assert names - _table(_text("reference", "environment.md")) == set()


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_a_command_has_its_heading_in_the_reference(command):
    assert f"\n## {command}\n" in _text("reference", "commands.md")


def test_every_option_of_the_command_line_is_in_the_reference():
    written = re.sub(r"<!-- generated.*?<!-- end -->", "", _text("reference", "commands.md"), flags=re.DOTALL)
    options = set(re.findall(r"--[a-z]+", cli.USAGE)) - {"--help", "--version"}
    assert options - set(re.findall(r"--[a-z]+", written)) == set()


def test_the_readme_session_runs_as_written(tmp_path):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    _follow((ROOT / "README.md").read_text(), tmp_path)


def test_the_tutorial_can_be_followed_as_written(tmp_path):
    _follow(_text("tutorial.md"), tmp_path)


def _follow(page: str, folder: Path) -> None:
    """Write the files that a page names, run its commands, and compare what they print where the page shows it."""
    for name, text in _FILE.findall(page):
        (folder / name).write_text(text)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SWEEPER")}
    env = {**outside, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "120"}
    steps = [step for block in _CONSOLE.findall(page) for step in _STEP.findall(block)]
    assert steps
    for command, shown in steps:
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
        )
        code = _EXIT.search(shown)
        assert done.returncode == (int(code[1]) if code else 0), f"$ {command}\n{done.stdout}{done.stderr}"
        wanted = _EXIT.sub("", shown)
        printed = done.stdout + done.stderr
        same = doctest.OutputChecker().check_output(wanted, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        assert not wanted or same, f"$ {command}\nexpected:\n{wanted}\nprinted:\n{printed}"
