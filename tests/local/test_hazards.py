"""Whatever makes forking unsafe is found, and then trials start cold, with the reason said once."""

import ctypes
import dataclasses
import importlib.util
import os
import signal
from pathlib import Path

import pytest

from sweeper.backends.local import hazards, imports, leftovers
from sweeper.backends.local.make import cold_because
from sweeper.model import LocalSettings, Space, State, Sweep, Trainer
from tests.local.local_lab import until

QUIET = {"threads": list, "devices": list, "processes": list, "pools": lambda: False}
PROBES = {
    # what a probe says: the reason that is given
    "threads": ({"threads": lambda: ["worker", "worker"]}, "leaves 2 threads running (worker)"),
    "cuda": ({"devices": lambda: ["/dev/null", "/dev/nvidia0"]}, "opens a CUDA context"),
    "process": ({"processes": lambda: ["12"]}, "starts a process"),
    "variable": ({"variables_read": {"SWEEPER_TRIAL"}}, "reads SWEEPER_TRIAL"),
    "no threadpoolctl": ({"trial_threads": 2, "pools": lambda: True}, "threadpoolctl, which could set that"),
}


@pytest.mark.parametrize("case", PROBES)
def test_each_hazard_is_a_reason_not_to_fork(case):
    probes, reason = PROBES[case]
    [said] = hazards.found(**{**QUIET, **probes})
    assert reason in said


def test_a_quiet_process_may_be_forked():
    assert not list(hazards.found(**QUIET))
    assert not list(hazards.found(**{**QUIET, "trial_threads": 2}))
    assert not list(hazards.found(**{**QUIET, "trial_threads": 2, "pools": lambda: True, "modules": {"threadpoolctl"}}))


LIBRARIES = {
    # what a library does as it is imported: the reason that is given
    "thread": (
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n",
        "leaves 1 threads running",
    ),
    "process": ("import subprocess\nKEPT = subprocess.Popen(['cat'], stdin=subprocess.PIPE)\n", "starts a process"),
    "variable": ("import os\nTRIAL = os.environ.get('SWEEPER_TRIAL')\n", "reads SWEEPER_TRIAL"),
    "variable asked for": ("import os\nTRIAL = 'SWEEPER_JOB_DIR' in os.environ\n", "reads SWEEPER_JOB_DIR"),
    "file": ("KEPT = open('written.txt', 'a')\n", "written.txt open"),
    "socket": ("import socket\nKEPT = socket.socketpair()\n", "leaves socket:"),
    "generator": ("import random\nKEPT = random.Random()\n", "makes a random generator"),
    "numpy's generator": ("import numpy\nKEPT = numpy.random.default_rng()\n", "makes a random generator"),
    "own module": ("import mine\n", "imports mine, which is your own"),
}
HARMLESS = {
    "nothing": "",
    "all variables copied": "import os\nCOPY = dict(os.environ)\n",
    "all names read": "import os\nNAMES = [name for name in os.environ if name.startswith('X')]\n",
    "a joined thread": "import threading\nT = threading.Thread(target=int)\nT.start(); T.join()\n",
    "an ended process": "import subprocess\nsubprocess.run(['true'])\n",
    "a read-only file": "KEPT = open(__file__)\n",
    "a variable set": "import os\nos.environ['LIBRARY_SET'] = 'yes'\n",
}
TASK = "import fake_library\nimport os, sys\nprint('ran', os.environ.get('LIBRARY_SET'))\n"


def library_lab(make_lab, text, **options):
    lab = make_lab(**options)
    lab.write("libs/site-packages/fake_library.py", text)
    lab.write("mine.py", "")
    lab.write("task.py", TASK)
    environ = {**lab.setting.environ, "PYTHONPATH": str(lab.cwd / "libs/site-packages")}
    lab.setting = dataclasses.replace(lab.setting, environ=environ)
    return lab


@pytest.mark.parametrize("case", LIBRARIES)
def test_a_library_that_leaves_a_hazard_makes_trials_start_cold(make_lab, case):
    text, reason = LIBRARIES[case]
    lab = library_lab(make_lab, text)
    ended = lab.run(lab.job("a"), lab.job("b"))
    assert [lab.how(attempt.path) for _, attempt in ended] == ["cold", "cold"]
    assert len(lab.said) == 1
    assert reason in lab.said[0]


@pytest.mark.parametrize("case", HARMLESS)
def test_a_library_that_leaves_nothing_lets_trials_start_warm(make_lab, case):
    lab = library_lab(make_lab, HARMLESS[case])
    [(seen, attempt)] = lab.run(lab.job())
    assert (lab.how(attempt.path), seen.state) == ("warm", State.SUCCEEDED), lab.said
    assert lab.said == []
    assert lab.log(attempt.path) == f"ran {'yes' if 'set' in case else None}\n"


def test_a_library_that_cannot_be_imported_fails_in_the_trial_as_ever(make_lab):
    logs = []
    for warm in (True, False):
        lab = library_lab(make_lab, "raise ImportError('no such thing')\n", warm=warm)
        [(seen, attempt)] = lab.run(lab.job())
        logs.append((seen.code, lab.log(attempt.path).replace(str(lab.cwd), "CWD")))
    assert logs[0] == logs[1]
    assert "ImportError: no such thing" in logs[0][1]


def test_imports_that_hang_are_given_up(make_lab):
    lab = library_lab(make_lab, "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.005)\n")
    backend = lab.backend(warming=0.3)
    handle = backend.submit(lab.job())
    until(lambda: backend.observe([handle])[handle].state is State.RUNNING)
    lab.write("go", "")
    lab.settle(backend, handle)
    assert lab.how(handle) == "cold"
    assert lab.said == ["each trial starts a fresh interpreter: importing the trainer's libraries took more than 0.3 s"]


@pytest.mark.parametrize("where", ["beside the trainer", "on PYTHONPATH"])
def test_a_file_that_hides_a_module_which_is_loaded_already_is_what_the_trial_gets(make_lab, where):
    lab = make_lab()
    lab.write("other/select.py" if where == "on PYTHONPATH" else "socket.py", "NAME = 'mine'\n")
    hidden = "select" if where == "on PYTHONPATH" else "socket"
    lab.write("task.py", f"import {hidden}\nprint({hidden}.NAME)\n")
    environ = {**lab.setting.environ, "PYTHONPATH": str(lab.cwd / "other")}
    [(seen, attempt)] = lab.run(lab.job(), environ=environ)
    assert (seen.state, lab.log(attempt.path)) == (State.SUCCEEDED, "mine\n")
    assert lab.how(attempt.path) == "cold"
    assert f"has the name of the module {hidden}" in lab.said[0]


def test_a_module_that_is_built_in_cannot_be_hidden():
    import sys
    import time

    assert leftovers.shadowed({"time": time, "sys": sys}, ["."], imports.is_library) == []


SWEEP = Sweep("digits", Trainer("task"), Space(()))
COLD = {
    "another interpreter": (
        {"python": "/usr/bin/python3", "ours": "/venv/bin/python"},
        SWEEP,
        "an interpreter of its own",
    ),
    "another platform": ({"platform": "darwin"}, SWEEP, "warm starts need Linux"),
    "never": ({}, dataclasses.replace(SWEEP, local=LocalSettings(warm="never")), "local.warm is never"),
    "interpreter's variables": (
        {},
        dataclasses.replace(SWEEP, trainer=Trainer("task", env={"PYTHONOPTIMIZE": "1"})),
        "trainer.env sets PYTHONOPTIMIZE",
    ),
    "loader's variables": (
        {},
        dataclasses.replace(SWEEP, trainer=Trainer("task", env={"PYTHONHASHSEED": "1", "LD_PRELOAD": "x.so"})),
        "trainer.env sets LD_PRELOAD",
    ),
}


@pytest.mark.parametrize("case", COLD)
def test_what_is_known_before_a_parent_is_started(case):
    given, sweep, why = COLD[case]
    given = {"python": "/p", "ours": "/p", "environ": {}, "platform": "linux", **given}
    assert why in cold_because(sweep, **given)


def test_a_plain_sweep_on_linux_starts_warm():
    assert cold_because(SWEEP, python="/p", ours="/p", environ={}, platform="linux") == ""


def test_edits_are_seen_by_the_next_trial(make_lab):
    lab = make_lab()
    lab.write("pkg/__init__.py", "")
    lab.write("pkg/part.py", "VALUE = 'one'\n")
    lab.write("task.py", "import numpy\nfrom pkg.part import VALUE\nprint(VALUE)\n")
    backend = lab.backend()
    logs = []
    for number, text in enumerate(("VALUE = 'one'\n", "VALUE = 'three'\n", "import json\nVALUE = 'four'\n")):
        lab.write("pkg/part.py", text)
        handle = backend.submit(lab.job(f"t{number}"))
        lab.settle(backend, handle)
        logs.append((lab.log(handle), lab.how(handle)))
    assert logs == [("one\n", "warm"), ("three\n", "warm"), ("four\n", "warm")]


def test_an_edit_of_the_same_size_in_the_same_second_is_seen_as_cold_python_sees_it(make_lab):
    logs = []
    for warm in (True, False):
        lab = make_lab(warm=warm)
        lab.write("task.py", "import part\nprint(part.VALUE)\n")
        backend = lab.backend()
        for number, value in enumerate(("'a'", "'b'")):
            path = lab.write("part.py", f"VALUE = {value}\n")
            os.utime(path, (1e9, 1e9))
            handle = backend.submit(lab.job(f"t{number}"))
            lab.settle(backend, handle)
            logs.append(lab.log(handle))
    assert logs[:2] == logs[2:]


def test_an_edit_of_the_imports_starts_the_parent_anew(make_lab):
    lab = library_lab(make_lab, "import os\nprint('library', os.environ.get('EARLY'))\n")
    lab.write("task.py", "import fake_library\n")
    backend = lab.backend()
    first = backend.submit(lab.job("a"))
    lab.settle(backend, first)
    lab.write("task.py", "import os\nos.environ['EARLY'] = 'set'\nimport fake_library\n")
    handles = [backend.submit(lab.job(name)) for name in "bcd"]
    lab.settle(backend, *handles)
    assert [lab.log(handle) for handle in (first, *handles)] == ["library None\n", *["library set\n"] * 3]
    assert {lab.how(handle) for handle in (first, *handles)} == {"warm"}


BARRIERS = {
    # the trainer's first lines: what is preloaded of the numpy that they import
    "import os\nimport numpy\n": True,
    "import os\nos.environ['OMP_NUM_THREADS'] = '3'\nimport numpy\n": False,
    "import os\nos.environ.setdefault('A', 'b')\nimport numpy\n": False,
    "import own\nimport numpy\n": True,
    "import own_sets\nimport numpy\n": False,
    "from __future__ import annotations\n'''Doc.'''\nX = 3\nY: int = 4\nimport numpy\n": True,
    "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n": True,
    "try:\n    import nowhere\nexcept ImportError:\n    pass\nimport numpy\n": True,
    "def main():\n    pass\nimport numpy\n": True,
    "class A:\n    x = 1\n    def f(self): print()\nimport numpy\n": True,
    "import os\nclass A:\n    os.environ['X'] = 'y'\nimport numpy\n": False,
    "import own\n@own.register\ndef f(): pass\nimport numpy\n": False,
    "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass A:\n    x: int = 1\nimport numpy\n": True,
    "def f(x=print()): pass\nimport numpy\n": False,
    "if __name__ == '__main__':\n    print()\nimport numpy\n": True,
    "import sys\nif sys.argv:\n    import numpy\n": False,
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import own_sets\nimport numpy\n": True,
    "import own_extension\nimport numpy\n": False,
    "import space.part\n": True,
    "print('x')\nimport numpy\n": False,
    "import numpy as np, json\n": True,
    "from numpy import array\n": True,
}


@pytest.mark.parametrize("text", BARRIERS)
def test_what_comes_after_a_statement_that_could_matter_is_not_preloaded(tmp_path, text):
    (tmp_path / "task.py").write_text(text)
    (tmp_path / "own.py").write_text("VALUE = 1\n")
    (tmp_path / "own_sets.py").write_text("import os\nos.environ['A'] = 'b'\n")
    (tmp_path / "own_extension.so").write_bytes(b"")
    (tmp_path / "space").mkdir()
    (tmp_path / "space/part.py").write_text("import numpy\n")
    import sys

    walk = imports.read("task", [str(tmp_path), *sys.path[1:]])
    assert ("numpy" in [found.name for found in walk.imports]) is BARRIERS[text], walk.stopped


def test_threads_that_are_wanted_without_threadpoolctl_are_had_cold(make_lab, tmp_path):
    # A folder of libraries in which threadpoolctl cannot be imported.
    lab = library_lab(make_lab, "import numpy\n", threads=2)
    lab.write("libs/site-packages/threadpoolctl.py", "raise ImportError\n")
    [(_, attempt)] = lab.run(lab.job())
    assert lab.how(attempt.path) == "cold"
    assert "threadpoolctl" in lab.said[0]


TORCH = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


@pytest.mark.slow
@TORCH
def test_a_parent_that_has_run_torch_threads_is_not_forked(make_lab):
    ran = "import torch\ntorch.set_num_threads(4)\na = torch.rand(500, 500)\n(a @ a).sum()\n"
    lab = library_lab(make_lab, ran)
    lab.write("task.py", "import fake_library, torch\na = torch.rand(500, 500)\nprint((a @ a).shape)\n")
    [(seen, attempt)] = lab.run(lab.job())
    assert (seen.state, lab.how(attempt.path)) == (State.SUCCEEDED, "cold")
    assert "threads running" in lab.said[0]


@pytest.mark.slow
@TORCH
@pytest.mark.parametrize("threads", [1, 2])
def test_torch_is_the_same_warm_and_cold(make_lab, threads):
    text = (
        "import torch\n"
        "print(torch.initial_seed(), torch.rand(3).tolist())\n"
        "print(torch.get_num_threads())\n"
        "torch.manual_seed(3)\n"
        "a = torch.rand(300, 300)\n"
        "layer = torch.nn.Linear(300, 2)\n"
        "layer(a @ a).sum().backward()\n"
        "print(layer.weight.grad.sum().item(), torch.randperm(9).tolist(), torch.get_num_interop_threads())\n"
    )
    unseeded, rest = [], []
    for warm in (True, False):
        lab = make_lab(warm=warm, threads=threads)
        lab.write("task.py", text)
        for seen, attempt in lab.run(lab.job("a"), lab.job("b")):
            assert (seen.state, lab.how(attempt.path)) == (State.SUCCEEDED, "warm" if warm else "cold"), lab.said
            drawn, _, others = lab.log(attempt.path).partition("\n")
            unseeded.append(drawn)
            rest.append(others)
    assert len(set(unseeded)) == 4
    assert len(set(rest)) == 1
    assert rest[0].startswith(f"{threads}\n")


def test_the_probes_find_what_is_there():
    with open("/dev/null") as held:
        assert "/dev/null" in hazards.open_devices()
        assert str(held.fileno()) in hazards.descriptors()
    assert ctypes.CDLL(None)
    child = os.fork()
    if child == 0:
        signal.pause()
    assert str(child) in hazards.children()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert isinstance(hazards.thread_pools(), bool)
    assert Path("/proc/self/task").exists()
