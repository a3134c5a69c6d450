"""On a terminal a launch draws a line over and over, and takes it away at the end."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from command_lab import PATIENCE, ROOT, until


def on_a_terminal(lab, *argv, **environ):
    """stderr is a terminal; what was drawn there, the exit code and stdout."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "sweeper", *argv],
        cwd=lab.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    return child, ours


def drawn(ours):
    found = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            return found.decode()
        if not piece:
            return found.decode()
        found += piece


def test_a_live_line_shows_counts_and_is_gone_at_the_end(lab):
    lab.config(x="[1, 2, 3, 4]", mode="wait", more="limits: {parallel: 2}\n")
    child, ours = on_a_terminal(lab, "launch", "sweep.yaml")
    until(lambda: len(lab.runs()) == 2, "the start")
    seen = b""
    while b"0/4: 2 running, 2 to go" not in seen:
        seen += os.read(ours, 65536)
    (lab.folder / "go").touch()
    text = seen.decode() + drawn(ours)
    assert child.wait(PATIENCE) == 0
    assert child.stdout.read() == b""
    child.stdout.close()
    os.close(ours)
    assert "\x1b[2K" in text
    assert "launching toy-" in text
    assert "4 succeeded" in text.rsplit("\x1b[2K", 1)[1]


def test_a_dumb_terminal_gets_plain_lines(lab):
    lab.config(x="[1, 2]")
    child, ours = on_a_terminal(lab, "launch", "sweep.yaml", TERM="dumb")
    text = drawn(ours)
    assert child.wait(PATIENCE) == 0
    child.stdout.close()
    os.close(ours)
    assert "\x1b" not in text
    assert "2 succeeded" in text
