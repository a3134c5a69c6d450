"""The models by the name of their method."""

from __future__ import annotations

from sweeper.model import Sweep
from sweeper.search.adaptive import evolution, gaussian, genetic, mixed, parzen
from sweeper.search.adaptive.search import AdaptiveSearch, Model
from sweeper.search.protocol import Search

MODELS: dict[str, Model] = {
    "auto": mixed.propose,
    "gp": gaussian.propose,
    "tpe": parzen.propose,
    "cmaes": evolution.propose,
    "nsga": genetic.propose,
}


def make(sweep: Sweep) -> Search:
    """The search of a sweep. UserError where its method needs what is not installed, or cannot take its space."""
    if sweep.method in ("auto", "tpe"):
        parzen.need(sweep.method)
    if sweep.method == "nsga":
        genetic.check()
    search = AdaptiveSearch(sweep, MODELS[sweep.method])
    if sweep.method == "cmaes":
        evolution.check(sweep, search.coordinates)
    return search
