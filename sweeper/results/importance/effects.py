"""What an analysis finds: effects, each with its share of the variance and whether noise may have made it."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.lean import dataclass

LEVEL = 0.05
"""An effect is told from noise where as large a one would be made by noise in fewer of 100 sweeps, all effects of the
sweep together (Bonferroni)."""


HOW: Mapping[str, str] = {
    "anova": "analysis of variance of the full grid",
    "fanova": "functional analysis of variance by a random forest",
    "groups": "variance between groups of values",
}
"""The methods, in words."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Of one parameter by itself, or of two beyond what each does by itself."""

    parameters: tuple[str, ...]
    share: float
    """Of the variance, from 0 to 1."""
    p: float | None = None
    """How likely noise alone makes one as large; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Importance:
    """All effects, the largest first; none where there are too few numbers."""

    method: str
    """``anova``, ``fanova`` or ``groups``."""
    trials: int
    effects: tuple[Effect, ...]
    notes: tuple[str, ...] = ()
    pairs: bool = False
    """Whether effects of two were looked for."""

    @property
    def alone(self) -> tuple[Effect, ...]:
        """Effects of one parameter each."""
        return tuple(one for one in self.effects if len(one.parameters) == 1)

    @property
    def together(self) -> tuple[Effect, ...]:
        """Effects of two."""
        return tuple(one for one in self.effects if len(one.parameters) == 2)

    @property
    def rest(self) -> float | None:
        """The share of more than two together, and of noise; None where pairs are not told from it."""
        return max(0.0, 1.0 - sum(one.share for one in self.effects)) if self.pairs else None

    def sure(self, effect: Effect) -> bool | None:
        """Whether it is told from noise; None where that cannot be told."""
        return None if effect.p is None else effect.p * len(self.effects) < LEVEL


def largest_first(effects: list[Effect]) -> tuple[Effect, ...]:
    """By their shares; what is equal stays in its order, so that the same sweep has the same table."""
    return tuple(sorted(effects, key=lambda one: -one.share))


def said(found: Importance) -> str:
    """What stands above a picture of the effects."""
    how = f"The part of the metric's variance that each parameter explains by itself: {HOW[found.method]}."
    unsure = " Faint bars may be noise." if any(found.sure(one) is False for one in found.alone) else ""
    return how + unsure + "".join(f" {note[0].upper()}{note[1:]}." for note in found.notes)
