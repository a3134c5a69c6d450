"""A sweep as another tool's file would have it: each parameter as that tool passes it, and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sweeper.command import PLACEHOLDERS, BadValue, Rendering, Step, tokens
from sweeper.errors import UserError
from sweeper.formats.losses import Can, Loss, is_constant, simpler
from sweeper.lean import dataclass, field, replace
from sweeper.model import Choices, Parameter, Range, Sweep, Value
from sweeper.space.grid import Grid
from sweeper.space.identity import value_text
from sweeper.space.values import grid_values

SAMPLE = dict.fromkeys(PLACEHOLDERS, "")
"""Nothing is filled in: what would be is a loss."""
MOST_VALUES = 10_000


@dataclass(frozen=True)
class Sent:
    """One parameter that varies."""

    name: str
    """The option, without its dashes."""
    domain: Choices | Range
    """Choices, or a range that points are drawn from."""


@dataclass
class Outgoing:
    """A sweep on its way out; what cannot be said is gathered."""

    sweep: Sweep
    """Without what the tool has no words for."""
    sent: list[Sent] = field(default_factory=list)
    constants: dict[str, Value] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lose(self, path: str, message: str, instead: str) -> None:
        """The tool cannot say this."""
        self.losses.append(Loss(path, message, instead))

    @property
    def points(self) -> int:
        """How many points the grid has that is left."""
        return Grid(self.sweep.space).count


def outgoing(sweep: Sweep, rendering: Rendering, can: Can, *, flags: bool) -> Outgoing:
    """The sweep's parameters; ``flags`` where the tool can leave an option out.

    Raises UserError where nothing is left to search.
    """
    if sweep.method == "list":
        hint = "write parameters: and method: grid, or run the list with sweeper"
        raise UserError(f"{can.title} has no lists of points", where=sweep.path, path="method", hint=hint)
    bare = replace(
        sweep,
        method="grid" if grid_like(sweep) else "random",
        early_stopping=None,
        metric=replace(sweep.metric, source="auto", reduce="last"),
    )
    simple, losses = simpler(bare, can)
    made = Outgoing(simple, losses=list(losses))
    steps = {step.name: step for step in rendering.steps}
    for one in simple.space.parameters:
        _send(one, steps.get(one.name), made, flags=flags)
    if rendering.job_dir is not None:
        made.notes.append("--job-dir is sweeper's own: it is not passed")
    if not made.sent:
        raise UserError("no parameter is left to search", where=sweep.path, path="parameters")
    return made


def grid_like(sweep: Sweep) -> bool:
    """Every combination is run."""
    return sweep.method == "grid" or (sweep.method == "service" and sweep.algorithm == "grid")


def _send(one: Parameter, step: Step | None, made: Outgoing, *, flags: bool) -> None:
    path = f"parameters.{one.name}"
    if is_constant(one):
        assert isinstance(one.domain, Choices)
        if any(f"{{{word}}}" in str(one.domain.values[0]) for word in PLACEHOLDERS):
            made.lose(path, "sweeper fills in what is in braces, for each trial", "it is left out")
        else:
            made.constants[one.name] = one.domain.values[0]
        return
    if step is None or step.kind not in ("value", "unchecked", "flag") or not step.element.startswith("--"):
        made.lose(path, "it is no long option", "it is left out")
        return
    name = step.element.removeprefix("--")
    if isinstance(one.domain, Range) and one.domain.num is None and one.domain.step is None:
        made.sent.append(Sent(name, one.domain))
        return
    values = grid_values(one.domain) if isinstance(one.domain, Range) else one.domain.values
    if not flags and all(isinstance(value, bool) for value in values):
        made.lose(path, "it is a flag, and the tool passes --name=value", "it is left out")
        return
    if len(values) > MOST_VALUES:
        made.lose(path, f"it has {len(values)} values", f"the first {MOST_VALUES} are listed")
    kept = tuple(_kept(path, values[:MOST_VALUES], step, made, flags=flags))
    if kept:
        made.sent.append(Sent(name, Choices(kept)))


def _kept(path: str, values: tuple[Value, ...], step: Step, made: Outgoing, *, flags: bool) -> Iterator[Value]:
    """The values that the tool passes as sweeper would."""
    for value in values:
        why = _unsayable(value, step, flags=flags)
        if why:
            made.lose(path, f"{value_text(value)} {why}", "it is not tried")
        elif isinstance(value, tuple):
            yield tokens(step, value, SAMPLE)[0].partition("=")[2]
        else:
            yield value


def _unsayable(value: Value, step: Step, *, flags: bool) -> str:
    if value is None:
        return "leaves the option out"
    if isinstance(value, bool):
        if not flags:
            return "is a flag, and the tool passes --name=value"
        return "is written as an option of its own" if step.off else ""
    if isinstance(value, str) and any(f"{{{word}}}" in value for word in PLACEHOLDERS):
        return "has braces, which sweeper fills in for each trial"
    try:
        written = tokens(step, value, SAMPLE)
    except BadValue as bad:
        return bad.message
    return "" if len(written) == 1 and "=" in written[0] else "is not written as one --name=value"


def environment(sweep: Sweep) -> Mapping[str, str]:
    """What the trainer runs with, ``package:`` included."""
    path = {"PYTHONPATH": sweep.trainer.package} if sweep.trainer.package else {}
    return {**path, **sweep.trainer.env}
