"""Learning curves of the bundled trainer for random configurations on two data sets, recorded once, kept in a file."""

from __future__ import annotations

import json
import math
import random
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

EPOCHS, CONFIGURATIONS = 60, 250
METRICS = ("accuracy", "loss")
Recorded = dict[str, dict[str, list[list[float]]]]
"""Data set -> metric -> a curve for each configuration. One that diverges is NaN from then on."""


def curves(file: Path) -> Recorded:
    """From the file, which is written first where it is not there: nine minutes on one core."""
    if not file.exists():
        recorded = {name: _record(table) for name, table in _tables()}
        file.write_text(json.dumps(recorded))
    found: Recorded = json.loads(file.read_text())
    return found


def _tables() -> Iterator[tuple[str, Path]]:
    """CSV files as the trainer reads them: the repository's own and one that scikit-learn ships."""
    from sklearn.datasets import load_breast_cancer

    yield "digits", ROOT / "data" / "digits.csv"
    features, labels = load_breast_cancer(return_X_y=True)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "breast_cancer.csv")
        rows = [",".join(["label", *(f"f{i}" for i in range(features.shape[1]))])]
        rows += [",".join(map(str, [label, *row])) for label, row in zip(labels, features.tolist(), strict=True)]
        table.write_text("\n".join(rows))
        yield "breast_cancer", table


def _record(table: Path) -> dict[str, list[list[float]]]:
    from trainer import data

    train, held_out = data.hold_out(data.read([str(table)]))
    runs = [_run(train, held_out, seed) for seed in range(CONFIGURATIONS)]
    return {metric: [[one[metric] for one in run] for run in runs] for metric in METRICS}


def _run(train: Any, held_out: Any, seed: int) -> list[dict[str, float]]:
    from trainer import model
    from trainer.errors import Diverged

    draw = random.Random(seed)
    hyper = model.Hyperparameters(
        batch_size=draw.choice((32, 64, 128, 256)),
        hidden_units=draw.choice(((16,), (64,), (128,), (64, 32))),
        learning_rate=10 ** draw.uniform(-5, -0.5),
        optimizer=draw.choice(("adam", "sgd")),
        momentum=draw.uniform(0, 0.99),
        seed=seed,
    )
    network = model.build(hyper, train)
    rows: list[dict[str, float]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for _ in model.train(network, hyper, train, range(1, EPOCHS + 1)):
                rows.append(model.evaluate(network, held_out))
        except Diverged:
            pass
    return rows + [dict.fromkeys(METRICS, math.nan)] * (EPOCHS - len(rows))
