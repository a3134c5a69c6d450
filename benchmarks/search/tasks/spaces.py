"""The spaces of the live tasks."""

from __future__ import annotations

from benchmarks.search.task import among, log, log_whole, real, whole
from sweeper.model import Space

SVM = Space(
    (
        among("kernel", ("linear", "rbf", "poly", "sigmoid")),
        log("C", 1e-3, 1e3),
        log("gamma", 1e-5, 10, kernel=("rbf", "poly", "sigmoid")),
        whole("degree", 2, 5, kernel="poly"),
        real("coef0", -1, 1, kernel=("poly", "sigmoid")),
    )
)
MLP = Space(
    (
        among("layers", (1, 2)),
        log_whole("width", 4, 64),
        log_whole("second", 4, 64, layers=2),
        among("activation", ("relu", "tanh", "logistic")),
        among("solver", ("adam", "sgd")),
        log("learning_rate", 1e-4, 1),
        real("momentum", 0, 0.99, solver="sgd"),
        log("alpha", 1e-6, 10),
        among("batch_size", (16, 32, 64, 128)),
    )
)
BOOSTING = Space(
    (
        log("learning_rate", 1e-3, 1),
        log_whole("n_estimators", 5, 100),
        whole("max_depth", 1, 6),
        real("subsample", 0.2, 1),
        real("max_features", 0.1, 1),
        whole("min_samples_leaf", 1, 40),
        among("loss", ("squared_error", "absolute_error", "huber")),
        real("alpha", 0.5, 0.99, loss="huber"),
    )
)
FOREST = Space(
    (
        log_whole("n_estimators", 2, 64),
        among("criterion", ("gini", "entropy")),
        real("max_features", 0.02, 1),
        whole("max_depth", 1, 16),
        whole("min_samples_leaf", 1, 30),
        among("bootstrap", (True, False)),
        real("max_samples", 0.1, 1, bootstrap=True),
    )
)
KIND = Space(
    (
        among("model", ("svm", "logistic", "neighbours", "forest", "mlp")),
        log("C", 1e-4, 1e3, model=("svm", "logistic")),
        among("kernel", ("linear", "rbf"), model="svm"),
        log("gamma", 1e-5, 10, kernel="rbf"),
        whole("neighbours", 1, 40, model="neighbours"),
        among("weights", ("uniform", "distance"), model="neighbours"),
        real("max_features", 0.05, 1, model="forest"),
        whole("max_depth", 1, 12, model="forest"),
        log_whole("width", 2, 64, model="mlp"),
        log("learning_rate", 1e-4, 1, model="mlp"),
        log("alpha", 1e-6, 10, model="mlp"),
    )
)
KERNEL = Space(
    (
        among("kernel", ("linear", "rbf", "laplacian", "poly")),
        log("alpha", 1e-5, 1e3),
        log("gamma", 1e-5, 10, kernel=("rbf", "laplacian", "poly")),
        whole("degree", 2, 4, kernel="poly"),
        real("coef0", 0, 3, kernel="poly"),
    )
)
