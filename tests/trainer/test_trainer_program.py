"""The bundled trainer as a program of its own: help, a run, the same run again."""

from __future__ import annotations

import json

import joblib
import numpy as np
import pytest
from trainer_runs import DATA, ROOT, rows, start, weights

OPTIONS = (*DATA, "--epochs=3", "--seed=4")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Two runs of one command line side by side, with different thread settings, and a third that asks for help."""
    base = tmp_path_factory.mktemp("runs")
    first = start(*OPTIONS, f"--output_dir={base}/first", metrics=base / "first.metrics")
    second = start(*OPTIONS, f"--job-dir={base}/second", metrics="bare-name", cwd=base)
    help_text = start("--help", metrics=base / "none")
    for process in (first, second, help_text):
        process.output, process.errors = process.communicate(timeout=120)
    return base, first, second, help_text


def test_help_describes_every_option_with_its_default(finished):
    *_, program = finished
    assert program.returncode == 0
    assert program.errors == ""
    for option in ("train_data_paths", "eval_data_paths", "output_dir", "job-dir"):
        assert f"--{option}=<" in program.output
    for default in ("32", "64", "0.003", "10", "adam", "0.9", "0"):
        assert f"[default: {default}]" in program.output


def test_a_run_leaves_a_model_that_takes_the_data_as_it_stands(finished):
    base, first, *_ = finished
    assert (first.returncode, first.errors) == (0, "")
    table = np.loadtxt(ROOT / "data/digits_eval.csv", delimiter=",", skiprows=1)
    right = joblib.load(base / "first/model.joblib").predict(table[:, 1:]) == table[:, 0]
    summary = json.loads((base / "first/evaluation.json").read_text())
    assert summary["accuracy"] == right.mean() == rows(base / "first")[-1]["accuracy"]
    assert summary["accuracy"] > 0.8
    assert summary["weights"] == rows(base / "first")[-1]["weights"] == 64 * 64 + 64 + 64 * 10 + 10
    assert (summary["train_examples"], summary["eval_examples"]) == (1437, 360)


def test_each_epoch_is_one_line_of_metrics(finished):
    base, *_ = finished
    assert [(row["step"], row["epoch"]) for row in rows(base / "first")] == [(1, 1), (2, 2), (3, 3)]
    assert all(set(row) == {"step", "epoch", "accuracy", "loss", "weights"} for row in rows(base / "first"))


def test_each_epoch_reaches_the_tuning_service(finished):
    base, *_ = finished
    reported = [json.loads(line) for line in (base / "first.metrics").read_text().splitlines()]
    assert [(float(one["accuracy"]), int(one["global_step"])) for one in reported] == [
        (row["accuracy"], row["epoch"]) for row in rows(base / "first")
    ]


def test_a_metric_file_without_a_folder_is_written_where_it_says(finished):
    base, _, second, _ = finished
    assert second.returncode == 0, second.errors
    assert len((base / "bare-name").read_text().splitlines()) == 3


def test_the_same_seed_gives_the_same_numbers_to_the_last_bit(finished):
    base, *_ = finished
    assert rows(base / "first") == rows(base / "second")
    assert weights(base / "first") == weights(base / "second")
