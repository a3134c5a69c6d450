"""Optuna's Gaussian process; it needs torch."""

from __future__ import annotations

from functools import partial

import torch

from benchmarks.search.methods.optuna import VERSION, Optuna
from benchmarks.search.methods.protocol import Method, Setting

__all__ = ["VERSION", "gp"]

# Torch is imported here and not when first needed: each run is a fork, and would import it again.
torch.set_num_threads(1)


def gp(setting: Setting) -> Method:
    """The sampler with its defaults."""
    import optuna

    return Optuna(partial(optuna.samplers.GPSampler, seed=setting.seed), setting)
