"""A laptop with an emulator beside it: real processes on both sides, and a trainer that costs next to nothing."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from sweeper import cli

ROOT = Path(__file__).parents[2]

TRAINER = '''"""A trainer whose metric is known beforehand.

Usage:
  task [--x=<n>] [--job-dir=<dir>]

Options:
  --x=<n>          A number [default: 0].
  --job-dir=<dir>  Where the metric goes.
"""
import json, os, sys, urllib.parse, urllib.request

from docopt import docopt

options = docopt(__doc__)
line = json.dumps({"step": 1, "accuracy": float(options["--x"]) / 1000}) + "\\n"
bucket, _, folder = options["--job-dir"].removeprefix("gs://").partition("/")
name = urllib.parse.quote(folder + "/metrics.jsonl", safe="")
url = f"{os.environ['STORAGE_EMULATOR_HOST']}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"
request = urllib.request.Request(url, data=line.encode(), headers={"Content-Type": "application/octet-stream"})
for attempt in range(50):
    try:
        urllib.request.urlopen(request, timeout=30).read()
        break
    except OSError as error:  # the storage may be made to fail too
        print(error)
else:
    sys.exit("the metric could not be written")
'''

CONFIG = """
name: tiny
trainer: {{module: tiny.task, requires: []}}
metric: accuracy
parameters:
  x: {{min: 1, max: {trials}, num: {trials}, type: int}}
limits: {{retries: 20}}
{backend}: {{creates_per_minute: 100000}}
"""


class Laptop:
    """A folder with a trainer and a config, and the command line in it."""

    def __init__(self, folder, url, *, backend, trials):
        self.folder, self.url, self.backend = folder, url, backend
        package = folder / "tiny"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "task.py").write_text(TRAINER)
        (folder / "sweep.yaml").write_text(CONFIG.format(trials=trials, backend=backend))
        self.said = folder / "said.txt"

    @property
    def environ(self):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "SWEEPER_ENDPOINT": self.url, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, *args, program=("-m", "sweeper")):
        with self.said.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-P", *program, *args],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def launch(self, **kwargs):
        return self.start("launch", "sweep.yaml", f"--backend={self.backend}", "--no-verify", "--yes", **kwargs)

    def run(self, *args):
        return subprocess.run(
            [sys.executable, "-P", "-m", "sweeper", *args],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def results(self):
        return json.loads(self.run("results", "--json").stdout)


LAUNCH = ("launch", "sweep.yaml", "--no-verify")


class Desk:
    """A laptop whose commands run in this process, and what they say."""

    def __init__(self, folder, emulator, monkeypatch, capsys, *, backend="vertex", trials=2):
        self.emulator, self.backend = emulator, backend
        self.folder = Laptop(folder, emulator.url, backend=backend, trials=trials).folder
        self._capsys, self._monkeypatch = capsys, monkeypatch
        monkeypatch.chdir(self.folder)
        for name in ("PROJECT", "REGION", "BUCKET", "HOME"):
            monkeypatch.delenv(f"SWEEPER_{name}", raising=False)
        for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(folder))
        self.environ(SWEEPER_ENDPOINT=emulator.url)

    def environ(self, **values):
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def run(self, *argv):
        if argv[0] in ("launch", "doctor", "attach"):
            argv = (*argv, f"--backend={self.backend}")
        self._capsys.readouterr()
        code = cli.main(list(argv))
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        assert "bug in sweeper" not in said.err
        return code, said.out + said.err

    def states(self):
        code, said = self.run("status", "--json")
        return {state: n for state, n in json.loads(said)["states"].items() if n} if code == 0 else {}

    def a_trial(self):
        return json.loads(self.run("results", "--json")[1])[0]["trial"]

    def jobs(self):
        return jobs(self.emulator.url, self.backend)


class Machine:
    """A real ``sweeper emulator start`` in a process of its own, which can be killed and started again."""

    def __init__(self, folder, *options):
        self.folder, self.options = folder, options
        self.port, self.url, self.process = 0, "", None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self):
        """The second time, at the address and in the folder of the first."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        words = ("emulator", "start", f"--port={self.port}", f"--dir={self.folder / 'data'}", *self.options)
        with (self.folder / "emulator.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "sweeper", *words],
                cwd=self.folder,
                env={**kept, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), (line, (self.folder / "emulator.txt").read_text())
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2])

    def end(self, number=signal.SIGTERM):
        """Once it has ended, nothing is left of the process."""
        self.process.send_signal(number)
        self.process.wait(30)
        self.process.stdout.close()


@contextlib.contextmanager
def machine(folder, *options):
    """One that runs, and that has ended afterwards."""
    made = Machine(folder, *options)
    made.start()
    try:
        yield made
    finally:
        made.end()


@contextlib.contextmanager
def emulator(folder, *options):
    """Its URL, where that is all that is needed."""
    with machine(folder, *options) as made:
        yield made.url


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.loads(answer.read())


def no_more_faults(url):
    """From now on the server does what it is asked."""
    body = json.dumps({"faults": ""}).encode()
    request = urllib.request.Request(f"{url}/_emulator/faults", data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=60).close()


def jobs(url, backend):
    """Every job that the server has, as it tells anyone who asks."""
    path = "projects/emulator/jobs" if backend == "mlengine" else "projects/emulator/locations/us-central1/customJobs"
    key, token, found = path.rpartition("/")[2], "", []
    while True:
        page = get(f"{url}/v1/{path}?pageSize=100&pageToken={token}")
        found += page.get(key, [])
        token = page.get("nextPageToken", "")
        if not token:
            return found


def until(condition, *, seconds=60.0):
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
