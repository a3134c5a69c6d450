"""What a number of trials may take and cost, from what others took; an estimate, never more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sweeper.google.prices.hourly import Price


@dataclass(frozen=True, slots=True)
class Span:
    """A middle value, and the quarters around it."""

    low: float
    middle: float
    high: float

    def times(self, factor: float) -> Span:
        """All three, multiplied."""
        return Span(self.low * factor, self.middle * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Running time and cost of some trials, one attempt each."""

    trials: int
    seconds: Span
    """Of one trial."""
    known: int
    """Trials that it is taken from; 0 = what the user expects."""
    price: Price | None

    @property
    def hours(self) -> Span:
        """Of all trials together."""
        return self.seconds.times(self.trials / 3600)

    @property
    def cost(self) -> Span | None:
        """US dollars; None where the price is not known."""
        return self.hours.times(self.price.usd_per_hour) if self.price else None


def estimate(
    trials: int, durations: Sequence[float], price: Price | None, *, minutes: float | None = None
) -> Estimate | None:
    """From ``minutes`` per trial where they are given, else from the seconds that others took; None without both."""
    if minutes is not None:
        seconds = minutes * 60
        return Estimate(trials, Span(seconds, seconds, seconds), 0, price)
    return Estimate(trials, spread(durations), len(durations), price) if durations else None


def spread(values: Sequence[float]) -> Span:
    """Median, and the values a quarter and three quarters up; between two values, the share of the way."""
    ordered = sorted(values)
    return Span(*(_at(ordered, quarter / 4) for quarter in (1, 2, 3)))


def _at(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
