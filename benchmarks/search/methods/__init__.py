"""The methods that are scored, one file for each library, by the name that ``--methods`` gives them."""

from __future__ import annotations

from importlib import import_module

from benchmarks.search.methods.protocol import Make, Method, Setting

__all__ = ["METHODS", "Make", "Method", "Setting", "load"]

METHODS = {
    "random": "ours.random",
    "sobol": "ours.sobol",
    "tpe": "ours.tpe",
    "cmaes": "ours.cmaes",
    "gp": "ours.gp",
    "auto": "ours.auto",
    "optuna": "optuna.default",
    "optuna-univariate": "optuna.univariate",
    "optuna-gp": "optuna_gp.gp",
    "wandb": "wandb.bayes",
    "hyperopt": "hyperopt.tpe",
    "smac": "smac.facade",
    "ax": "ax.client",
}
"""Name -> file and what in it makes the method."""


def load(name: str) -> tuple[Make, str]:
    """What makes a method, and the version of what it comes from; ImportError where its library is not installed."""
    file, inside = METHODS[name].split(".")
    module = import_module(f"benchmarks.search.methods.{file}")
    make: Make = getattr(module, inside)
    return make, str(module.VERSION)
