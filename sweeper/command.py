"""A point as the trainer's arguments: names are resolved once a sweep, then each trial takes microseconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from sweeper.errors import CheckError, Problem
from sweeper.lean import dataclass, field
from sweeper.model import Point, Value
from sweeper.usage.schema import Schema

PLACEHOLDERS = ("job_dir", "sweep", "trial", "seed")
_PLACEHOLDER = re.compile(r"\{(job_dir|sweep|trial|seed)\}")


class BadValue(Exception):
    """A value that its element cannot be given."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Step:
    """How one parameter is written."""

    name: str
    element: str
    """The option's, argument's or command's name in the usage."""
    kind: Literal["value", "flag", "argument", "command", "pair", "unchecked"]
    token: str = ""
    """What stands before the value: ``--batch_size=``; empty where the value is a token of its own."""
    joined: bool = False
    """The token ends in ``=`` and takes the value."""
    repeats: bool = False
    spread: bool = False
    off: str | None = None
    free: bool = False


@dataclass(frozen=True)
class Rendering:
    """How a sweep's parameters are written; made by ``binding.bind``. With ``problems``: to check, not to run."""

    schema: Schema | None
    options: tuple[Step, ...] = ()
    """In the order they are written."""
    positionals: tuple[Step, ...] = ()
    job_dir: str | None = None
    """``--job-dir=`` as the trainer spells it, if it declares it."""
    seed_parameter: str | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    guessed: frozenset[str] = frozenset()
    """Unknown names that were taken for their nearest neighbour, so that the check can go on."""
    orders: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Remembers the order of positional elements for each set of them."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """One for each parameter that reaches the command line."""
        return self.options + tuple(step for step in self.positionals if step.kind != "pair")


def render(
    rendering: Rendering,
    point: Point,
    *,
    placeholders: Mapping[str, str],
    job_dir: str | None = None,
    seed: int | None = None,
) -> tuple[str, ...]:
    """The trainer's arguments for a point, after ``python -m <module>``. Pure; raises CheckError on a bad value.

    ``placeholders`` has a text for each of PLACEHOLDERS. ``job_dir`` is passed where the usage declares ``--job-dir``,
    ``seed`` where the sweep has a seed parameter. ``None`` as a value leaves the parameter out.
    """
    if rendering.seed_parameter is not None:
        point = {**point, rendering.seed_parameter: seed}
    argv: list[str] = []
    for step in rendering.options:
        value = point.get(step.name)
        kind = type(value)
        # What nearly all values are, without the calls: this runs for every trial.
        if step.joined and (kind is float or kind is int or (kind is str and "{" not in value)):  # type: ignore[operator]
            argv.append(f"{step.token}{value}")
        elif value is not None:
            argv += _checked(step, value, placeholders)
    spread = bool(argv) and rendering.schema is not None and rendering.options[0].spread
    if rendering.job_dir is not None and job_dir is not None:
        argv.append(rendering.job_dir + job_dir)
    if rendering.positionals:
        argv += _positional_tokens(rendering, point, placeholders, spread=spread)
    return tuple(argv)


def tokens(step: Step, value: Value, placeholders: Mapping[str, str]) -> list[str]:
    """What one parameter adds to argv. Raises BadValue."""
    match step.kind:
        case "value":
            return _value_tokens(step, value, placeholders)
        case "flag":
            return _flag_tokens(step, value)
        case "argument":
            return _list_texts(step, value, placeholders) if type(value) is tuple else [text(value, placeholders)]
        case "pair":
            # Its value is an argument's; here only the flag before it.
            text(value, placeholders)
            return [step.token]
        case "command":
            if type(value) is not bool:
                raise BadValue(f"{step.element} is a command: expected true or false, got {value!r}")
            return [step.element] if value else []
        case "unchecked":
            if type(value) is bool:
                return [step.token[:-1]] if value else []
            return _value_tokens(step, value, placeholders)


def text(value: Value, placeholders: Mapping[str, str]) -> str:
    """A scalar as text: strings byte for byte (placeholders filled in), numbers as Python's shortest round trip."""
    if isinstance(value, str):
        return value if "{" not in value else _PLACEHOLDER.sub(lambda found: placeholders[found[1]], value)
    if isinstance(value, bool):
        word = str(value).lower()
        raise BadValue(f"expected a value, got {word}", hint=f'quote it ("{word}") to pass the word')
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if value is None:
        raise BadValue("null inside a list", hint='quote it ("null") to pass the word')
    raise BadValue(f"expected one value, got the list {_as_written(value)}", hint=_quote_hint(value))


def _value_tokens(step: Step, value: Value, placeholders: Mapping[str, str]) -> list[str]:
    kind = type(value)
    if kind is tuple:
        texts = _list_texts(step, value, placeholders)
        if step.spread and len(texts) != 1:
            return [step.element, *texts]
    else:
        texts = [text(value, placeholders)]
    if step.token:
        return [step.token + one for one in texts]
    return [part for one in texts for part in (step.element, one)]


def _list_texts(step: Step, value: Value, placeholders: Mapping[str, str]) -> list[str]:
    assert isinstance(value, tuple)
    if step.repeats:
        return [text(one, placeholders) for one in value]
    raise BadValue(f"{step.element} takes one value, got the list {_as_written(value)}", hint=_quote_hint(value))


def _flag_tokens(step: Step, value: Value) -> list[str]:
    if type(value) is bool:
        return [step.element] if value else [step.off] if step.off else []
    if step.repeats and isinstance(value, int) and value >= 0:
        return [step.element] * value
    expected = "true, false or how many times" if step.repeats else "true or false"
    raise BadValue(f"{step.element} is a flag: expected {expected}, got {value!r}", hint="a flag takes no value")


def _positional_tokens(
    rendering: Rendering, point: Point, placeholders: Mapping[str, str], *, spread: bool
) -> list[str]:
    given: dict[str, list[str]] = {}
    for step in rendering.positionals:
        value = point.get(step.name)
        if value is not None:
            kept = _argument_tokens(step, value, placeholders)
            if kept:
                given[step.element] = kept
    schema = rendering.schema
    if not given or schema is None:
        return []
    names = frozenset(given)
    order = rendering.orders.get(names)
    if order is None:
        order = rendering.orders[names] = schema.order(names)
    dashed = any(one[:1] == "-" and one != "-" for texts in given.values() for one in texts)
    argv = [] if schema.style == "docopt" or not (dashed or spread) else ["--"]
    for element in order:
        if element == "--":
            argv += ["--"] if dashed else []
        else:
            argv += given.get(element, ())
    argv += [one for element in given if element not in order for one in given[element]]
    return argv


def _argument_tokens(step: Step, value: Value, placeholders: Mapping[str, str]) -> list[str]:
    try:
        return [text(value, placeholders)] if step.kind == "pair" else tokens(step, value, placeholders)
    except BadValue as bad:
        raise _problem(step, bad) from None


def _checked(step: Step, value: Value, placeholders: Mapping[str, str]) -> list[str]:
    try:
        return tokens(step, value, placeholders)
    except BadValue as bad:
        raise _problem(step, bad) from None


def _problem(step: Step, bad: BadValue) -> CheckError:
    return CheckError([Problem(bad.message, path=f"parameters.{step.name}", hint=bad.hint)])


def _as_written(value: Value) -> str:
    return f"[{', '.join(str(one) for one in value)}]" if isinstance(value, tuple) else repr(value)


def _quote_hint(value: Value) -> str:
    joined = ",".join(str(one) for one in value) if isinstance(value, tuple) else ""
    return f'to pass it as one text, quote it: "{joined}"; to try each, list them as the choices'
