"""From a point to the scikit-learn model that it describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def svm(p: Mapping[str, Any]) -> Any:
    """A support vector machine; most of its parameters depend on the kernel."""
    from sklearn.svm import SVC

    return SVC(**p, max_iter=20_000)


def mlp(p: Mapping[str, Any]) -> Any:
    """A small network, for 15 epochs."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        hidden_layer_sizes=(p["width"], p["second"]) if p["layers"] == 2 else (p["width"],),
        activation=p["activation"],
        solver=p["solver"],
        learning_rate_init=p["learning_rate"],
        momentum=p.get("momentum", 0.9),
        alpha=p["alpha"],
        batch_size=p["batch_size"],
        max_iter=15,
        random_state=0,
    )


def boosting(p: Mapping[str, Any]) -> Any:
    """Gradient boosting of trees, for a number to be predicted."""
    from sklearn.ensemble import GradientBoostingRegressor

    return GradientBoostingRegressor(**p, random_state=0)


def forest(p: Mapping[str, Any]) -> Any:
    """A random forest."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**p, random_state=0)


def kernel(p: Mapping[str, Any]) -> Any:
    """Kernel ridge regression."""
    from sklearn.kernel_ridge import KernelRidge

    return KernelRidge(**p)


def kind(p: Mapping[str, Any]) -> Any:
    """One of five kinds of classifier, each with parameters of its own."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC

    match p["model"]:
        case "svm":
            return _Margin(SVC(C=p["C"], kernel=p["kernel"], gamma=p.get("gamma", 1.0), max_iter=20_000))
        case "logistic":
            return LogisticRegression(C=p["C"], max_iter=200)
        case "neighbours":
            return KNeighborsClassifier(p["neighbours"], weights=p["weights"])
        case "forest":
            return RandomForestClassifier(20, max_features=p["max_features"], max_depth=p["max_depth"], random_state=0)
        case _:
            return MLPClassifier(
                (p["width"],), learning_rate_init=p["learning_rate"], alpha=p["alpha"], max_iter=15, random_state=0
            )


class _Margin:
    """A support vector machine whose margin, as it is, is taken for the log-odds."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def fit(self, rows: Any, targets: Any) -> _Margin:
        self._model.fit(rows, targets)
        self.classes_ = self._model.classes_
        return self

    def score(self, rows: Any, targets: Any) -> float:
        return float(self._model.score(rows, targets))

    def predict_proba(self, rows: Any) -> Any:
        import numpy as np

        odds = np.clip(self._model.decision_function(rows), -30, 30)
        sure = 1 / (1 + np.exp(-2 * odds))
        return np.stack([1 - sure, sure], axis=1)
