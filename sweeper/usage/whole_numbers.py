"""Where a trainer's source makes a whole number of an option's text in a way that ``32.0`` would not survive.

A service keeps the values of a DISCRETE parameter as floating-point numbers, and may write them so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sweeper.errors import Problem
from sweeper.lean import dataclass
from sweeper.usage.conversions import conversions, source_of


@dataclass(frozen=True, slots=True)
class Listed:
    """An option whose listed values are whole numbers."""

    parameter: str
    """As the config calls it."""
    option: str
    """With its dashes."""
    text: str
    """One of its values as the service may write it."""


def warn_of_whole_numbers(sources: Mapping[str, str], options: Sequence[Listed], *, known: bool) -> list[Problem]:
    """One warning for each option that would fail, and one for all whose fate the sources do not tell.

    ``sources`` are the texts of the trainer's files by their names; ``known``: the parser itself has been asked, so
    that only what the program does with an option afterwards is looked at.
    """
    source = source_of(sources)
    warnings: list[Problem] = []
    unsure: list[Listed] = []
    for one in options:
        found = list(conversions(source, one.option))
        fatal = [where for where, how in found if how == "int"]
        if fatal:
            warnings.append(_fatal(one, fatal[0]))
        elif not found and not known:
            unsure.append(one)
    if unsure:
        written = " or ".join(f"{one.option}={one.text}" for one in unsure)
        message = f"the service may pass {written}: the trainer's source does not show whether it takes that"
        hint = "where a whole number is needed, int(float(text)) takes both spellings"
        warnings.append(Problem(message, path=f"parameters.{unsure[0].parameter}", hint=hint))
    return warnings


def _fatal(one: Listed, where: str) -> Problem:
    message = f"the service may pass {one.option}={one.text}, and int('{one.text}') fails"
    return Problem(message, where, f"parameters.{one.parameter}", "write int(float(...)) there")
