"""What the hyperparameters do, and what the trainer may import."""

from __future__ import annotations

import ast
import json
import sys

import pytest
from trainer_runs import ROOT

ALLOWED = {"docopt", "fsspec", "hypertune", "joblib", "numpy", "sklearn", "threadpoolctl", "trainer"}
FILES = sorted((ROOT / "trainer").glob("*.py"))


def accuracy(train, folder, *options):
    assert train("--epochs=5", f"--output_dir={folder}", *options) == 0
    return json.loads((folder / "evaluation.json").read_text())["accuracy"]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (("--learning_rate=0.01",), ("--learning_rate=0.0001",)),
        (("--learning_rate=0.01",), ("--learning_rate=10",)),
        (("--batch_size=32",), ("--batch_size=1024",)),
        (("--hidden_units=64",), ("--hidden_units=1",)),
        (("--optimizer=sgd", "--learning_rate=0.1"), ("--optimizer=sgd", "--learning_rate=0.001")),
        (
            ("--optimizer=sgd", "--learning_rate=0.01", "--momentum=0.9"),
            ("--optimizer=sgd", "--learning_rate=0.01", "--momentum=0"),
        ),
    ],
)
def test_good_hyperparameters_are_clearly_better_than_bad_ones(train, tmp_path, good, bad):
    assert accuracy(train, tmp_path / "good", *good) > accuracy(train, tmp_path / "bad", *bad) + 0.1


def test_another_seed_gives_another_model(train, tmp_path):
    losses = set()
    for seed in range(3):
        accuracy(train, tmp_path / str(seed), f"--seed={seed}")
        losses.add((tmp_path / str(seed) / "metrics.jsonl").read_text().split('"loss": ')[-1].split(",")[0])
    assert len(losses) == 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_what_it_needs_first_and_nothing_of_the_launcher(file):
    body = ast.parse(file.read_text()).body
    imports = [node for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == body[1 : len(imports) + 1]
    for node in imports:
        names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        assert {name.partition(".")[0] for name in names} <= ALLOWED | set(sys.stdlib_module_names)
