"""What has become of a study, from its trials alone."""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.emulator.tuning.spec import Spec
from sweeper.emulator.tuning.trial import OVER, TrialState, TuningTrial

FIRST = 3
"""Where the service decides itself: so many trials, or all that run at once, fail before any has succeeded."""


def given_up(spec: Spec, trials: Sequence[TuningTrial]) -> str:
    """Why no more trials are started; empty while nothing speaks against them."""
    failed = [trial for trial in trials if trial.state is TrialState.INFEASIBLE]
    why = f" The last one: {failed[-1].reason}" if failed else ""
    if spec.max_failed and len(failed) > spec.max_failed:
        return f"Too many trials have failed: {len(failed)}, of which {spec.max_failed} are allowed.{why}"
    succeeded = any(trial.state is TrialState.SUCCEEDED for trial in trials)
    if not spec.max_failed and not succeeded and len(failed) >= max(FIRST, spec.parallel):
        return f"The first {len(failed)} trials have all failed.{why}"
    return ""


def failed(spec: Spec, trials: Sequence[TuningTrial]) -> str:
    """What a study ends with that is over; empty where it has succeeded."""
    if why := given_up(spec, trials):
        return why
    if trials and not any(trial.state is TrialState.SUCCEEDED for trial in trials):
        return f"No trial has succeeded. The last one: {trials[-1].reason}"
    return ""


def live(trials: Sequence[TuningTrial]) -> list[TuningTrial]:
    """Those that are not over."""
    return [trial for trial in trials if trial.state not in OVER]
