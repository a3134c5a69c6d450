"""The spaces and the formulas of the made-up trainings.

They are after what tuning of neural networks and of boosted trees is known to look like: a valley in the learning rate,
next to a cliff behind which training diverges (the trial fails); momentum, batch size and warm-up that move the valley;
few parameters that matter among many; plateaus; noise that is larger where training is less stable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.search.task import among, log, log_whole, real, whole

Surface = Callable[[Mapping[str, Any]], tuple[float, float] | None]
"""From a point to the true value and the standard deviation of its noise; None: training diverged."""


MOMENTUM = (
    log("learning_rate", 1e-5, 10),
    real("momentum", 0, 0.99),
    log("weight_decay", 1e-6, 1e-1),
    among("batch_size", (16, 32, 64, 128, 256)),
    among("schedule", ("constant", "step", "cosine")),
    real("dropout", 0, 0.7),
)


def momentum(p: Mapping[str, Any]) -> tuple[float, float] | None:
    """A convolutional network by SGD: the effective rate is lr / (1 - momentum), per sample lr / batch."""
    effective = math.log10(p["learning_rate"] / (1 - p["momentum"]) * 64 / p["batch_size"])
    if effective > 0.6 + 0.3 * (p["schedule"] == "cosine"):
        return None
    off = effective + 0.6  # the valley lies a factor of 16 below the cliff
    rate = 0.55 * math.exp(-0.5 * (off / (0.9 if off < 0 else 0.5)) ** 2)
    decay = math.log10(p["weight_decay"]) + 3.4 + 0.5 * off  # a larger rate wants less decay
    floor = 0.18 + 0.035 * min(decay**2, 6) / 2 + 0.3 * (p["dropout"] - 0.25) ** 2
    floor += {"constant": 0.06, "step": 0.02, "cosine": 0.0}[p["schedule"]] + 0.02 * abs(math.log2(p["batch_size"]) - 6)
    return _curve(floor, 2.3, 100, rate), 0.004 + 0.03 * max(0.0, effective + 0.4)


OPTIMIZERS = (
    among("optimizer", ("sgd", "adam", "rmsprop")),
    log("learning_rate", 1e-6, 1),
    real("momentum", 0, 0.99, optimizer=("sgd", "rmsprop")),
    among("nesterov", (True, False), optimizer="sgd"),
    log("one_minus_beta2", 1e-4, 1e-1, optimizer="adam"),
    log("epsilon", 1e-10, 1e-1, optimizer=("adam", "rmsprop")),
    log_whole("width", 16, 1024),
)


def optimizers(p: Mapping[str, Any]) -> tuple[float, float] | None:
    """Each optimizer has its own valley: Adam's is wide, SGD's is narrow and a little lower."""
    lr, width = math.log10(p["learning_rate"]), math.log2(p["width"])
    size = 0.012 * (width - 8.3) ** 2
    if p["optimizer"] == "sgd":
        off = lr - math.log10(1 - p["momentum"]) - 0.1 + 0.15 * (width - 8)
        loss = 0.22 + min(0.35 * off**2, 1.9) + (0.015 if not p["nesterov"] else 0) + 0.08 * (p["momentum"] - 0.9) ** 2
        noise = 0.01
    elif p["optimizer"] == "adam":
        off = lr + 2.8 + 0.1 * (width - 8) - 0.2 * max(0.0, math.log10(p["epsilon"]) + 4)
        beta = math.log10(p["one_minus_beta2"]) + 2.5
        loss = 0.25 + min(0.12 * off**2, 1.7) + 0.02 * beta**2
        noise = 0.006
    else:
        off = lr + 3.2 - 0.7 * math.log10(1 - p["momentum"]) + 0.3 * max(0.0, -math.log10(p["epsilon"]) - 7)
        loss = 0.24 + min(0.25 * off**2, 1.8)
        noise = 0.015
    return None if off > 1.3 else (loss + size, noise)


TRANSFORMER = (
    log("learning_rate", 1e-5, 1e-1),
    among("schedule", ("constant", "linear", "cosine", "inverse-sqrt")),
    real("warmup", 0, 0.4, schedule=("linear", "cosine", "inverse-sqrt")),
    whole("layers", 1, 12),
    among("heads", (1, 2, 4, 8)),
    log_whole("width", 64, 1024),
    real("dropout", 0, 0.6),
    log("clip", 0.05, 20),
)


def transformer(p: Mapping[str, Any]) -> tuple[float, float] | None:
    """A deep model needs warm-up or a small rate; capacity is paid for in steps, as the budget of time is fixed."""
    lr, warmup = math.log10(p["learning_rate"]), p.get("warmup", 0.0)
    depth = p["layers"] * math.log2(p["width"]) / 32
    limit = -2.0 - 0.25 * depth + 2.5 * min(warmup, 0.2) - 0.3 * max(0.0, math.log10(p["clip"]))
    if lr > limit + 0.4:
        return None
    size = p["layers"] * p["width"] ** 1.5
    steps = 3e6 / size**0.75
    rate = 0.42 * math.exp(-0.5 * ((lr - limit + 0.35) / 0.7) ** 2) * (1 - max(0.0, warmup - 0.15))
    rate *= {"constant": 0.85, "linear": 0.97, "cosine": 1.0, "inverse-sqrt": 0.93}[p["schedule"]]
    floor = (
        1.5 + 3.0 * size**-0.13 + 0.04 * abs(math.log2(p["heads"] * 64 / p["width"])) + 0.6 * (p["dropout"] - 0.12) ** 2
    )
    return _curve(floor, 6.0, steps, rate), 0.01 + 0.08 * max(0.0, lr - limit + 0.1)


PLATEAU = (
    log("learning_rate", 1e-6, 1),
    log("init_scale", 1e-3, 10),
    real("momentum", 0, 0.99),
    whole("depth", 2, 20),
    among("activation", ("tanh", "relu", "gelu", "sigmoid")),
)


def plateau(p: Mapping[str, Any]) -> tuple[float, float] | None:
    """Nothing is learned, but for a corner where the signal gets through all layers at a rate that moves it."""
    gain = {"tanh": 1.0, "relu": 1.4, "gelu": 1.5, "sigmoid": 4.0}[p["activation"]]
    through = math.log10(p["init_scale"] / gain) * math.sqrt(p["depth"]) / 2.2
    effective = math.log10(p["learning_rate"] / (1 - p["momentum"])) + 1.2 + 0.04 * p["depth"]
    if effective > 1.4 or through > 2.2:
        return None
    learned = math.exp(-0.5 * (through**2 + (effective / 0.8) ** 2))
    best = 0.62 + 0.02 * min(p["depth"], 12) + (0.06 if p["activation"] in ("relu", "gelu") else 0)
    return 0.9 - best * learned, 0.008


BOOSTING = (
    log("eta", 1e-3, 1),
    log_whole("rounds", 10, 2000),
    whole("max_depth", 1, 12),
    log("min_child_weight", 0.1, 100),
    real("subsample", 0.3, 1),
    real("colsample", 0.3, 1),
    log("lambda", 1e-4, 100),
    log("alpha", 1e-4, 100),
    log("gamma", 1e-4, 10),
    among("booster", ("gbtree", "dart")),
    real("rate_drop", 0, 0.5, booster="dart"),
)


def boosting(p: Mapping[str, Any]) -> tuple[float, float] | None:
    """Boosted trees: eta times rounds is what is learned, depth what is overfitted; the rest is nearly flat."""
    learned = math.log10(p["eta"] * p["rounds"] * (1 - 0.6 * p.get("rate_drop", 0.0)))
    under = 0.12 * max(0.0, 1.0 - learned) ** 2
    capacity = (
        learned
        + 0.15 * (p["max_depth"] - 5)
        - 0.25 * math.log10(p["lambda"])
        - 0.15 * math.log10(p["min_child_weight"])
    )
    over = 0.05 * max(0.0, capacity - 1.3) ** 2 + 0.02 * max(0.0, math.log10(p["eta"]) + 1.3) ** 2
    shallow = 0.03 * max(0, 4 - p["max_depth"])
    samples = 0.05 * (p["subsample"] - 0.8) ** 2 + 0.04 * (p["colsample"] - 0.7) ** 2
    small = 0.002 * abs(math.log10(p["gamma"]) + 2) + 0.002 * max(0.0, math.log10(p["alpha"]))
    dart = -0.004 + 0.1 * (p["rate_drop"] - 0.1) ** 2 if p["booster"] == "dart" else 0.0
    return 0.31 + under + over + shallow + samples + small + dart, 0.003


def _curve(floor: float, start: float, steps: float, rate: float) -> float:
    """The loss after so many steps: a power law from ``start`` down to ``floor``."""
    return floor + (start - floor) * math.pow(1 + steps, -rate)
