"""The parameters of a sweep as a tuning service searches them: each on its own, or below one that decides about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from sweeper.command import PLACEHOLDERS, BadValue, Rendering, Step, tokens
from sweeper.formats.losses import Can, Loss, is_constant
from sweeper.formats.study import Axis, Branch
from sweeper.lean import dataclass, field, replace
from sweeper.model import Choices, Parameter, Range, Space, Value
from sweeper.space.identity import value_text
from sweeper.space.values import grid_values

MOST_VALUES = 1000
"""Of a discrete parameter, at either service."""
_FILLED_IN = re.compile(rf"\{{({'|'.join(PLACEHOLDERS)})\}}")
_TEXTS = dict.fromkeys(PLACEHOLDERS, "")


class Unsayable(Exception):
    """A parameter that cannot be one of the service's; its arguments are why, and what is written instead."""


@dataclass(frozen=True)
class Axes:
    """A space as a service sees it."""

    axes: tuple[Axis, ...]
    constants: Mapping[str, Value]
    """The same in every trial: part of the command line that the service is given."""
    losses: tuple[Loss, ...]


@dataclass
class _Work:
    can: Can
    steps: Mapping[str, Step]
    losses: list[Loss] = field(default_factory=list)
    made: dict[str, Axis] = field(default_factory=dict)
    parents: dict[str, tuple[str, tuple[Value, ...]]] = field(default_factory=dict)
    """Under which parameter one stands, and for which values of it."""

    def lose(self, name: str, why: str, instead: str) -> None:
        self.losses.append(Loss(f"parameters.{name}", why, instead))


def axes_of(space: Space, rendering: Rendering, can: Can) -> Axes:
    """The axes, constants aside. ``space`` was made ``simpler``: it has parameters and their conditions only."""
    work = _Work(can, {step.name: step for step in rendering.steps})
    constants = {}
    for one in space.parameters:
        if is_constant(one):
            constants[one.name] = _only(one)
            if _is_filled_in(constants[one.name]):
                work.lose(one.name, "sweeper fills in what is in braces, for each trial", "it is left out")
                del constants[one.name]
        elif axis := _axis(one, work):
            work.made[one.name] = axis
    waiting = {one.name: one for one in space.parameters if one.name in work.made}
    while waiting:
        _place(next(iter(waiting)), waiting, work)
    roots = [name for name in work.made if name not in work.parents]
    return Axes(tuple(_tree(name, work) for name in roots), constants, tuple(work.losses))


def _only(one: Parameter) -> Value:
    assert isinstance(one.domain, Choices)
    return one.domain.values[0]


def _is_filled_in(value: Value) -> bool:
    if isinstance(value, tuple):
        return any(map(_is_filled_in, value))
    return isinstance(value, str) and _FILLED_IN.search(value) is not None


def _axis(one: Parameter, work: _Work) -> Axis | None:
    try:
        step = work.steps.get(one.name)
        name = _option(step)
        if isinstance(one.domain, Range) and one.domain.num is None and one.domain.step is None:
            return Axis(name, _range(one.domain, work.can))
        assert step is not None
        values = grid_values(one.domain) if isinstance(one.domain, Range) else one.domain.values
        if isinstance(one.domain, Range) and one.domain.integer and len(values) == one.domain.max - one.domain.min + 1:
            return Axis(name, _range(Range(one.domain.min, one.domain.max, integer=True), work.can))
        return Axis(name, Choices(_choices(one, values, step, work)))
    except Unsayable as unsayable:
        work.lose(one.name, *unsayable.args)
        return None


def _option(step: Step | None) -> str:
    """The option that takes the values. Raises Unsayable where it is none of the form that a service appends."""
    if step is None or step.kind not in ("value", "unchecked") or not (step.joined and step.token.startswith("--")):
        what = {"flag": "a flag", "command": "a command"}.get(step.kind, "no long option") if step else "no option"
        raise Unsayable(f"it is {what}, and the service passes --name=value", "it is left out")
    return step.token[2:-1]


def _range(domain: Range, can: Can) -> Range:
    if domain.integer and max(abs(domain.min), abs(domain.max)) > can.largest:
        raise Unsayable(f"whole numbers above {can.largest} do not arrive as they are", "it is left out")
    return domain


def _choices(one: Parameter, values: tuple[Value, ...], step: Step, work: _Work) -> tuple[Value, ...]:
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        return _texts(values, step)
    ordered = sorted(numbers)
    if why := _no_set(ordered, work.can):
        work.lose(one.name, why, "its values are written as words (CATEGORICAL)")
        return _texts(values, step)
    return tuple(ordered)


def _no_set(ordered: list[int | float], can: Can) -> str:
    """Why these numbers are no discrete set of the service's; empty where they are one."""
    if len(ordered) > MOST_VALUES:
        return f"it has {len(ordered)} values, and a discrete parameter has {MOST_VALUES} at most"
    if any(float(value) != value for value in ordered):
        return "some of its numbers are no floating-point numbers, which all discrete values are"
    if any(high - low < can.least_gap for low, high in pairwise(ordered)):
        return f"some of its numbers are less than {can.least_gap:g} apart"
    return ""


def _texts(values: tuple[Value, ...], step: Step) -> tuple[str, ...]:
    """The values as they stand on the command line, each in one word."""
    return tuple(dict.fromkeys(_text(value, step) for value in values))


def _text(value: Value, step: Step) -> str:
    if _is_filled_in(value):
        raise Unsayable("sweeper fills in what is in braces, for each trial", "it is left out")
    try:
        written = tokens(step, value, _TEXTS) if value is not None else []
    except BadValue as bad:
        raise Unsayable(bad.message, "it is left out") from None
    if len(written) != 1 or not written[0].startswith(step.token):
        raise Unsayable(f"{_shown(value)} is not written as one --name=value", "it is left out")
    return written[0][len(step.token) :]


def _shown(value: Value) -> str:
    return value_text(value)


def _place(name: str, waiting: dict[str, Parameter], work: _Work) -> None:
    """Put a conditional parameter below the one that decides about it, which is placed first."""
    one = waiting.pop(name)
    when = one.when
    for other in when:
        if other in waiting:
            _place(other, waiting, work)
    if not when:
        return
    if not all(other in work.made for other in when):
        work.lose(f"{one.name}.when", "it depends on a parameter that is not there", "it is passed in every trial")
        return
    for parent, values in when.items():
        if all(_implied(other, those, parent, work) for other, those in when.items() if other != parent):
            work.parents[one.name] = parent, values
            return
    names = " and ".join(when)
    work.lose(f"{one.name}.when", f"it depends on {names} at once", "it is passed in every trial")


def _implied(name: str, values: tuple[Value, ...], child: str, work: _Work) -> bool:
    """Whether ``child`` is there only where ``name`` has one of these values."""
    while child in work.parents:
        parent, needed = work.parents[child]
        if parent == name and {value_text(one) for one in needed} <= {value_text(one) for one in values}:
            return True
        child = parent
    return False


def _tree(name: str, work: _Work) -> Axis:
    below = [child for child in work.made if child in work.parents and work.parents[child][0] == name]
    axis = work.made[name]
    branches = [Branch(_known(name, work.parents[child][1], work), _tree(child, work)) for child in below]
    return replace(axis, branches=tuple(branches))


def _known(name: str, values: tuple[Value, ...], work: _Work) -> tuple[Value, ...]:
    """Values of a parent as its axis spells them."""
    return _texts(values, work.steps[name]) if work.made[name].is_text else values
