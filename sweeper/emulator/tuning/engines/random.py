"""Values drawn one by one, each from its own parameter's scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from sweeper.emulator.tuning.engines.protocol import Params
from sweeper.emulator.tuning.engines.walk import walk
from sweeper.emulator.tuning.spec import Axis, Param, Spec
from sweeper.emulator.tuning.trial import TuningTrial


def propose(spec: Spec, seed: int, number: int, history: Sequence[TuningTrial]) -> Params | None:
    """The same for the same seed and number, whatever has been measured."""
    return walk(spec.axes, lambda axis: draw(axis, Random(f"{seed} {number} {axis.name}")))


def draw(axis: Axis, chance: Random) -> Param:
    """One value."""
    if axis.kind in ("discrete", "categorical"):
        return chance.choice(axis.values)
    value = at(axis, chance.random())
    return min(int(axis.high), max(int(axis.low), round(value))) if axis.kind == "integer" else value


def at(axis: Axis, fraction: float) -> float:
    """The value at a fraction of the way from the low end to the high one, on the parameter's scale."""
    low, high = axis.low, axis.high
    if axis.scale == "log":
        found = math.exp(math.log(low) + fraction * (math.log(high) - math.log(low)))
    elif axis.scale == "reverse_log":
        found = low + high - math.exp(math.log(high) + fraction * (math.log(low) - math.log(high)))
    else:
        found = low * (1 - fraction) + high * fraction
    return min(high, max(low, found))
