"""Real trials of the local backend for tests: a folder of their own, trainers as text, waiting with a deadline."""

import dataclasses
import json
import os
import signal
import sys
import time
from pathlib import Path

from sweeper.backends.local import process
from sweeper.backends.local.backend import NEVER_WARM, LocalBackend
from sweeper.backends.local.folder import Attempt, claim_of
from sweeper.backends.local.setting import Setting
from sweeper.backends.local.slots import Slots
from sweeper.model import Job, Metric, Trainer
from sweeper.states import FINAL

ROOT = Path(__file__).parent.parent.parent
DEADLINE = 60.0


def until(condition, *, wait=lambda: time.sleep(0.005), seconds=DEADLINE):
    """What ``condition`` returns once it is true; fails where it takes too long."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"{condition} did not come true within {seconds} s"
        wait()
    return found


def plain_environ(**more):
    """This process's variables without those that other tests or an outer sweep may have set."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("SWEEPER", "CLOUD_ML", "PYTEST"))}
    return {**kept, **more}


def processes_below(folder):
    """Pids of the processes whose command line, working directory or environment names the folder."""
    mark = os.fsencode(str(folder))
    found = []
    for pid in [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]:
        try:
            place = f"/proc/{pid}"
            texts = [Path(place, "cmdline").read_bytes(), Path(place, "environ").read_bytes()]
            texts.append(os.fsencode(os.readlink(f"{place}/cwd")))
        except OSError:
            continue
        if any(mark in text for text in texts) and process.birth(pid) is not None:
            found.append(pid)
    return found


class LocalLab:
    """A state folder, a working directory with a trainer, and backends in front of them."""

    def __init__(self, folder, *, warm=True, threads=1, parallel=4, **environ):
        self.home = folder / "home"
        self.cwd = folder / "work"
        self.cwd.mkdir(exist_ok=True)
        self.said = []
        self._backends = []
        self.setting = Setting(
            home=self.home,
            cwd=self.cwd,
            environ=plain_environ(**environ),
            trainer=Trainer("task"),
            metric=Metric(),
            slots=Slots(parallel, threads),
            why_cold="" if warm else NEVER_WARM,
            say=self.said.append,
            grace=0.3,
        )

    def write(self, name, text):
        """A file below the working directory."""
        path = self.cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def backend(self, **changes):
        """A backend as a new launcher would make it."""
        made = LocalBackend(dataclasses.replace(self.setting, **changes))
        self._backends.append(made)
        return made

    def job(self, trial="t", *args, attempt=1, **more):
        """One attempt of a trial."""
        return Job("sweep-1", trial, attempt, tuple(args), self.setting.trainer, **more)

    def settle(self, backend, *handles):
        """The observations of jobs once all have ended."""
        seen = {}

        def ended():
            seen.update(backend.observe([handle for handle in handles if not done(handle)]))
            return all(done(handle) for handle in handles)

        def done(handle):
            return handle in seen and seen[handle].state in FINAL

        until(ended, wait=lambda: backend.wait(0.05))
        return [seen[handle] for handle in handles]

    def run(self, *jobs, **changes):
        """Submit, wait for the end, return (observation, attempt) of each."""
        backend = self.backend(**changes)
        handles = [backend.submit(job) for job in jobs]
        return list(zip(self.settle(backend, *handles), map(Attempt, handles), strict=True))

    def log(self, handle):
        """What an attempt printed."""
        return Path(Attempt(handle).log).read_text()

    def output(self, handle, name):
        """A file that a trial wrote into its output folder."""
        return Path(Attempt(handle).output, name).read_text()

    def argvs(self, handle):
        """What a trainer that writes down its arguments has got, once for each time it ran."""
        path = Path(Attempt(handle).output, "argv.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def how(self, handle):
        """``warm`` or ``cold``."""
        return claim_of(Attempt(handle)).how

    def close(self):
        """Let the keepers go; whatever a test has left is ended."""
        for backend in self._backends:
            backend.close()
        ends = time.monotonic() + 5.0
        while left := processes_below(self.home.parent):
            if time.monotonic() > ends:
                for pid in left:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)


def python():
    """The interpreter of the trials."""
    return sys.executable
