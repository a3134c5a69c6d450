"""The local backend keeps the promises, warm and cold."""

import dataclasses

import pytest

from sweeper.backends.local.slots import Slots
from tests.conformance.promises import SECRET, Promises
from tests.local.local_lab import LocalLab, until

TASK = """
import json, os, signal, sys
with open(os.path.join(os.environ["SWEEPER_JOB_DIR"], "argv.jsonl"), "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
print("hello")
sys.stdout.flush()
if sys.argv[1] == "run":
    while True:
        signal.pause()
if sys.argv[1] == "signal":
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(int(sys.argv[1][-1]))
"""


class Lab(LocalLab):
    def __init__(self, folder, *, warm):
        super().__init__(folder, warm=warm, MY_TOKEN=SECRET)
        self.write("task.py", TASK)

    def backend(self, *, full=False):
        # A keeper without a slot starts nothing.
        return super().backend(slots=Slots(0, 1)) if full else super().backend()

    def job(self, name, does, *args, **more):
        if does == "missing":
            self.setting = dataclasses.replace(self.setting, python="/no/python", why_cold="another interpreter")
        return super().job(name, does, *args, **more)

    def until(self, backend, condition):
        until(condition, wait=lambda: backend.wait(0.02))

    arrived = LocalLab.argvs

    def unreachable(self):
        return None

    def calls(self):
        return 0

    def left(self):
        files = [path for path in self.home.rglob("*") if path.is_file()]
        return "\n".join(f"{path}\n{path.read_bytes()}" for path in files)


class TestLocal(Promises):
    @pytest.fixture(params=["warm", "cold"])
    def lab(self, request, tmp_path):
        made = Lab(tmp_path, warm=request.param == "warm")
        yield made
        made.close()
