"""A sweep as a study: what a service is asked, what every trial is passed, what is lost on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from sweeper.command import Rendering
from sweeper.errors import UserError
from sweeper.formats.axes import axes_of
from sweeper.formats.losses import Can, Loss, simpler
from sweeper.formats.study import Algorithm, Axis, Study
from sweeper.lean import dataclass
from sweeper.model import Choices, Sweep, Value
from sweeper.space.identity import value_text

MOST_TRIALS = 2**31 - 1
"""The services count trials with 32 bits."""


@dataclass(frozen=True)
class Translation:
    """A study, and everything about it that the file has to say."""

    study: Study
    constants: Mapping[str, Value]
    seed: int | None
    """What the option for seeds gets, where the sweep has one."""
    losses: tuple[Loss, ...]
    notes: tuple[str, ...]


def translate(sweep: Sweep, rendering: Rendering, can: Can) -> Translation:
    """Everything that the format can say. Raises UserError where there is nothing for a service to search."""
    if sweep.method == "list":
        hint = f"`sweeper launch {sweep.path} --backend=...` runs each as a job of its own"
        raise UserError("a list of points leaves nothing to search", where=sweep.path, path="method", hint=hint)
    if not can.spaces and len(sweep.metric.name.split()) != 1:
        message = f"{can.title} takes no spaces in the name of a metric, got '{sweep.metric.name}'"
        raise UserError(message, where=sweep.path, path="metric.name", hint="report it under another name")
    simple, losses = simpler(sweep, can)
    found = axes_of(simple.space, rendering, can)
    losses += found.losses
    if not found.axes:
        why = losses[-1].message if found.losses else "each has one value only"
        raise UserError(f"no parameter is left to search: {why}", where=sweep.path, path="parameters")
    trials = _trials(simple, found.axes)
    study = Study(
        found.axes,
        sweep.metric.name,
        sweep.metric.goal,
        _algorithm(simple),
        trials,
        min(sweep.limits.parallel or 1, trials),
        best=simple.metric.reduce != "last",
        max_failed=sweep.limits.max_failed,
        early_stopping=sweep.early_stopping is not None and sweep.early_stopping.rule != "none",
        resume=sweep.resume,
    )
    seed = sweep.seed if rendering.seed_parameter is not None else None
    return Translation(study, found.constants, seed, tuple(losses), tuple(_notes(sweep)))


def _algorithm(sweep: Sweep) -> Algorithm:
    if sweep.method == "service":
        return sweep.algorithm
    return "grid" if sweep.method == "grid" else "random"


def points(axes: tuple[Axis, ...]) -> int:
    """How many combinations there are of parameters that have no continuous range."""
    return math.prod(map(_points, axes))


def _points(axis: Axis) -> int:
    domain = axis.domain
    count = len(domain.values) if isinstance(domain, Choices) else int(domain.max) - int(domain.min) + 1
    deciding = {value_text(value) for branch in axis.branches for value in branch.values}
    return (
        count
        - len(deciding)
        + sum(
            math.prod(_points(one.axis) for one in axis.branches if text in map(value_text, one.values))
            for text in deciding
        )
    )


def _trials(sweep: Sweep, axes: tuple[Axis, ...]) -> int:
    wanted = points(axes) if _algorithm(sweep) == "grid" else sweep.trials or 1
    wanted = min(wanted, sweep.trials or wanted)
    trials = min(wanted, sweep.limits.trials or wanted)
    if trials > MOST_TRIALS:
        hint = f"limits: {{trials: N}} takes fewer, {MOST_TRIALS} at most"
        raise UserError(f"{trials} trials are more than a service counts", where=sweep.path, hint=hint)
    return trials


def _notes(sweep: Sweep) -> Iterator[str]:
    """What makes no other trials, but is not as it would be here."""
    if sweep.metric.source == "auto":
        yield f"the service reads {sweep.metric.name} only where the trainer reports it with cloudml-hypertune"
    if sweep.method == "auto":
        yield "method: auto becomes the service's own search, which is Bayesian too, and proposes other points"
    if sweep.limits.parallel is None:
        yield "limits.parallel is not set: one trial runs at a time"
    if _algorithm(sweep) != "grid" and sweep.seed:
        yield f"seed: {sweep.seed} is not passed on: the service draws other points than sweeper would"
    if sweep.order != "as-written":
        yield f"order: {sweep.order} is not passed on: the service has an order of its own"
    if (sweep.limits.retries, sweep.limits.code_retries) != (2, 0):
        yield "limits.retries is not passed on: the service decides what is run again"
