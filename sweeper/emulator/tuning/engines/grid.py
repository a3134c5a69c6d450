"""Every combination once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from sweeper.emulator.tuning.engines.protocol import Params
from sweeper.emulator.tuning.engines.walk import combinations
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.trial import TuningTrial


def propose(spec: Spec, seed: int, number: int, history: Sequence[TuningTrial]) -> Params | None:
    """The next combination, in a fixed order; None once all have been."""
    return next(islice(combinations(spec.axes), number - 1, None), None)
