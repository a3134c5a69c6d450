"""An interrupted run goes on from its last checkpoint, and ends where it would have ended anyway."""

from __future__ import annotations

import itertools
import json

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from trainer_runs import DATA, ROOT, rows, start, weights

from trainer import checkpoint, task


class Killed(BaseException):
    """Stands for kill -9: nothing in the trainer catches it."""


class Mortal(MemoryFileSystem):
    """A store in memory that ends the run before or after a chosen write."""

    protocol = "mortal"
    store = {}  # noqa: RUF012 (fsspec's own way)
    pseudo_dirs = [""]  # noqa: RUF012
    lives = None

    def pipe_file(self, path, value, **options):
        self._step()
        super().pipe_file(path, value, **options)
        self._step()

    def _step(self):
        if Mortal.lives is not None:
            Mortal.lives -= 1
            if Mortal.lives < 0:
                raise Killed


fsspec.register_implementation("mortal", Mortal, clobber=True)


def stored(name):
    return fsspec.filesystem("mortal").cat_file(f"mortal://{name}")


def numbers(folder):
    lines = [json.loads(line) for line in stored(f"{folder}/metrics.jsonl").splitlines()]
    return [(line["epoch"], line["accuracy"], line["loss"]) for line in lines]


def test_a_run_that_dies_at_any_write_ends_as_if_it_had_not(train, metric_file):
    options = ("--epochs=2", "--hidden_units=8", "--batch_size=128")
    Mortal.lives = None
    assert train(*options, "--output_dir=mortal://whole") == 0
    for lives in itertools.count():
        Mortal.lives = lives
        folder = f"died-{lives}"
        try:
            train(*options, f"--output_dir=mortal://{folder}")
        except Killed:
            Mortal.lives = None
            assert train(*options, f"--output_dir=mortal://{folder}") == 0
            assert numbers(folder) == numbers("whole")
            assert stored(f"{folder}/evaluation.json") == stored("whole/evaluation.json")
            assert len(metric_file.read_text().splitlines()) == 2
        else:
            break
    assert lives == 14  # before and after: metrics, twice checkpoint and metrics, model, evaluation
    Mortal.lives = None


def test_kill_9_loses_at_most_one_epoch(tmp_path, train):
    killed, whole = f"--output_dir={tmp_path}/killed", f"--output_dir={tmp_path}/whole"
    process = start(*DATA, killed, "--epochs=1000000", metrics=tmp_path / "m")
    for _ in range(3):
        process.stdout.readline()
    process.kill()
    process.communicate(timeout=60)
    done = len(rows(tmp_path / "killed"))
    assert done >= 3
    longer = f"--epochs={done + 2}"  # the checkpoint may be one epoch ahead of the lines
    again = start(*DATA, killed, longer, metrics=tmp_path / "m")
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0
    assert f"going on after epoch {done}" in said or f"going on after epoch {done + 1}" in said
    assert train(longer, whole) == 0
    assert rows(tmp_path / "killed") == rows(tmp_path / "whole")
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")


@pytest.fixture
def run(train, tmp_path, capsys):
    """Run into one folder; returns what was said on stderr."""

    def go(*options):
        assert train("--batch_size=256", f"--output_dir={tmp_path}/out", *options) == 0
        return capsys.readouterr().err

    return go


def test_a_run_can_be_made_longer(run, train, tmp_path):
    run("--epochs=2")
    assert "going on after epoch 2" in run("--epochs=4")
    train("--batch_size=256", "--epochs=4", f"--output_dir={tmp_path}/whole")
    assert weights(tmp_path / "out") == weights(tmp_path / "whole")


def test_a_finished_run_reports_again_and_trains_no_more(run, tmp_path, metric_file):
    run("--epochs=2")
    before = (tmp_path / "out/metrics.jsonl").read_bytes()
    metric_file.unlink()
    assert "going on after epoch 2" in run("--epochs=2")
    assert (tmp_path / "out/metrics.jsonl").read_bytes() == before
    assert len(metric_file.read_text().splitlines()) == 2


def test_lines_after_the_checkpoint_are_dropped(run, tmp_path):
    run("--epochs=2")
    with (tmp_path / "out/metrics.jsonl").open("a") as stream:
        stream.write('{"step": 3, "epoch": 3, "accura')
    run("--epochs=3")
    assert [row["epoch"] for row in rows(tmp_path / "out")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--epochs=2", "--learning_rate=0.01"), "another learning_rate: starting from the first epoch"),
        (("--epochs=2", "--seed=1", "--hidden_units=8"), "another hidden_units, seed: starting from the first epoch"),
        (("--epochs=1",), "is of epoch 2, past --epochs=1: starting from the first epoch"),
    ],
)
def test_a_checkpoint_of_another_run_is_ignored_and_said(run, train, tmp_path, options, said):
    run("--epochs=2")
    assert said in run(*options)
    train("--batch_size=256", *options, f"--output_dir={tmp_path}/fresh")
    assert weights(tmp_path / "out") == weights(tmp_path / "fresh")


def test_changed_data_starts_anew(run, tmp_path, capsys):
    run("--epochs=1")
    options = (DATA[1], f"--output_dir={tmp_path}/out", "--batch_size=256", "--epochs=1")
    lines = (ROOT / "data/digits.csv").read_text().splitlines(keepends=True)
    (tmp_path / "less.csv").write_text("".join(lines[:900]))
    assert task.main([f"--train_data_paths={tmp_path}/less.csv", *options]) == 0
    assert "another train data" in capsys.readouterr().err
    assert [row["epoch"] for row in rows(tmp_path / "out")] == [1]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x04N."], ids=["empty", "not a pickle", "another pickle"])
def test_a_damaged_checkpoint_is_said_and_replaced(run, tmp_path, content):
    run("--epochs=1")
    (tmp_path / "out" / checkpoint.NAME).write_bytes(content)
    (tmp_path / "out" / f"{checkpoint.NAME}.partial").write_bytes(b"half")
    assert "cannot be read" in run("--epochs=1")
    assert "going on after epoch 1" in run("--epochs=1")
    assert not list((tmp_path / "out").glob("*.partial"))
