"""What proposes trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sweeper.emulator.tuning.spec import Param, Spec
from sweeper.emulator.tuning.trial import TuningTrial

Params = Mapping[str, Param]
Propose = Callable[[Spec, int, int, Sequence[TuningTrial]], Params | None]
"""(study, its seed, number of the trial from 1, all trials before it) -> its parameters; None where none is left.

Pure: the same four give the same parameters.
"""
