"""The command lines that a tuning service completes with values of its own spelling, read by the trainer's parser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sweeper.errors import Problem
from sweeper.lean import dataclass
from sweeper.usage.check import parsed
from sweeper.usage.outcome import Outcome, Reached
from sweeper.usage.schema import Option, Schema


@dataclass(frozen=True, slots=True)
class Completed:
    """A command line that is there to try one value."""

    parameter: str
    """As the config calls it."""
    option: str
    """With its dashes."""
    text: str
    """The value as the service writes it."""
    argv: tuple[str, ...]
    certain: bool = True
    """False for a spelling that the service may choose, but need not."""


def check_service_values(schema: Schema, lines: Sequence[Completed]) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings): values that the trainer does not get; a warning is for what only one spelling does."""
    outcomes = parsed(schema, [line.argv for line in lines])
    tried = {_element(schema, line.option) for line in lines}
    refused: dict[tuple[str, str, bool, str], list[str]] = {}
    for line, outcome in zip(lines, outcomes, strict=True):
        for said in _complaint(schema, line, outcome, tried):
            refused.setdefault((line.parameter, line.option, line.certain, said), []).append(line.text)
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for (parameter, option, certain, said), texts in refused.items():
        does = "passes" if certain else "may pass"
        message = f"the service {does} {' or '.join(f'{option}={text}' for text in dict.fromkeys(texts))}: {said}"
        hint = f"{'declare' if certain else 'let'} {option} {_TAKES[certain]} ({schema.where})"
        (problems if certain else warnings).append(Problem(message, path=f"parameters.{parameter}", hint=hint))
    plain = {problem.path for problem in problems}
    return problems, [warning for warning in warnings if warning.path not in plain]


def all_refused(schema: Schema, lines: Sequence[Completed]) -> bool:
    """Whether the trainer takes none of them, with values of whatever spelling."""
    outcomes = parsed(schema, [line.argv for line in lines])
    return not any(isinstance(outcome, Reached) for outcome in outcomes)


_TAKES = {
    True: "so that it takes each of its values",
    False: "take a whole number that is written so: int(float(text))",
}


def _complaint(schema: Schema, line: Completed, outcome: Outcome, tried: set[str]) -> Iterator[str]:
    """``tried`` are the options that have lines of their own, on which what is wrong with them is told."""
    element = _element(schema, line.option)
    if isinstance(outcome, Reached):
        got = outcome.values.get(element)
        if got != (line.text,):
            yield f"it does not arrive as the value of {element}"
        return
    messages = [said.replace(repr(line.text), "it") for name, said in outcome.said if name not in tried - {element}]
    if messages:
        yield f"{schema.style} says: {messages[0]}"
    elif not outcome.said:
        yield "the trainer's usage does not take it"


def _element(schema: Schema, option: str) -> str:
    return next((one.name for one in schema.options if _is(one, option)), option)


def _is(option: Option, name: str) -> bool:
    return name in option.names
