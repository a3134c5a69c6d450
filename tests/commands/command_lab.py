"""A folder with a small trainer, and sweeper's real command line run in it, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from sweeper import cli

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0

TRAINER = '''"""
Usage: toy.py --x=<n> [--mode=<word>] [--seed=<n>] [--tag=<text>] [--job-dir=<dir>]

Options:
  --x=<n>        A number; twice this is the score.
  --mode=<word>  What becomes of the run [default: fine].
  --seed=<n>     Is added to the score [default: 0].
  --tag=<text>   Says nothing.
  --job-dir=<d>  Where to write.
"""

import json
import os
import signal
import time

from docopt import docopt


def main():
    args = docopt(__doc__)
    x, mode = float(args["--x"]), args["--mode"]
    with open("runs.txt", "a") as runs:
        print(os.environ["SWEEPER_TRIAL"], file=runs)
    print("hello from", args["--x"], flush=True)
    if mode == "wait":
        until = time.monotonic() + 60
        while not os.path.exists("go") and time.monotonic() < until:
            time.sleep(0.01)
    if mode == "fail" or (mode == "odd" and x % 2):
        raise ValueError(f"x is {args['--x']}: cannot be learnt")
    if mode == "killed" and not os.path.exists("again"):
        open("again", "w").close()
        os.kill(os.getpid(), signal.SIGTERM)
    scores = {"nan": float("nan"), "silent": None}
    score = scores.get(mode, 2 * x + float(args["--seed"]))
    if score is not None:
        with open(os.path.join(args["--job-dir"], "metrics.jsonl"), "a") as out:
            print(json.dumps({"score": score}), file=out)


main()
'''

CONFIG = """\
name: toy
trainer: toy
metric: {{name: score}}
parameters:
  x: {x}
  mode: {mode}
{more}"""


class Said(NamedTuple):
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Lab:
    """The folder, and ways to run sweeper there."""

    def __init__(self, folder, capsys):
        self.folder = folder
        self._capsys = capsys
        self._started = []
        self.write("toy.py", TRAINER)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def config(self, x="[1, 2, 3]", mode="fine", more="", name="sweep.yaml"):
        return self.write(name, CONFIG.format(x=x, mode=mode, more=more))

    def run(self, *argv):
        """In this process."""
        self._capsys.readouterr()
        code = cli.main(argv)
        return Said(code, *self._capsys.readouterr())

    def start(self, *argv, **options):
        """In a process of its own, which leads a process group."""
        return self._begin(["-m", "sweeper", *argv], **options)

    def start_code(self, code):
        """Python code in a process of its own, where it may change what the interpreter has."""
        return self._begin(["-c", code])

    def _begin(self, argv, **options):
        child = subprocess.Popen(
            [sys.executable, *argv],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )
        self._started.append(child)
        return child

    def end(self, child):
        """Wait for a process that was started."""
        out, err = child.communicate(timeout=PATIENCE)
        return Said(child.returncode, out, err)

    def runs(self):
        """The ids of all trials that have started, in order; as often as they have."""
        file = self.folder / "runs.txt"
        return file.read_text().split() if file.exists() else []

    def states(self):
        return {state: n for state, n in self.run("status", "--json").json["states"].items() if n}

    def files(self):
        """Every file of the state folder with its content, but those that SQLite makes and leaves."""
        home = self.folder / ".sweeper"
        kept = (f for f in home.rglob("*") if f.is_file() and not f.name.endswith(("-wal", "-shm")))
        return {str(file.relative_to(home)): file.read_bytes() for file in kept}

    def leave(self):
        """Nothing that was started here outlives the test."""
        (self.folder / "go").touch()
        for child in self._started:
            if child.poll() is None:
                child.kill()
            child.communicate()


def is_refused(found, said, hint=""):
    """Exit code 2, and the words on stderr alone."""
    assert (found.code, found.out) == (2, ""), found
    assert said in found.err
    assert hint in found.err
    assert "Traceback" not in found.err


def until(condition, what="it"):
    """Wait until ``condition()`` is true, and return what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what} did not happen within {PATIENCE:g} s")


def interrupt(child):
    """^C in the terminal of a process that was started."""
    os.killpg(child.pid, signal.SIGINT)
