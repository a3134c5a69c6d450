"""The stopping rules by the name that the config gives them."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.early_stopping import asha, first, hyperband, median, patience, threshold
from sweeper.early_stopping.protocol import Rule
from sweeper.model import EarlyStopping, Metric

RULES: dict[str, Callable[[EarlyStopping, Metric], Rule]] = {
    "asha": asha.make,
    "median": median.make,
    "hyperband": hyperband.make,
    "patience": patience.make,
    "threshold": threshold.make,
}
"""All but ``service``, which is the tuning service's own, ``none``, and ``first``, which is for smoke runs alone."""


def make(settings: EarlyStopping, metric: Metric) -> Rule | None:
    """The rule of a sweep; None where trials are not judged by their curves.

    ``service`` gets here on this machine only, and is what ``sweeper export`` asks Vertex AI for: the median.
    """
    if settings.rule == first.NAME:
        return first.First()
    if settings.rule == "service":
        return median.make(settings, metric)
    return RULES[settings.rule](settings, metric) if settings.rule in RULES else None
