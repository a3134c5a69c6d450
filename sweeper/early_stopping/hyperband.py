"""``hyperband``: several ``asha`` side by side that give trials more and more time before the first comparison.

Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband: A Novel Bandit-Based Approach to Hyperparameter
Optimization" (JMLR 2018), arXiv:1603.06560, algorithm 1; asynchronous as in arXiv:1810.05934. Of use where curves cross
late: trials that begin slowly get a chance, which costs more steps than ``asha``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.early_stopping import asha
from sweeper.early_stopping.protocol import Rule
from sweeper.lean import dataclass, replace
from sweeper.model import EarlyStopping, Metric


@dataclass(frozen=True)
class Bracket:
    """Trials that are compared with each other."""

    first: int
    """The step of the first comparison; ``max_steps`` where they all run to the end."""
    size: int
    """Trials in one round of Hyperband."""


class Hyperband:
    """Trials are dealt out to the brackets in the order in which they first report, in proportion to their sizes."""

    def __init__(self, settings: EarlyStopping, metric: Metric) -> None:
        self._brackets = brackets(settings)
        self._rules: list[Rule] = [asha.make(replace(settings, min_steps=one.first), metric) for one in self._brackets]
        self._dealt = [0] * len(self._rules)
        self._mine: dict[str, Rule] = {}

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Judge it among those of its bracket."""
        if trial not in self._mine:
            self._mine[trial] = self._rules[self._deal()]
        return self._mine[trial].take(trial, step, value)

    def _deal(self) -> int:
        """The bracket that is furthest behind its part; of two, the one that compares earlier."""
        bracket = min(range(len(self._dealt)), key=lambda one: (self._dealt[one] + 1) / self._brackets[one].size)
        self._dealt[bracket] += 1
        return bracket


def brackets(settings: EarlyStopping) -> list[Bracket]:
    """From the one that compares first at ``min_steps`` to the one that never does."""
    assert settings.max_steps is not None  # the config is checked
    first, reduction, firsts = settings.min_steps, settings.reduction, list[int]()
    while first * reduction <= settings.max_steps:
        firsts.append(first)
        first *= reduction
    firsts.append(settings.max_steps)
    most = len(firsts) - 1
    sizes = [-(-(most + 1) * reduction**s // (s + 1)) for s in range(most, -1, -1)]
    return [Bracket(*one) for one in zip(firsts, sizes, strict=True)]


def make(settings: EarlyStopping, metric: Metric) -> Hyperband:
    """The rule."""
    return Hyperband(settings, metric)
