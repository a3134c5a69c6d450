"""One run: data in; model, evaluation and metrics out; resumable after each epoch."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import sklearn
from threadpoolctl import threadpool_limits

from trainer import checkpoint, data, model, report, storage
from trainer.errors import UserError


@dataclass(frozen=True)
class Settings:
    """What the command line asks for."""

    train_data_paths: tuple[str, ...]
    eval_data_paths: tuple[str, ...]
    output_dir: str
    epochs: int
    hyper: model.Hyperparameters


def run(settings: Settings) -> None:
    """Train, and leave ``model.joblib``, ``evaluation.json`` and ``metrics.jsonl`` in the output folder."""
    train, held = _examples(settings)
    folder = storage.folder(settings.output_dir)
    service = report.tuning_service()
    with threadpool_limits(1):  # sums over another number of threads can differ in the last bit
        state = _train(settings, train, held, folder, service)
        summary = _summary(settings, train, held, state)
    storage.save(folder, "model.joblib", checkpoint.dump(state.model))
    storage.save(folder, "evaluation.json", (json.dumps(summary, indent=2) + "\n").encode())


def _examples(settings: Settings) -> tuple[data.Examples, data.Examples]:
    train = data.read(settings.train_data_paths)
    train, held = (train, data.read(settings.eval_data_paths)) if settings.eval_data_paths else data.hold_out(train)
    if not len(held) or len(set(train.labels)) < 2:
        raise UserError("--train_data_paths: two labels at least, and examples to evaluate on, are needed")
    if train.features.shape[1] != held.features.shape[1]:
        raise UserError("--eval_data_paths: the columns are not those of the training data")
    return train, held


def _train(
    settings: Settings, train: data.Examples, held: data.Examples, folder: storage.Place, service: Any
) -> checkpoint.Checkpoint:
    made_with = _made_with(settings, train, held)
    found, remark = checkpoint.load(folder, made_with, settings.epochs)
    if remark:
        print(remark, file=sys.stderr, flush=True)
    state = found or checkpoint.Checkpoint(model.build(settings.hyper, train))
    report.write_lines(folder, state.rows)
    for row in state.rows:  # hypertune's file starts empty in each process
        report.tell(service, row)
    for epoch in model.train(state.model, settings.hyper, train, range(state.epoch + 1, settings.epochs + 1)):
        measured = {**model.evaluate(state.model, held), "weights": model.weights(state.model)}
        row = {"step": epoch, "epoch": epoch, **measured, "time": time.time()}
        state = checkpoint.Checkpoint(state.model, [*state.rows, row])
        checkpoint.save(folder, made_with, state)
        report.write_lines(folder, state.rows)
        report.tell(service, row)
        print(f"epoch {epoch}/{settings.epochs}: accuracy {row['accuracy']:.4f}, loss {row['loss']:.4f}", flush=True)
    return state


def _made_with(settings: Settings, train: data.Examples, held: data.Examples) -> dict[str, Any]:
    """What must be the same for a checkpoint to be gone on from. Not the epochs: a run may be made longer."""
    return {
        **asdict(settings.hyper),
        "train data": data.digest(train),
        "eval data": data.digest(held),
        "scikit-learn": sklearn.__version__,
    }


def _summary(
    settings: Settings, train: data.Examples, held: data.Examples, state: checkpoint.Checkpoint
) -> dict[str, Any]:
    best = max(state.rows, key=lambda row: row["accuracy"])
    return {
        "accuracy": state.rows[-1]["accuracy"],
        "loss": state.rows[-1]["loss"],
        "weights": model.weights(state.model),
        "epochs": settings.epochs,
        "best_epoch": best["epoch"],
        "best_accuracy": best["accuracy"],
        "recall": model.recall(state.model, held),
        "train_examples": len(train),
        "eval_examples": len(held),
        "hyperparameters": asdict(settings.hyper),
    }
