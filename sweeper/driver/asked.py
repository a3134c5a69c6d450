"""What a tuning service is asked for one sweep, and how the words that it answers in become points of that sweep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.command import Rendering, Step, render, tokens
from sweeper.errors import UserError
from sweeper.formats.study import Study, every
from sweeper.formats.translate import Translation
from sweeper.lean import dataclass, field
from sweeper.model import Choices, Parameter, Point, Range, Sweep, Value
from sweeper.space.values import grid_values
from sweeper.usage.check import SAMPLE


@dataclass(frozen=True)
class Words:
    """One axis of the service: whose values it has, and how it spells them."""

    parameter: str
    texts: Mapping[str, Value] = field(default_factory=dict)
    """Of a categorical axis."""
    numbers: tuple[int | float, ...] = ()
    """Of a discrete axis, as the config writes them."""
    integer: bool = False

    def value(self, said: str | float) -> Value:
        """The sweep's own value. One that is in neither table is kept as it was said."""
        if self.texts:
            return self.texts.get(str(said), str(said))
        try:
            number = float(said)
        except ValueError:
            return str(said)
        if self.numbers:
            return next((one for one in self.numbers if float(one) == number), number)
        return int(number) if self.integer and number == int(number) else number


@dataclass(frozen=True)
class Dictionary:
    """What is kept of a sweep beside its config, so that its trials can be read on any machine."""

    args: tuple[str, ...]
    """The trainer's arguments that all trials have."""
    axes: Mapping[str, Words]
    constants: Point
    seed: int = 0

    def point(self, params: Mapping[str, str | float]) -> Point:
        """The point of a trial, constants included, in the order of the axes."""
        known = {name: params[name] for name in self.axes if name in params} | dict(params)
        read = {(axis := self.axes.get(name, Words(name))).parameter: axis.value(said) for name, said in known.items()}
        return {**self.constants, **read}

    def argv(self, params: Mapping[str, str | float]) -> tuple[str, ...]:
        """The whole command line of a trial, but for the folder that the service adds."""
        return (*self.args, *(f"--{name}={_spelled(params[name])}" for name in self.axes if name in params))

    def as_json(self) -> dict[str, Any]:
        """For the ledger and the bucket."""
        axes = {
            name: [axis.parameter, list(axis.texts.items()), list(axis.numbers), axis.integer]
            for name, axis in self.axes.items()
        }
        return {"args": list(self.args), "axes": axes, "constants": dict(self.constants), "seed": self.seed}


def from_json(stored: Mapping[str, Any]) -> Dictionary:
    """The same again: a list is a tuple."""
    axes = {
        name: Words(parameter, {text: _frozen(value) for text, value in texts}, tuple(numbers), integer)
        for name, (parameter, texts, numbers, integer) in stored["axes"].items()
    }
    constants = {name: _frozen(value) for name, value in stored["constants"].items()}
    return Dictionary(tuple(stored["args"]), axes, constants, stored["seed"])


@dataclass(frozen=True)
class Asked:
    """A study and its dictionary."""

    study: Study
    dictionary: Dictionary
    notes: tuple[str, ...] = ()


def asked(sweep: Sweep, addressed: Sweep, found: Translation, rendering: Rendering) -> Asked:
    """``found`` is the translation of ``addressed``, which is ``sweep`` with the addresses of its staged files.

    Raises UserError where the service's options would stand where the trainer takes them for something else.
    """
    args = render(rendering, found.constants, placeholders=SAMPLE, seed=found.seed)
    if "--" in args:
        message = "an argument that begins with a dash stands behind --, where the service appends its options as well"
        raise UserError(message, where=sweep.path, path="parameters", hint="give the trainer an option for it")
    own = {one.name: one for one in sweep.space.parameters}
    theirs = {one.name: one for one in addressed.space.parameters}
    steps = {step.token[2:-1]: step for step in rendering.steps if step.joined and step.token.startswith("--")}
    axes = {
        axis.name: _words(steps[axis.name], own[steps[axis.name].name], theirs[steps[axis.name].name], axis.is_text)
        for axis in every(found.study.axes)
    }
    constants = {name: _only(own[name]) for name in found.constants}
    return Asked(found.study, Dictionary(args, axes, constants, found.seed or 0), found.notes)


def _words(step: Step, own: Parameter, theirs: Parameter, is_text: bool) -> Words:
    values, spelled = _values(own), _values(theirs)
    if is_text:
        texts = (tokens(step, value, SAMPLE)[0][len(step.token) :] for value in spelled)
        return Words(own.name, dict(zip(texts, values, strict=True)))
    if isinstance(own.domain, Range) and own.domain.num is None and own.domain.step is None:
        return Words(own.name, integer=own.domain.integer)
    return Words(own.name, numbers=tuple(one for one in values if isinstance(one, (int, float))))


def _values(parameter: Parameter) -> tuple[Value, ...]:
    domain = parameter.domain
    if isinstance(domain, Choices):
        return domain.values
    return () if domain.num is None and domain.step is None else grid_values(domain)


def _only(parameter: Parameter) -> Value:
    assert isinstance(parameter.domain, Choices)
    return parameter.domain.values[0]


def _spelled(said: str | float) -> str:
    return said if isinstance(said, str) else repr(int(said)) if said == int(said) else repr(said)


def _frozen(value: Any) -> Value:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
