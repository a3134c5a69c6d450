"""A sweep that a tuning service will run: what it is asked, or everything that it cannot be asked, at once.

Imported only where one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sweeper.command import Rendering
from sweeper.driver.asked import Asked, asked
from sweeper.driver.elsewhere import sources, unreported
from sweeper.driver.service_lines import completed, listed
from sweeper.driver.target import Target
from sweeper.errors import Problem, UserError
from sweeper.formats.addressed import addressed
from sweeper.formats.asked import is_searched, sayable, unsayable
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.lean import dataclass
from sweeper.model import Sweep
from sweeper.usage.service_values import all_refused, check_service_values
from sweeper.usage.whole_numbers import warn_of_whole_numbers


@dataclass(frozen=True)
class Looked:
    """A study, or all that is wrong with it."""

    asked: Asked | None
    """None where there is a problem, told before or found here."""
    problems: list[Problem]
    warnings: list[Problem]


def look(
    sweep: Sweep, target: Target, rendering: Rendering, trainer_file: Path, *, told: Sequence[Problem] = ()
) -> Looked:
    """What the service is asked. ``told`` is what is known to be wrong with the command lines.

    The service's values are tried although something else is wrong: with what is left once that is taken out.
    """
    wrong = {problem.path.removeprefix("parameters.") for problem in told}
    bound = {step.name for step in rendering.steps}
    lost = unsayable(addressed(sweep, target.addresses), rendering, unknown=wrong - bound)
    whole = not (told or lost)
    rest = sweep if whole else sayable(sweep, wrong)
    theirs = addressed(rest, target.addresses)
    if not whole and not is_searched(theirs, rendering):
        return Looked(None, lost, [])
    try:
        found = translate(theirs, rendering, FORMATS[sweep.backend].can)
        made = asked(rest, theirs, found, rendering)
    except UserError as error:
        return Looked(None, [*lost, *error.problems], [])
    problems, warnings = _values(rest, made, target, rendering, trainer_file, broken=bool(told))
    return Looked(made if whole and not problems else None, [*lost, *problems], warnings)


def _values(
    sweep: Sweep, made: Asked, target: Target, rendering: Rendering, trainer_file: Path, *, broken: bool
) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings) of the command lines as the service completes them, and of how it learns the metric.

    ``broken``: they may all fail for a reason that is told already, and then they show nothing.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    schema = rendering.schema
    if schema is not None:
        lines = completed(made, target.study_line(sweep).extras)
        if not (broken and all_refused(schema, lines)):
            problems, warnings = check_service_values(schema, lines)
    texts = sources(trainer_file)
    told = {problem.path for problem in (*problems, *warnings)}
    options = [one for one in listed(made) if f"parameters.{one.parameter}" not in told]
    asks = schema is not None and schema.style == "argparse"
    warnings += warn_of_whole_numbers(texts, options, known=asks)
    return problems, warnings + unreported(sweep, texts)
