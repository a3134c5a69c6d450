"""Which element of the usage each parameter of the config means; once a sweep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sweeper.command import Rendering, Step
from sweeper.errors import Problem
from sweeper.usage.schema import (
    RESERVED,
    Argument,
    Option,
    Schema,
    fold,
    is_job_dir,
    nearest,
    parameter_name,
)

Element = Option | Argument | str


def bind(schema: Schema | None, names: Iterable[str], *, seed_parameter: str | None = None) -> Rendering:
    """How the named parameters are written. Never raises: what is wrong is in the result's ``problems``.

    ``names`` are all parameters of the sweep, in the config's order; ``schema`` is None for ``usage: none``.
    """
    wanted = dict.fromkeys(names)
    problems: list[Problem] = []
    if seed_parameter is not None and seed_parameter in wanted:
        problems.append(_both_seed(seed_parameter))
    if seed_parameter is not None:
        wanted.setdefault(seed_parameter)
    if schema is None:
        steps = tuple(Step(name, f"--{name}", "unchecked", f"--{name}=", joined=True, repeats=True) for name in wanted)
        return Rendering(None, steps, seed_parameter=seed_parameter, problems=tuple(problems))
    return _bind(schema, list(wanted), seed_parameter, problems)


def _bind(schema: Schema, names: Sequence[str], seed_parameter: str | None, problems: list[Problem]) -> Rendering:
    taken: dict[str, str] = {}
    steps: list[Step] = []
    guessed: set[str] = set()
    warnings = list(schema.warnings)
    later: list[tuple[str, Element]] = []
    for name in names:
        path = "repeats.parameter" if name == seed_parameter else f"parameters.{name}"
        found = _candidates(schema, name)
        pair = _pair(schema, found)
        problem = None if pair else _problem_of(schema, name, found, path)
        if problem:
            problems.append(problem)
            guessed.add(name)
            guess = found[0] if found else _guess(schema, name)
            if guess is not None:
                later.append((name, guess))
            continue
        element = pair or found[0]
        if (first := taken.setdefault(_key(element), name)) != name:
            message = f"both '{first}' and '{name}' mean {_key(element)}"
            problems.append(Problem(message, path=path, hint="keep one of them"))
            continue
        steps += [_step(name, element, schema.style)] if not pair else _pair_steps(name, pair)
        warnings += _use_warnings(schema, name, element, pair=bool(pair))
    for name, element in later:
        # A misspelt name stands in for its neighbour, so that the check does not also call that one missing.
        if taken.setdefault(_key(element), name) == name and not (
            isinstance(element, Option) and _is_supplied(element)
        ):
            steps.append(_step(name, element, schema.style))
    options = [step for step in steps if step.kind in ("value", "flag") or (step.kind == "pair" and step.token)]
    positionals = [step for step in steps if step not in options]
    options.sort(key=lambda step: not step.spread)
    job_dir = next((option for option in schema.options if is_job_dir(option) and option.used), None)
    token = f"{_long(job_dir)}=" if job_dir else None
    return Rendering(
        schema,
        tuple(options),
        tuple(positionals),
        token,
        seed_parameter,
        tuple(problems),
        tuple(warnings),
        frozenset(guessed),
    )


def _candidates(schema: Schema, name: str) -> list[Element]:
    wanted = fold(name)
    options: list[Element] = [option for option in schema.options if any(_meets(name, wanted, n) for n in option.names)]
    arguments = [one for one in schema.arguments if wanted in (fold(one.name), parameter_name(one.name))]
    commands = [one for one in schema.commands if one != "--" and wanted == fold(one)]
    return [*options, *arguments, *commands]


def _meets(name: str, wanted: str, option: str) -> bool:
    if len(option) == 2:
        return len(name) == 1 and option[1] == name
    return fold(option) == wanted


def _problem_of(schema: Schema, name: str, found: Sequence[Element], path: str) -> Problem | None:
    if name.startswith("-") and found:
        return Problem(f"expected a name without dashes, got '{name}'", path=path, hint=f"write {name.lstrip('-')}")
    if not found:
        return _unknown(schema, name, path)
    if len({_key(element) for element in found}) < len(found):
        hint = f"docopt cannot tell the two apart; keep one ({schema.where})"
        return Problem(f"{_key(found[0])} is described twice", path=path, hint=hint)
    if len(found) > 1:
        keys = " and ".join(_key(element) for element in found)
        return Problem(
            f"'{name}' is ambiguous: the usage declares {keys}",
            path=path,
            hint=f"rename one of them in the trainer ({schema.where})",
        )
    (element,) = found
    if not isinstance(element, Option):
        return None
    if RESERVED & set(element.names) and (not element.takes_value or "--version" in element.names):
        return Problem(f"{element.name} ends the trainer before it trains", path=path, hint="leave it out")
    if is_job_dir(element):
        return Problem(f"sweeper itself supplies {element.name}", path=path, hint="leave it out of the config")
    if not element.used:
        hint = f"add [options] to the usage line ({schema.where})"
        return Problem(f"{element.name} is described, but no usage line takes it", path=path, hint=hint)
    return None


def _unknown(schema: Schema, name: str, path: str) -> Problem:
    prefixed = [
        parameter_name(long)
        for option in schema.options
        for long in option.names
        if long.startswith("--") and fold(long).startswith(fold(name))
    ]
    if len(prefixed) == 1:
        message = f"--{name} is only the beginning of --{prefixed[0]}"
        return Problem(message, path=path, hint=f"write {prefixed[0]}: the parser may guess, sweeper does not")
    near = nearest(name, _known(schema))
    known = ", ".join(_known(schema)[:12])
    hint = f"did you mean {near}? ({schema.where})" if near else f"the trainer knows: {known} ({schema.where})"
    return Problem(f"the trainer's usage has no '{name}'", path=path, hint=hint)


def _known(schema: Schema) -> list[str]:
    options = [parameter_name(option.name) for option in schema.options if not _is_supplied(option)]
    commands = [command for command in schema.commands if command != "--"]
    return [*options, *(parameter_name(one.name) for one in schema.arguments), *map(parameter_name, commands)]


def _is_supplied(option: Option) -> bool:
    return bool(RESERVED & set(option.names)) or is_job_dir(option)


def _guess(schema: Schema, name: str) -> Element | None:
    near = nearest(name, _known(schema))
    found = _candidates(schema, near) if near else []
    return found[0] if len(found) == 1 else None


def _pair(schema: Schema, found: Sequence[Element]) -> tuple[Option, Argument] | None:
    """``--x <x>`` in a usage line without a description: docopt's flag and argument, one thing to the author."""
    match found:
        case [Option(takes_value=False, described=False) as option, Argument() as argument] if any(
            re.search(rf"{re.escape(option.name)} +{re.escape(argument.name)}(?![\w>])", line.text)
            for line in schema.lines
        ):
            return option, argument
        case _:
            return None


def _pair_steps(name: str, pair: tuple[Option, Argument]) -> list[Step]:
    option, argument = pair
    return [Step(name, option.name, "pair", option.name), Step(name, argument.name, "pair")]


def _step(name: str, element: Element | tuple[Option, Argument], style: str) -> Step:
    if isinstance(element, str):
        return Step(name, element, "command")
    if isinstance(element, Argument):
        return Step(name, element.name, "argument", repeats=element.repeats)
    assert isinstance(element, Option)
    written = element.name
    if not element.takes_value:
        return Step(name, written, "flag", repeats=element.repeats, off=element.off, free=element.free)
    token = f"{written}=" if written.startswith("--") or style == "argparse" else ""
    return Step(
        name, written, "value", token, bool(token), repeats=element.repeats, spread=element.spread, free=element.free
    )


def _use_warnings(
    schema: Schema, name: str, element: Element | tuple[Option, Argument], *, pair: bool
) -> list[Problem]:
    path = f"parameters.{name}"
    if isinstance(element, tuple):
        option, argument = element
        message = f"docopt reads '{option.name} {argument.name}' as a flag and a separate argument"
        hint = f"write {option.name}=<{name}>, or describe the option; the value is in args['{argument.name}']"
        return [Problem(message, where=schema.where, path=path, hint=hint)]
    if isinstance(element, Option) and not element.described:
        hint = "a line such as '--x=<x>  What it is [default: 1].' gives it a default and a place in --help"
        return [Problem(f"{element.name} is in the usage, but not described", schema.where, path, hint)]
    return []


def _key(element: Element | tuple[Option, Argument]) -> str:
    if isinstance(element, tuple):
        element = element[1]
    return element if isinstance(element, str) else element.name


def _long(option: Option) -> str:
    return next(name for name in option.names if fold(name) == "job_dir")


def _both_seed(name: str) -> Problem:
    message = f"'{name}' is a parameter and the seed of repeats"
    return Problem(message, path="repeats.parameter", hint=f"take {name} out of parameters, or name another seed")
