"""The methods that are scored, one file for each library, by the name that ``--methods`` gives them."""

from __future__ import annotations

from importlib import import_module

from benchmarks.search.methods.protocol import Make, Method, Setting

__all__ = ["METHODS", "Make", "Method", "Setting", "load"]

METHODS = {
    "random": "ours",
    "sobol": "ours",
    "tpe": "ours",
    "gp": "ours",
    "auto": "ours",
    "optuna": "optuna",
    "optuna-univariate": "optuna",
    "optuna-gp": "optuna_gp",
    "wandb": "wandb",
    "hyperopt": "hyperopt",
    "smac": "smac",
    "ax": "ax",
}
"""Name -> the file that knows it."""

_INSIDE = {
    "optuna": "default",
    "optuna-univariate": "univariate",
    "optuna-gp": "gp",
    "wandb": "bayes",
    "hyperopt": "tpe",
    "smac": "facade",
    "ax": "client",
}


def load(name: str) -> tuple[Make, str]:
    """What makes a method, and the version of what it comes from; ImportError where its library is not installed."""
    module = import_module(f"benchmarks.search.methods.{METHODS[name]}")
    make: Make = module.method(name) if METHODS[name] == "ours" else getattr(module, _INSIDE[name])
    return make, str(module.VERSION)
