"""``sweeper watch`` on a real terminal, driven by its keys and signals; the terminal is as it was afterwards."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from contextlib import closing, suppress

import pytest
from command_lab import PATIENCE, ROOT, until

pytest.importorskip("textual", reason="sweeper[watch] is not installed")

ALTERNATE, BACK = "\x1b[?1049h", "\x1b[?1049l"
OURS = ("NO_COLOR", "COLUMNS", "LINES")
"""What the terminal says itself."""
WITHOUT_TEXTUAL = (
    "import sys; sys.modules['textual'] = None; from sweeper.cli import main; sys.exit(main(['watch', 'toy']))"
)


class Terminal:
    """A child whose three streams are one terminal, and what it has drawn there."""

    def __init__(self, lab, *argv, size=(24, 100), **environ):
        self.ours, self._theirs = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self._theirs)
        env = {name: text for name, text in os.environ.items() if name not in OURS}
        self.child = subprocess.Popen(
            [sys.executable, *(argv or ("-m", "sweeper", "watch", "toy"))],
            cwd=lab.folder,
            env={**env, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environ},
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
        )
        self.text = ""

    def resize(self, lines, columns):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds=0.05):
        while select.select([self.ours], [], [], seconds)[0]:
            self.text += os.read(self.ours, 65536).decode(errors="replace")

    def until(self, what):
        end = time.monotonic() + PATIENCE
        while not re.search(what, self.text):
            assert time.monotonic() < end, f"{what!r} was not drawn: {self.text[-2000:]!r}"
            self.read()

    def press(self, keys):
        os.write(self.ours, keys.encode())

    def end(self):
        """Its exit code, once it has drawn everything."""
        end = time.monotonic() + PATIENCE
        while self.child.poll() is None:
            assert time.monotonic() < end, f"it does not end: {self.text[-2000:]!r}"
            self.read()
        self.read()
        return self.child.returncode

    def is_restored(self):
        left = self.text.count(ALTERNATE) == self.text.count(BACK) == 1
        cursor = self.text.rfind("\x1b[?25h") > self.text.rfind("\x1b[?25l") > 0
        return left and cursor and termios.tcgetattr(self._theirs) == self.before

    def close(self):
        with suppress(ProcessLookupError):
            self.child.kill()
        self.child.wait()
        os.close(self.ours)
        os.close(self._theirs)


@pytest.fixture
def terminal(lab):
    opened = []

    def open_one(*argv, **options):
        opened.append(Terminal(lab, *argv, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def launch(lab):
    """A sweep of two trials that run until `go` is there."""
    lab.config(x="[1, 2]", mode="wait", more="limits: {parallel: 2}\n")
    started = lab.start("launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the start")
    until(lambda: lab.states() == {"running": 2}, "that the launcher has seen it")
    yield started
    (lab.folder / "go").touch()
    assert lab.end(started).code == 0
    assert lab.states() == {"succeeded": 2}


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_a_key_ends_it_and_neither_the_sweep_nor_the_terminal_notices(lab, launch, terminal, key):
    here = terminal()
    here.until("0/2: 2 running")
    here.until("Quit")
    here.press(key)
    assert here.end() == 0
    assert here.is_restored()
    assert "left; the sweep goes on: sweeper watch toy-" in here.text.rsplit(BACK)[1]
    assert launch.poll() is None


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_and_the_terminal_is_as_it_was(lab, launch, terminal, signum):
    here = terminal()
    here.until("0/2: 2 running")
    here.child.send_signal(signum)
    assert here.end() == 0
    assert here.is_restored()


def test_a_sweep_at_rest_is_told_once_more_when_it_is_left(lab, terminal):
    lab.config(x="[1, 2]", mode="odd")
    lab.run("launch", "sweep.yaml")
    here = terminal()
    here.until("2/2: 1 succeeded, 1 failed")
    here.until("done")
    here.press("q")
    assert here.end() == 1
    assert "2 trials: 1 succeeded, 1 failed" in here.text.rsplit(BACK)[1]


def test_a_ledger_that_cannot_be_read_any_more_ends_it_with_the_usual_words(lab, terminal):
    lab.config(x="[1]")
    lab.run("launch", "sweep.yaml")
    here = terminal()
    here.until("1/1: 1 succeeded")
    with closing(sqlite3.connect(lab.folder / ".sweeper" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE sweeps SET metric = '{'")
    assert here.end() == 2
    assert here.is_restored()
    assert "a row cannot be read" in here.text.rsplit(BACK)[1]


def test_another_size_is_drawn_anew(launch, terminal):
    here = terminal()
    here.until("0/2: 2 running")
    here.resize(40, 140)
    os.killpg(here.child.pid, signal.SIGWINCH)
    here.until("\x1b\\[3[0-9];[0-9]+H")  # a line that was not there before
    here.press("q")
    assert here.end() == 0


def test_without_colours_none_are_drawn(launch, terminal):
    here = terminal(NO_COLOR="1")
    here.until("0/2: 2 running")
    here.press("q")
    assert here.end() == 0
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|[34]8;[\d;]*)(?:;\d+)*m", here.text)


def test_a_dumb_terminal_gets_lines(lab, launch, terminal):
    here = terminal(TERM="dumb")
    here.until("toy-[0-9a-f]{6}: 2 running")
    (lab.folder / "go").touch()
    assert here.end() == 0
    assert len(re.findall(r"\d\d:\d\d:\d\d trial \w{8} \(#\d\): succeeded, score \d", here.text)) == 2
    assert "\x1b" not in here.text


def test_lines_are_to_be_had_on_any_terminal(lab, launch, terminal):
    here = terminal("-m", "sweeper", "watch", "--lines")
    here.until("2 running")
    (lab.folder / "go").touch()
    assert here.end() == 0
    assert ALTERNATE not in here.text
    assert here.text.count(": succeeded, score") == 2


def test_where_textual_is_not_installed_there_is_one_line_and_a_word_of_how_to_get_it(lab, launch, terminal):
    here = terminal("-c", WITHOUT_TEXTUAL)
    here.until("2 running")
    (lab.folder / "go").touch()
    assert here.end() == 0
    assert here.text.count('pip install "sweeper[watch]"') == 1
    assert ALTERNATE not in here.text
    assert "2 trials: 2 succeeded" in here.text
