"""The model: a multilayer perceptron, trained epoch by epoch."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler

from trainer.data import Examples
from trainer.errors import Diverged


@dataclass(frozen=True)
class Hyperparameters:
    """All that the trained model depends on, besides the data and the number of epochs."""

    batch_size: int
    hidden_units: tuple[int, ...]
    learning_rate: float
    optimizer: str
    momentum: float
    seed: int


def build(hyper: Hyperparameters, examples: Examples) -> Pipeline:
    """An untrained network behind a scaler, so that the saved model takes the numbers as they stand in the data."""
    network = MLPClassifier(
        hidden_layer_sizes=hyper.hidden_units,
        solver=hyper.optimizer,
        learning_rate_init=hyper.learning_rate,
        momentum=hyper.momentum,
        batch_size=min(hyper.batch_size, len(examples)),
        random_state=hyper.seed,
        shuffle=False,  # train() shuffles: the same seed would give every call of partial_fit the same order
    )
    return Pipeline([("scale", MaxAbsScaler().fit(examples.features)), ("network", network)])


def train(model: Pipeline, hyper: Hyperparameters, examples: Examples, epochs: Iterable[int]) -> Iterator[int]:
    """Train for the given epochs (counted from 1), in place; yields after each.

    The order of the examples depends on the seed and the epoch alone, so that training that was interrupted
    and goes on from a saved model ends at the same numbers, bit for bit.
    """
    features, classes = model["scale"].transform(examples.features), np.unique(examples.labels)
    for epoch in epochs:
        order = np.random.default_rng([hyper.seed, epoch]).permutation(len(examples))
        _one_epoch(model["network"], features[order], examples.labels[order], classes)
        yield epoch


def evaluate(model: Pipeline, examples: Examples) -> dict[str, float]:
    """Accuracy and loss (cross-entropy, in nats) on examples."""
    right = predict(model, examples) == examples.labels
    hit = examples.labels[:, None] == model["network"].classes_
    likelihood = (model.predict_proba(examples.features) * hit).sum(axis=1)  # 0 for a label never trained on
    loss = -np.log(np.clip(likelihood, np.finfo(np.float64).tiny, 1)).mean()
    return {"accuracy": float(right.mean()), "loss": float(loss)}


def weights(model: Pipeline) -> int:
    """How many numbers the network consists of; 0 before it has seen an example."""
    network = model["network"]
    return sum(part.size for part in (*getattr(network, "coefs_", ()), *getattr(network, "intercepts_", ())))


def recall(model: Pipeline, examples: Examples) -> dict[str, float]:
    """For each label, the part of its examples that the model recognises."""
    right = predict(model, examples) == examples.labels
    return {str(label): float(right[examples.labels == label].mean()) for label in np.unique(examples.labels)}


def predict(model: Pipeline, examples: Examples) -> NDArray[np.int64]:
    """The most likely label of each example."""
    labels: NDArray[np.int64] = model.predict(examples.features)
    return labels


def _one_epoch(
    network: MLPClassifier, features: NDArray[np.float64], labels: NDArray[np.int64], classes: NDArray[np.int64]
) -> None:
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # overflow on the way to what is raised below
            network.partial_fit(features, labels, classes=classes)
    except ValueError as error:
        if "non-finite" not in str(error):
            raise
        raise Diverged("the training diverged: the weights are no longer finite; try a lower --learning_rate") from None
    if not np.isfinite(network.loss_):
        raise Diverged("the training diverged: the loss is no longer finite; try a lower --learning_rate")
