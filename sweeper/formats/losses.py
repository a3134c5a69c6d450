"""What a format cannot say of a sweep: found, named, and with consent left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sweeper.config.methods import ADAPTIVE
from sweeper.errors import Problem, ProblemsError
from sweeper.lean import dataclass, replace
from sweeper.model import Choices, Parameter, Space, Sweep, Value
from sweeper.space.identity import value_text


@dataclass(frozen=True, slots=True)
class Can:
    """What a format has words for."""

    title: str
    conditions: bool
    best: bool
    """Which measurement of a trial counts can be chosen."""
    spaces: bool
    """The name of a metric may hold some."""
    timeout: bool
    """A trial may have a time limit."""
    least_gap: float
    """Discrete values must be so far apart."""
    largest: int
    """Whole numbers up to here arrive as they are, and so do their negatives."""
    resume: bool = False
    """A tuning job can begin with the trials of an earlier one."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the format cannot say, and what is written instead, if that is asked for."""

    path: str
    message: str
    instead: str


LOSSY = "with --lossy it is left out, and the file says so at its top"


def refuse(losses: Sequence[Loss], *, title: str, where: str) -> None:
    """Raises ProblemsError that lists every loss."""
    if losses:
        raise ProblemsError(hinted(complaints(losses, title=title, where=where), LOSSY))


def complaints(losses: Sequence[Loss], *, title: str, where: str) -> list[Problem]:
    """One for each loss."""
    return [Problem(f"{title} cannot say this: {loss.message}", where, loss.path) for loss in losses]


def hinted(problems: Sequence[Problem], hint: str) -> list[Problem]:
    """What to try instead of all of them is said once, with the last."""
    return [replace(one, hint=hint) if one is problems[-1] else one for one in problems]


def in_words(losses: Sequence[Loss]) -> Iterator[str]:
    """One line for each."""
    for loss in losses:
        yield f"{loss.path}: {loss.message}; instead, {loss.instead}"


def simpler(sweep: Sweep, can: Can) -> tuple[Sweep, list[Loss]]:
    """The nearest sweep without what the format cannot say, but for single parameters, and what that loses."""
    sweep = replace(sweep, space=certain(sweep.space))
    losses = [*_of_space(sweep.space), *_of_runs(sweep, can), *_of_metric(sweep, can), *_of_limits(sweep, can)]
    if not can.conditions:
        losses += _of_conditions(sweep.space)
    space = _plain(sweep.space, conditions=can.conditions)
    metric = replace(sweep.metric, more=(), where=(), watched=())
    metric = metric if can.best and _counts_best(sweep) else replace(metric, reduce="last")
    method = {"sobol": "random", **dict.fromkeys(ADAPTIVE, "service")}.get(sweep.method, sweep.method)
    repeats = replace(sweep.repeats, count=1)
    return replace(sweep, space=space, metric=metric, method=method, repeats=repeats), losses


def certain(space: Space) -> Space:
    """The space without conditions that always hold, since their parameter has one value."""
    fixed = {one.name for one in space.parameters if is_constant(one)}
    parameters = tuple(
        replace(one, when={name: values for name, values in one.when.items() if name not in fixed})
        for one in space.parameters
    )
    settled = replace(space, parameters=parameters)
    return settled if fixed == {one.name for one in parameters if is_constant(one)} else certain(settled)


def is_constant(one: Parameter) -> bool:
    """It has the same value in every trial."""
    return isinstance(one.domain, Choices) and len(one.domain.values) == 1 and not one.when


def _plain(space: Space, *, conditions: bool) -> Space:
    linked = [Parameter(name, Choices(_unique(rows))) for one in space.together for name, rows in one.values.items()]
    parameters = [*space.parameters, *linked]
    return Space(tuple(one if conditions else replace(one, when={}) for one in parameters))


def _unique(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple({value_text(value): value for value in values}.values())


def _of_space(space: Space) -> Iterator[Loss]:
    for i, together in enumerate(space.together):
        names = " and ".join(together.values)
        yield Loss(f"together[{i}]", f"{names} move as one axis", "they vary independently")
    for i, entry in enumerate(space.exclude):
        which = ", ".join(f"{name}: {' or '.join(map(str, values))}" for name, values in entry.items())
        yield Loss(f"exclude[{i}]", f"the combination {{{which}}} is left out", "it is tried as well")
    for i, text in enumerate(space.constraints):
        yield Loss(f"constraints[{i}]", f"every point fulfils {text}", "points that do not are tried as well")


def _of_conditions(space: Space) -> Iterator[Loss]:
    for one in space.parameters:
        if one.when:
            others = ", ".join(f"{name}: {' or '.join(map(str, values))}" for name, values in one.when.items())
            message = f"it is passed only where {others}"
            yield Loss(f"parameters.{one.name}.when", message, "it varies and is passed in every trial")


def _of_runs(sweep: Sweep, can: Can) -> Iterator[Loss]:
    if sweep.repeats.count > 1:
        yield Loss("repeats", f"each point is run {sweep.repeats.count} times", "each is run once, with the first seed")
    if sweep.method == "sobol":
        yield Loss("method", "points fill the space evenly (sobol)", "they are drawn at random")
    if sweep.method in ADAPTIVE and sweep.method != "auto":
        yield Loss("method", f"points are proposed by {sweep.method}", "by what the service thinks best")
    if sweep.warm_start:
        yield Loss("warm_start", f"it begins with the trials of {', '.join(sweep.warm_start)}", "it begins with none")
    if sweep.stop_when is not None:
        count = sweep.stop_when.no_improvement
        yield Loss("stop_when", f"it ends after {count} points that are no better", "all trials are run")
    stopping = sweep.early_stopping
    if stopping is not None and stopping.rule != "service":
        stops = f"trials are stopped by rule {stopping.rule}", "they are stopped by the service's own"
        only_ends = "trials that hang or diverge are ended", "they go on"
        yield Loss("early_stopping", *(only_ends if stopping.rule == "none" else stops))
    if sweep.resume is not None and not can.resume:
        yield Loss("resume", f"it begins with the trials of {sweep.resume}", "it begins with none")


def _of_metric(sweep: Sweep, can: Can) -> Iterator[Loss]:
    metric = sweep.metric
    if metric.source not in ("auto", "hypertune"):
        message = f"{metric.name} is read from {metric.source}"
        yield Loss("metric.from", message, "the service reads what cloudml-hypertune reports, and nothing else")
    for i, one in enumerate(metric.more, start=1):
        message = f"{one.name} is to be {'higher' if one.goal == 'maximize' else 'lower'} as well"
        yield Loss(f"metric[{i}]", message, f"the service looks at {metric.name} alone")
    for text in metric.where:
        yield Loss("metric.where", f"a trial counts only where {text}", "every trial counts")
    if metric.reduce != "last" and not (can.best and _counts_best(sweep)):
        yield Loss("metric.reduce", f"a trial counts with its {metric.reduce} measurement", "with its last")


def _counts_best(sweep: Sweep) -> bool:
    return sweep.metric.reduce in ("best", {"maximize": "max", "minimize": "min"}[sweep.metric.goal])


def _of_limits(sweep: Sweep, can: Can) -> Iterator[Loss]:
    limits = sweep.limits
    if limits.timeout is not None and not can.timeout:
        yield Loss("limits.timeout", f"a trial ends after {limits.timeout:g} seconds", "a trial takes what it takes")
    if limits.hours is not None:
        yield Loss("limits.hours", f"no trial begins after {limits.hours:g} hours of running", "trials go on")
    if limits.cost is not None:
        yield Loss("limits.cost", f"no trial begins after {limits.cost:g} USD", "trials go on, whatever they cost")
