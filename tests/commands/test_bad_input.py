"""Broken configs, usage texts and ledgers through the real command: exit code 2, a clear message, nothing touched."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from command_lab import CONFIG, TRAINER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweeper import cli
from tests.config import test_config_mutations as mutations
from tests.config.broken_configs import TABLE
from tests.usage.broken_trainers import BROKEN

USAGES = [broken for broken in BROKEN if broken.module == "trainer.task" and broken.why != "hangs"]


def is_clear(found):
    """Told in words, on stderr alone."""
    assert (found.code, found.out) == (2, ""), found
    assert "Traceback" not in found.err
    assert "bug in sweeper" not in found.err
    return True


@pytest.mark.parametrize(("text", "said", "hint"), TABLE)
def test_a_broken_config_is_told(lab, text, said, hint):
    (lab.folder / "sweep.yaml").write_text(text, encoding="utf-8", newline="")
    found = lab.run("plan", "sweep.yaml")
    assert is_clear(found)
    assert f"sweep.yaml:{said}" in found.err
    assert hint in found.err
    assert lab.files() == {}


@pytest.mark.parametrize("broken", USAGES, ids=lambda broken: broken.why)
def test_a_broken_trainer_is_told(lab, broken):
    (lab.folder / "trainer").mkdir()
    lab.write("trainer/__init__.py", "")
    lab.write("trainer/task.py", broken.source)
    lab.write("sweep.yaml", f"trainer: {{module: trainer.task, usage: {broken.usage}}}\nparameters: {{x: [1, 2]}}\n")
    found = lab.run("launch", "sweep.yaml")
    assert is_clear(found)
    assert broken.message in found.err
    assert lab.files() == {}


class Refused(NamedTuple):
    """Parameters that the toy trainer would not take."""

    parameters: str
    said: str
    hint: str = ""


REFUSED = [
    Refused("{y: 1}", "parameters.y: the trainer's usage has no 'y'", "the trainer knows: x, mode"),
    Refused("{x: 1, mod: fine}", "parameters.mod: --mod is only the beginning of --mode", "write mode"),
    Refused("{x: 1, mdoe: fine}", "parameters.mdoe", "did you mean mode?"),
    Refused("{mode: fine}", "--x"),
    Refused("{x: 1, mode: [fine, true]}", "parameters.mode: expected a value, got true", "quote it"),
    Refused("{x: {value: [1, 2]}}", "parameters.x: --x takes one value, got the list [1, 2]"),
    Refused("{x: 1, job_dir: out}", "job_dir"),
    Refused("{x: 1, job-dir: out}", "job"),
    Refused("{x: 1, help: true}", "help"),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.parameters)
def test_parameters_that_the_trainer_would_refuse_are_told_with_their_file(lab, refused):
    lab.write("sweep.yaml", f"trainer: toy\nparameters: {refused.parameters}\n")
    found = lab.run("launch", "sweep.yaml")
    assert is_clear(found)
    assert "sweep.yaml" in found.err
    assert refused.said in found.err
    assert refused.hint in found.err
    assert lab.files() == {}
    assert lab.runs() == []


def _text(home: Path) -> None:
    (home / "ledger.db").write_text("this is no database, but long enough to be looked at\n" * 100)


def _empty(home: Path) -> None:
    (home / "ledger.db").write_bytes(b"")


def _stranger(home: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "ledger.db")) as database:
        database.execute("CREATE TABLE mine(x)")
        database.commit()


def _newer(home: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "ledger.db")) as database:
        database.execute("PRAGMA user_version=99")
        database.commit()


def _other_id(home: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "ledger.db")) as database:
        database.execute("PRAGMA application_id=7")
        database.commit()


def _holed(home: Path) -> None:
    with (home / "ledger.db").open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(1024)
        file.write(b"\xff" * (size - 1024))


def _cut(home: Path) -> None:
    with (home / "ledger.db").open("r+b") as file:
        file.truncate(3000)


def _header_only(home: Path) -> None:
    (home / "ledger.db").write_bytes((home / "ledger.db").read_bytes()[:100] + b"\0" * 5000)


def _folder(home: Path) -> None:
    (home / "ledger.db").unlink()
    (home / "ledger.db").mkdir()


class Damaged(NamedTuple):
    """What became of a ledger that was good, and what is said about it."""

    what: Callable[[Path], None]
    said: str


LEDGERS = [
    Damaged(_text, "it is not a ledger"),
    Damaged(_empty, "it is not a ledger"),
    Damaged(_stranger, "ledger"),
    Damaged(_newer, "found 99: a newer sweeper wrote it"),
    Damaged(_other_id, "it is not a ledger"),
    Damaged(_holed, "it is damaged"),
    Damaged(_cut, "it is damaged"),
    Damaged(_header_only, "damaged"),
    Damaged(_folder, "it cannot be opened"),
]


@pytest.mark.parametrize("damaged", LEDGERS, ids=lambda damaged: damaged.what.__name__.strip("_"))
def test_a_ledger_that_cannot_be_used_is_told_and_left_as_it_is(lab, damaged):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    home = lab.folder / ".sweeper"
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (home / name).unlink(missing_ok=True)
    if damaged.what is _stranger:
        (home / "ledger.db").unlink()
    damaged.what(home)
    before = lab.files()
    for argv in [("list",), ("status",), ("results",), ("best",), ("plan", "sweep.yaml"), ("launch", "sweep.yaml")]:
        found = lab.run(*argv)
        assert is_clear(found), argv
        assert damaged.said in found.err, argv
        assert "ledger.db" in found.err
        assert lab.files() == before, argv


PLACES = [
    ("a folder", lambda lab: (lab.folder / "c.yaml").mkdir(), "c.yaml: expected a file, got a folder"),
    ("nothing", lambda lab: None, "c.yaml: no such file"),
    ("a link to nothing", lambda lab: (lab.folder / "c.yaml").symlink_to("gone"), "c.yaml: no such file"),
    ("a link to itself", lambda lab: (lab.folder / "c.yaml").symlink_to("c.yaml"), "c.yaml"),
    ("bytes", lambda lab: (lab.folder / "c.yaml").write_bytes(b"\xff\xfe\0"), "expected UTF-8 text"),
]


@pytest.mark.parametrize(("what", "make", "said"), PLACES, ids=[what for what, _, _ in PLACES])
def test_a_config_that_cannot_be_read_is_told(lab, what, make, said):
    make(lab)
    for verb in ("plan", "launch"):
        found = lab.run(verb, "c.yaml")
        assert is_clear(found)
        assert said in found.err


def test_a_home_that_is_a_file_is_told(lab):
    lab.config()
    lab.write(".sweeper", "mine")
    for argv in [("list",), ("launch", "sweep.yaml")]:
        assert is_clear(lab.run(*argv))
    assert (lab.folder / ".sweeper").read_text() == "mine"


def test_the_tables_keep_their_size():
    assert len(TABLE) + len(USAGES) + len(REFUSED) + len(LEDGERS) + len(PLACES) >= 220
    assert (len(USAGES) >= 33, len(LEDGERS), len(REFUSED)) == (True, 9, 9)


GOOD = [
    CONFIG.format(x="[1, 2, 3]", mode="[fine, odd]", more="repeats: {count: 2, parameter: seed}\nseed: 3\n"),
    CONFIG.format(
        x="{min: 1, max: 64, scale: log, num: 4}",
        mode="{values: [fine, odd], when: {tag: [a]}}",
        more='  tag: [a, b]\nexclude: [{tag: b, x: 1}]\nconstraints: ["x < 60"]\nlimits: {timeout: 1h, parallel: 2}\n',
    ),
    CONFIG.format(x="{min: 1, max: 64}", mode="fine", more="method: random\ntrials: 5\norder: shuffled\n"),
]


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    """A folder with a sweep that was launched; the first of the configs is its."""
    folder, before = tmp_path_factory.mktemp("mutated"), Path.cwd()
    (folder / "toy.py").write_text(TRAINER)
    (folder / "sweep.yaml").write_text(GOOD[0])
    os.chdir(folder)
    with contextlib.redirect_stderr(io.StringIO()):
        assert cli.main(["launch", "sweep.yaml", "--home=.sweeper"]) == 1
    yield folder
    os.chdir(before)
    shutil.rmtree(folder)


@st.composite
def mutated(draw):
    text = draw(st.sampled_from(GOOD))
    changes = [mutations._lines, mutations._insert, mutations._word, mutations._cut]
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from(changes))(draw, text)
    return text


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_whatever_becomes_of_a_config_its_plan_is_valid_or_told_to_be_wrong(launched, text):
    file, ledger = launched / "sweep.yaml", launched / ".sweeper" / "ledger.db"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    before = ledger.read_bytes()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["plan", "sweep.yaml", "--home=.sweeper"])
    assert ledger.read_bytes() == before
    if code == 0:
        assert re.match(r"[\w.-]+: (at most )?\d+ trials?", out.getvalue())
    else:
        assert code == 2, err.getvalue()
        assert out.getvalue() == ""
        assert err.getvalue().strip()
        assert "Traceback" not in err.getvalue()
