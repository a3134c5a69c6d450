"""The engines by the name that ``--study-engine`` gives them."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.emulator.tuning.engines import auto, grid, random, vizier
from sweeper.emulator.tuning.engines.protocol import Params, Propose
from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.trial import TuningTrial

BAYESIAN: dict[str, Propose] = {"auto": auto.propose, "random": random.propose, "vizier": vizier.propose}
"""What a study gets that asks for no algorithm."""
DEFAULT = "auto"


def propose(spec: Spec, engine: str, seed: int, number: int, history: Sequence[TuningTrial]) -> Params | None:
    """The parameters of a trial; None where no more are left."""
    named: dict[str, Propose] = {"grid": grid.propose, "random": random.propose}
    return named.get(spec.algorithm, BAYESIAN[engine])(spec, seed, number, history)


def need(spec: Spec, engine: str) -> None:
    """Raise ApiError where the engine that a study needs is not installed."""
    if spec.algorithm == "bayesian" and engine == "auto":
        auto.need()
    if spec.algorithm == "bayesian" and engine == "vizier":
        vizier.need()
