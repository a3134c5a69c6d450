"""The check: every command line of a sweep, as the trainer's own parser would read it; exact, and factored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sweeper.command import Rendering, Step, render, text, tokens
from sweeper.errors import CheckError, Problem
from sweeper.lean import dataclass, field, replace
from sweeper.model import Value
from sweeper.usage import docopt_usage
from sweeper.usage.appended import not_taken, swallowed
from sweeper.usage.cases import Bad, Case, Cases, Occurs, Shape, cases
from sweeper.usage.classes import shown
from sweeper.usage.explain import Reason, explain, nearest_line
from sweeper.usage.outcome import Outcome, Reached, Refused
from sweeper.usage.schema import Schema

SAMPLE = {"job_dir": "/tmp/sweeper", "sweep": "sweep", "trial": "trial", "seed": "0"}
"""Stands for the placeholders where the caller has nothing closer to what will be passed."""


@dataclass(frozen=True)
class Line:
    """How the backend that will run them completes the command lines."""

    job_dir: str | None = "/tmp/sweeper"
    """What ``--job-dir`` will be; None where the backend does not pass it itself."""
    placeholders: Mapping[str, str] = field(default_factory=lambda: SAMPLE)
    extras: tuple[str, ...] = ()
    """What the service behind the backend appends."""


def check_points(
    rendering: Rendering, shapes: Iterable[Shape], *, line: Line | None = None, occurs: Occurs | None = None
) -> list[Problem]:
    """All that is wrong with the command lines of a sweep; empty = the trainer's parser takes every one of them.

    ``shapes`` are all the points. Where a shape is not the full product of its values, ``occurs`` is asked whether
    a combination that fails is a point at all; without it, it is taken to be one.
    """
    line = line or Line()
    found = cases(rendering, _with_seed(rendering, shapes), line.placeholders)
    problems = [_counted(problem, found) for problem in rendering.problems]
    problems += [_of_bad(bad, found.total, occurs) for bad in found.bad if bad.name not in rendering.guessed]
    problems += [_silent(name) for name in sorted(found.silent)]
    if rendering.schema is not None:
        problems += _parsed(rendering, rendering.schema, found, line, occurs)
    return list(dict.fromkeys(problems))


def _parsed(rendering: Rendering, schema: Schema, found: Cases, line: Line, occurs: Occurs | None) -> list[Problem]:
    argvs = [_argv(rendering, case.point, line) for case in found.parse]
    unique = list(dict.fromkeys(argvs))
    outcomes = dict(zip(unique, parsed(schema, unique), strict=True))
    blamed: dict[Reason, list[Case]] = {}
    for case, argv in zip(found.parse, argvs, strict=True):
        for reason in dict.fromkeys(_reasons(rendering, schema, case, outcomes[argv], line)):
            if not rendering.guessed.intersection(reason.names):
                blamed.setdefault(reason, []).append(case)
    return [
        problem
        for reason, failed in blamed.items()
        if (problem := _problem(reason, failed, found, rendering, occurs)) is not None
    ]


def _reasons(rendering: Rendering, schema: Schema, case: Case, outcome: Outcome, line: Line) -> list[Reason]:
    if isinstance(outcome, Reached):
        return _unreached(rendering, schema, case, outcome, line)
    given = _given(rendering, case.point, line)
    if line.extras:
        bare = _argv(rendering, case.point, replace(line, extras=()))
        if isinstance(parsed(schema, [bare])[0], Reached):
            return [not_taken(schema, nearest_line(schema, given) if schema.lines else None, line.extras)]
    if schema.style == "argparse":
        return _said(rendering, schema, outcome)

    def accepts(point: Mapping[str, Value]) -> bool:
        return isinstance(docopt_usage.parse(schema, [_argv(rendering, point, line)])[0], Reached)

    return explain(rendering, case.point, given, outcome, accepts)


def _said(rendering: Rendering, schema: Schema, refused: Refused) -> list[Reason]:
    owners = {step.element: step.name for step in rendering.steps}
    return [
        Reason((owners[element],) if element in owners else (), f"argparse says: {message}", f"parser: {schema.where}")
        for element, message in refused.said
    ]


def _unreached(rendering: Rendering, schema: Schema, case: Case, reached: Reached, line: Line) -> list[Reason]:
    reasons = []
    if line.extras and line.extras[1:] not in reached.values.values():
        reasons.append(swallowed(schema, line.extras))
    for step in (*rendering.options, *rendering.positionals):
        if step.name not in case.point:
            continue
        expected = _expected(step, case.point[step.name], line.placeholders)
        got = reached.values.get(step.element, 0 if isinstance(expected, int) else ())
        if expected is None or got == expected:
            continue
        thief = _taker(expected, step.element, reached)
        where = f"; it went to {thief}" if thief else ""
        usage = nearest_line(schema, _given(rendering, case.point, line)).text if schema.lines else schema.where
        message = f"the value does not reach {step.element}: it gets {_told(got)} instead of {_told(expected)}{where}"
        reasons.append(Reason((step.name,), message, f"usage: {usage} ({schema.where})"))
    return reasons


def _taker(texts: tuple[str, ...] | int, element: str, reached: Reached) -> str | None:
    if isinstance(texts, int):
        return None
    return next((name for name, got in reached.values.items() if got == texts and name != element), None)


def _expected(step: Step, value: Value, placeholders: Mapping[str, str]) -> tuple[str, ...] | int | None:
    """What the element must get; None where nothing is written and any default will do."""
    if step.kind in ("flag", "command") or (step.kind == "pair" and step.token):
        return len(tokens(step, value, placeholders)) if value is not None and not step.off else None
    if value is None or value == ():
        return None
    return tuple(text(one, placeholders) for one in (value if isinstance(value, tuple) else (value,)))


def _given(rendering: Rendering, point: Mapping[str, Value], line: Line) -> frozenset[str]:
    names = {
        step.element
        for step in (*rendering.options, *rendering.positionals)
        if point.get(step.name) is not None and tokens(step, point[step.name], line.placeholders)
    }
    if rendering.job_dir and line.job_dir is not None:
        names.add(rendering.job_dir[:-1])
    return frozenset(names)


def _argv(rendering: Rendering, point: Mapping[str, Value], line: Line) -> tuple[str, ...]:
    seed = point.get(rendering.seed_parameter) if rendering.seed_parameter else None
    known = seed if isinstance(seed, int) else 0
    return render(rendering, point, placeholders=line.placeholders, job_dir=line.job_dir, seed=known) + line.extras


def parsed(schema: Schema, argvs: Sequence[tuple[str, ...]]) -> list[Outcome]:
    """What the trainer's own parser makes of each."""
    if schema.style == "argparse":
        from sweeper.usage import argparse_usage  # and with it inspect and argparse

        return argparse_usage.parse(schema, argvs)
    return docopt_usage.parse(schema, argvs)


@dataclass(frozen=True)
class _Seeded:
    present: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]]
    count: int


def _with_seed(rendering: Rendering, shapes: Iterable[Shape]) -> Iterable[Shape]:
    name = rendering.seed_parameter
    if name is None:
        return shapes
    return (
        shape if name in shape.present else _Seeded((*shape.present, name), {**shape.values, name: (0,)}, shape.count)
        for shape in shapes
    )


def _problem(
    reason: Reason, failed: Sequence[Case], found: Cases, rendering: Rendering, occurs: Occurs | None
) -> Problem | None:
    whole = _telling(reason, failed, rendering)
    counts = [case.cover.points(occurs) for case in whole]
    if all(count == 0 for count in counts) and any(case.cover.asked for case in whole):
        return None
    points = None if None in counts else sum(count or 0 for count in counts)
    some = f" (in {_of(points, found.total)}{_where(whole, found)})" if points else ""
    path = f"parameters.{reason.names[0]}" if reason.names else "parameters"
    if rendering.seed_parameter is not None and reason.names == (rendering.seed_parameter,):
        path = "repeats.parameter"
    return Problem(reason.message + some, path=path, hint=reason.hint)


def _telling(reason: Reason, failed: Sequence[Case], rendering: Rendering) -> Sequence[Case]:
    """The cases whose points are meant, each point once.

    A value and the combination that it was tried in may both fail. Argparse names the value; docopt, the combination.
    """
    named = [case for case in failed if case.varied in reason.names]
    combined = [case for case in failed if case.varied is None]
    argparse = rendering.schema is not None and rendering.schema.style == "argparse"
    return (named or combined or failed) if argparse else (combined or named or failed)


def _where(failed: Sequence[Case], found: Cases) -> str:
    told = []
    for name in sorted({case.varied for case in failed if case.varied} or found.varying):
        values = dict.fromkeys(shown(one) for case in failed for one in _tried(case, name))
        everywhere = {shown(one) for case in found.parse if case.varied is None for one in _tried(case, name)}
        if len(values) <= 3 and (failed[0].varied or everywhere > set(values)):
            told.append(f"{name} = {' or '.join(values)}")
    return f", where {', '.join(told[:4])}" if told else ""


def _tried(case: Case, name: str) -> tuple[Value, ...]:
    return case.values if case.varied == name else (case.point.get(name),)


def _of_bad(bad: Bad, total: int, occurs: Occurs | None) -> Problem:
    points = bad.cover.points(occurs)
    some = f" (in {_of(points, total)})" if points else ""
    return Problem(bad.reason.message + some, path=f"parameters.{bad.name}", hint=bad.reason.hint)


def _counted(problem: Problem, found: Cases) -> Problem:
    points = found.mentioned.get(problem.path.removeprefix("parameters."))
    return replace(problem, message=f"{problem.message} (in {_of(points, found.total)})") if points else problem


def _silent(name: str) -> Problem:
    hint = "give it a value that writes something, or take it out"
    return Problem("none of its values reaches the command line", path=f"parameters.{name}", hint=hint)


def _of(points: int, total: int) -> str:
    return f"all {total:,} points" if points == total and total > 1 else f"{points:,} of {total:,} points"


def _told(got: tuple[str, ...] | int) -> str:
    if isinstance(got, int):
        return {0: "false", 1: "true"}.get(got, str(got))
    return ", ".join(repr(one) for one in got) or "nothing"


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raises CheckError if there are any."""
    if problems:
        raise CheckError(problems)
