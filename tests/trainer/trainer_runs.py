"""How the bundled trainer is run in its tests: in this process, or as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import joblib

ROOT = Path(__file__).parents[2]
DATA = (f"--train_data_paths={ROOT}/data/digits.csv", f"--eval_data_paths={ROOT}/data/digits_eval.csv")


def start(*options, metrics, cwd=ROOT, **how):
    """Start `python -m trainer.task` as a user would."""
    environment = {**os.environ, "CLOUD_ML_HP_METRIC_FILE": str(metrics), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "trainer.task", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, cwd=cwd, text=True, **pipes, **how)


def rows(folder):
    """What a run measured, without the clock."""
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [{name: value for name, value in json.loads(line).items() if name != "time"} for line in lines]


def weights(folder):
    """Every number of the trained network."""
    network = joblib.load(folder / "model.joblib")["network"]
    return [part.tobytes() for part in (*network.coefs_, *network.intercepts_)]
