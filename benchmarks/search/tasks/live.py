"""Live model selection with scikit-learn on small data sets: error on held-out parts, as a user's trainer reports it.

A noisy task scores a trial by its mean over two of ``SPLITS`` random splits, drawn anew for each trial; its true value
is the mean over all of them. The others score by the mean over three splits that never change.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.search.kept import Kept
from benchmarks.search.task import Task
from benchmarks.search.tasks import models, spaces
from benchmarks.search.tasks.datasets import load
from sweeper.model import Space

SPLITS = 4
PAIRS = tuple(combinations(range(SPLITS), 2))

Build = Callable[[Mapping[str, Any]], Any]
"""From a point to an unfitted model."""
Score = Callable[[Any, Any, Any], float]
"""(fitted model, rows, targets) -> an error, to be minimized."""


def _misses(model: Any, rows: Any, targets: Any) -> float:
    return 1 - float(model.score(rows, targets))


def _log_loss(model: Any, rows: Any, targets: Any) -> float:
    from sklearn.metrics import log_loss

    return float(log_loss(targets, model.predict_proba(rows), labels=model.classes_))


def _rmse(model: Any, rows: Any, targets: Any) -> float:
    return math.sqrt(float(((model.predict(rows) - targets) ** 2).mean()))


CHOSEN: dict[str, tuple[Space, Build, Score, bool]] = {
    "live-svm-digits": (spaces.SVM, models.svm, _misses, False),
    "live-mlp-digits": (spaces.MLP, models.mlp, _log_loss, True),
    "live-boosting-diabetes": (spaces.BOOSTING, models.boosting, _rmse, True),
    "live-forest-cancer": (spaces.FOREST, models.forest, _log_loss, True),
    "live-kind-cancer": (spaces.KIND, models.kind, _log_loss, True),
    "live-kernel-diabetes": (spaces.KERNEL, models.kernel, _rmse, False),
    "live-kind-digits": (spaces.KIND, models.kind, _misses, True),
}
"""Space, model, error, whether noisy; the name ends with the data set's."""


def tasks(folder: Path) -> dict[str, Callable[[], Task]]:
    """What makes each task, by its name; fits are kept in the folder."""
    return {name: partial(_task, name, Kept(name, folder), *chosen) for name, chosen in CHOSEN.items()}


def _task(name: str, kept: Kept, space: Space, build: Build, score: Score, noisy: bool) -> Task:
    data = load(name.rpartition("-")[2])

    def on(point: Mapping[str, Any], split: int) -> float | None:
        return kept.value(point, split, lambda: _fit(build, point, score, data.split(split, SPLITS)))

    def value(point: Mapping[str, Any], draw: int | None) -> float | None:
        fixed = range(SPLITS if noisy else 3)
        found = [on(point, split) for split in (PAIRS[draw % len(PAIRS)] if noisy and draw is not None else fixed)]
        return None if None in found else sum(v for v in found if v is not None) / len(found)

    return Task(name, space, value)


def _fit(build: Build, point: Mapping[str, Any], score: Score, parts: Any) -> float | None:
    """The error of the model that the point describes; None where it cannot be fitted or its error is no number."""
    train, targets, held, truth = parts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = score(build(point).fit(train, targets), held, truth)
        except (ValueError, FloatingPointError, OverflowError):
            return None
    return found if abs(found) < 1e6 else None
