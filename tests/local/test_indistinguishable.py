"""A trial cannot tell whether it was forked from a warm parent or started in a fresh interpreter, nor can we."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sweeper.backends.local.folder import Attempt, read
from sweeper.model import State
from tests.local.evil import EVIL, HELPER, HOWS, NOISY
from tests.local.local_lab import ROOT

MAY_DIFFER = {"draws.json"}
CUT = "cut"
"""In place of a compressed file that lacks its end: a fresh interpreter loses it where its modules go first."""


def evil_lab(make_lab, *, warm):
    lab = make_lab(warm=warm)
    lab.write("task.py", EVIL)
    lab.write("data.txt", "relative data")
    lab.write("pkg/__init__.py", "")
    lab.write("pkg/helper.py", HELPER)
    lab.write(
        "pkg/__main__.py", "import numpy, sys\nfrom pkg import helper\nprint(__name__, __spec__.name, sys.argv[1:])\n"
    )
    lab.write("libs/site-packages/noisy.py", NOISY)
    environ = {**lab.setting.environ, "PYTHONPATH": str(lab.cwd / "libs/site-packages")}
    return lab, environ


def run_evil(make_lab):
    """What every way of ending left: {how: (warm, cold)}."""
    found = {}
    for warm in (True, False):
        lab, environ = evil_lab(make_lab, warm=warm)
        ended = lab.run(*(lab.job(f"t-{how}", how) for how in HOWS), environ=environ)
        for how, (seen, attempt) in zip(HOWS, ended, strict=True):
            assert lab.how(attempt.path) == ("warm" if warm else "cold"), lab.said
            found.setdefault(how, []).append(result(lab, seen, attempt))
    return found


def result(lab, seen, attempt):
    """Everything that an attempt has left, without what must differ: its folder, times, process numbers."""

    def same(text):
        text = text.replace(str(lab.cwd.parent), "LAB")
        return re.sub(r"0x[0-9a-f]+", "0x", text)

    files = {}
    for path in sorted(Path(attempt.output).iterdir()):
        data = path.read_bytes()
        if path.suffix == ".gz":
            try:
                data = gzip.decompress(data)
            except EOFError:  # of a trial that was killed; before its end stands the time
                data = CUT.encode()
        files[path.name] = same(data.decode())
    log = same(Path(attempt.log).read_text())
    return {"state": seen.state, "reason": seen.reason, "code": seen.code, "log": log, "files": files}


def test_an_evil_trainer_leaves_the_same_however_it_ends(make_lab):
    found = run_evil(make_lab)
    assert not [print(*one, sep="\n| ") for one in differences(found)]
    the_trainer_did_what_it_says({how: cold for how, (_, cold) in found.items()})
    assert found["work"][0]["files"]["layered.gz"] == "kept"
    no_two_share_random_draws([one for pair in found.values() for one in pair])


def differences(found):
    """(how, what, warm, cold) of everything that is not the same."""
    for how, (warm, cold) in found.items():
        for key in ("state", "reason", "code", "log"):
            if warm[key] != cold[key]:
                yield how, key, warm[key], cold[key]
        for name in sorted((warm["files"].keys() | cold["files"].keys()) - MAY_DIFFER):
            one, other = warm["files"].get(name), cold["files"].get(name)
            if name == "facts.json" and one != other and one and other:
                facts, others = json.loads(one), json.loads(other)
                yield from ((how, fact, facts[fact], others[fact]) for fact in facts if facts[fact] != others[fact])
            elif one != other and other != CUT:
                yield how, name, one, other


def the_trainer_did_what_it_says(found):
    work = found["work"]
    assert work["state"] is State.SUCCEEDED, work["log"]
    assert "printed by a library" in work["log"]
    assert "warned by a library" in work["log"]
    dying = {"dies.json", "kept_by_helper.json"}
    assert dying | {"unclosed.txt", "unclosed.gz", "layered.gz"} <= work["files"].keys()
    assert [found[how]["code"] for how in ("exit257", "exit-1", "interrupt", "os_exit")] == [1, 255, -2, 7]


def no_two_share_random_draws(runs):
    draws = [json.loads(one["files"]["draws.json"]) for one in runs]
    for column in zip(*draws, strict=True):
        assert len(set(column)) == len(draws)


def test_a_package_is_run_by_its_main_module(make_lab):
    logs = []
    for warm in (True, False):
        lab, environ = evil_lab(make_lab, warm=warm)
        from sweeper.model import Job, Trainer

        job = Job("sweep-1", "t", 1, ("--x=1",), Trainer("pkg"))
        trainer = Trainer("pkg")
        [(seen, attempt)] = lab.run(job, environ=environ, trainer=trainer)
        assert seen.state is State.SUCCEEDED
        logs.append(lab.log(attempt.path))
    assert logs[0] == logs[1] == "__main__ pkg.__main__ ['--x=1']\n"


@pytest.mark.parametrize("module", ["nowhere", "task.below", "broken"])
def test_a_trainer_that_cannot_be_run_says_the_same(make_lab, module):
    from sweeper.model import Job, Trainer

    found = []
    for warm in (True, False):
        lab, environ = evil_lab(make_lab, warm=warm)
        lab.write("broken.py", "import numpy\nprint('before'\n")
        [(seen, attempt)] = lab.run(
            Job("sweep-1", "t", 1, (), Trainer(module)), environ=environ, trainer=Trainer(module)
        )
        found.append((seen.code, lab.log(attempt.path).replace(str(lab.cwd), "CWD")))
    assert found[0] == found[1]
    assert found[0][0] == 1


def test_a_trainer_sees_as_many_blas_threads_either_way(make_lab):
    text = "import numpy, json, os, sys\nimport threadpoolctl\n" + (
        "info = [{k: v for k, v in one.items() if k in ('internal_api', 'num_threads', 'user_api')}\n"
        "        for one in threadpoolctl.threadpool_info()]\n"
        "print(json.dumps(info), os.environ['OMP_NUM_THREADS'])\n"
    )
    for threads in (1, 2):
        logs = []
        for warm in (True, False):
            lab = make_lab(warm=warm, threads=threads)
            lab.write("task.py", text)
            [(_, attempt)] = lab.run(lab.job())
            assert lab.how(attempt.path) == ("warm" if warm else "cold"), lab.said
            logs.append(lab.log(attempt.path))
        assert logs[0] == logs[1]
        assert f'"num_threads": {threads}' in logs[0]


def test_the_bundled_trainer_leaves_the_same_either_way(make_lab):
    import yaml

    points = [(hidden, rate) for hidden in ("16", "32,16") for rate in (0.003, 0.03)]
    found = []
    for warm in (True, False):
        lab = make_lab(warm=warm)
        config = {
            "name": "digits",
            "trainer": {"module": "trainer.task"},
            "metric": {"name": "accuracy", "goal": "maximize"},
            "local": {"warm": "auto" if warm else "never"},
            "parameters": {
                "train_data_paths": "data/digits.csv",
                "eval_data_paths": "data/digits_eval.csv",
                "epochs": 2,
                "hidden_units": sorted({hidden for hidden, _ in points}),
                "learning_rate": sorted({rate for _, rate in points}),
            },
        }
        path = lab.write("grid.yaml", yaml.safe_dump(config))
        command = [sys.executable, "-m", "sweeper", "--home", str(lab.home), "launch", str(path), "--json"]
        done = subprocess.run(
            command, cwd=ROOT, env=dict(lab.setting.environ), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        found.append(
            {trial.name: left_by_trainer(trial) for trial in lab.home.glob("digits-*/*/") if (trial / "1").exists()}
        )
        assert {
            read(Attempt(str(trial / "1")).exit)["how"]
            for trial in lab.home.glob("digits-*/*/")
            if (trial / "1").exists()
        } == {"warm" if warm else "cold"}, done.stderr
    assert len(found[0]) == len(points)
    assert found[0] == found[1]


def left_by_trainer(trial):
    """Metrics, evaluation, predictions and exit code, without times and places."""
    import joblib
    import numpy

    def timeless(record):
        return {
            key: value
            for key, value in record.items()
            if "time" not in key and "seconds" not in key and "path" not in key
        }

    output = trial / "output"
    left = {"code": read(Attempt(str(trial / "1")).exit)["code"], "files": sorted(os.listdir(output))}
    left["evaluation"] = timeless(json.loads((output / "evaluation.json").read_text()))
    left["metrics"] = [timeless(json.loads(line)) for line in (output / "metrics.jsonl").read_text().splitlines()]
    model = joblib.load(output / "model.joblib")
    data = numpy.loadtxt(ROOT / "data/digits_eval.csv", delimiter=",", skiprows=1)
    left["predictions"] = model.predict(data[:50, :64]).tolist()
    return left
