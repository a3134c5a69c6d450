"""Learning curves of the bundled trainer for random configurations on five data sets, recorded once, kept in a file."""

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
    """From the file; what is not in it is recorded first and added: some minutes on one core."""
    found: Recorded = json.loads(file.read_text()) if file.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        missing = {name: table for name, table in _tables(Path(folder)) if name not in found}
        found |= {name: _record(table) for name, table in missing.items()}
    if missing:
        file.write_text(json.dumps(found))
    return found


def _tables(folder: Path) -> Iterator[tuple[str, Path]]:
    """CSV files as the trainer reads them: the repository's own, and some that scikit-learn ships or makes."""
    import numpy
    from sklearn import datasets

    yield "digits", ROOT / "data" / "digits.csv"
    yield "breast_cancer", _table(folder / "breast_cancer.csv", *datasets.load_breast_cancer(return_X_y=True))
    yield "wine", _table(folder / "wine.csv", *datasets.load_wine(return_X_y=True))
    features, course = datasets.load_diabetes(return_X_y=True)
    thirds = numpy.digitize(course, numpy.quantile(course, [1 / 3, 2 / 3]))
    yield "diabetes", _table(folder / "diabetes.csv", features, thirds)
    made = datasets.make_classification(
        1200, 20, n_informative=8, n_redundant=4, n_classes=5, n_clusters_per_class=2, flip_y=0.03, random_state=0
    )
    yield "synthetic", _table(folder / "synthetic.csv", *made)


def _table(file: Path, features: Any, labels: Any) -> Path:
    rows = [",".join(["label", *(f"f{i}" for i in range(features.shape[1]))])]
    rows += [",".join(map(str, [label, *row])) for label, row in zip(labels, features.tolist(), strict=True)]
    file.write_text("\n".join(rows))
    return file


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
