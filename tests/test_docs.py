"""The docs say what the code does: generated pages are new, tables are complete, sessions are followed as written."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sweeper import cli
from sweeper.errors import SweeperError

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

_FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
_CONSOLE = re.compile(r"(<!-- in a terminal of its own -->\n)?```console\n(.*?)```", re.DOTALL)
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


def test_the_notebook_prints_what_it_shows():
    command = [sys.executable, DOCS / "notebook.py", "--check"]
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


def test_no_table_of_the_reference_says_two_things_of_one_option():
    tables = _text("reference", "commands.md").split("\n\n")
    for table in tables:
        options = re.findall(r"^\| (`--[^|]*`) \|", table, re.MULTILINE)
        assert sorted(options) == sorted(set(options))


def test_the_readme_session_runs_as_written(tmp_path):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    _follow((ROOT / "README.md").read_text(), tmp_path)


def test_the_tutorial_can_be_followed_as_written(tmp_path):
    for folder in ("trainer", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    _follow(_text("tutorial.md"), tmp_path)


def test_the_tutorial_of_the_cloud_can_be_followed_as_written(tmp_path):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    _follow(_text("tutorial-cloud.md"), tmp_path)


@pytest.mark.slow
def test_the_page_about_several_metrics_can_be_followed_as_written(tmp_path):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    _follow(_text("how-to", "several-metrics.md"), tmp_path)


def test_every_page_is_linked_from_the_first_one():
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    decisions = {page for page in pages if page.startswith("decisions/") and page != "decisions/README.md"}
    assert pages - decisions - set(re.findall(r"\(([\w\-/.]+\.md)\)", _text("README.md"))) == set()
    assert {Path(page).name for page in decisions} - set(
        re.findall(r"\(([\w\-.]+)\)", _text("decisions", "README.md"))
    ) == set()


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=str)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def _follow(page: str, folder: Path) -> None:
    """Write the files that a page names, run its commands, and compare what they print where the page shows it."""
    for name, text in _FILE.findall(page):
        (folder / name).write_text(text)
    steps = [(bool(beside), *step) for beside, block in _CONSOLE.findall(page) for step in _STEP.findall(block)]
    assert steps
    with ExitStack() as others:
        for beside, command, shown in steps:
            if beside:
                others.enter_context(_beside(command, shown, folder))
            else:
                _step(command, shown, folder)


def _step(command: str, shown: str, folder: Path) -> None:
    # One shell for the whole page, as far as one can tell: where it is and what it exports lives on.
    state = folder.with_name(f"{folder.name}.shell")
    script = f". {state}\n{command}\ncode=$?; {{ export -p; printf 'cd %q' \"$PWD\"; }} > {state}; exit $code"
    state.touch()
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # in the order in which a terminal shows them
        text=True,
        check=False,
        timeout=300,
    )
    code = _EXIT.search(shown)
    assert done.returncode == (int(code[1]) if code else 0), f"$ {command}\n{done.stdout}"
    wanted = _EXIT.sub("", shown)
    assert not wanted or _same(wanted, done.stdout), f"$ {command}\nexpected:\n{wanted}\nprinted:\n{done.stdout}"


@contextmanager
def _beside(command: str, shown: str, folder: Path) -> Iterator[None]:
    """In a terminal of its own: begun when it has printed what the page shows, and ended with ^C."""
    mine = command.replace("emulator start", "emulator start --port=0")  # somebody else may have the usual one
    started = subprocess.Popen(
        ["bash", "-c", f"exec {mine}"],
        cwd=folder,
        env=_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert started.stdout is not None
    try:
        printed = "".join(started.stdout.readline() for _ in shown.splitlines())
        assert _same(shown, printed), f"$ {command}\nexpected:\n{shown}\nprinted:\n{printed}"
        yield
    finally:
        started.send_signal(signal.SIGINT)
        said, _ = started.communicate(timeout=60)
        assert started.returncode == 0, said


def _env() -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SWEEPER")}
    return {**outside, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "120"}


def _same(wanted: str, printed: str) -> bool:
    """``...`` stands for anything; alone on a line, for any number of lines."""
    wanted = re.sub(r"^\.\.\.\n", "...", wanted, flags=re.MULTILINE)
    return doctest.OutputChecker().check_output(wanted, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
