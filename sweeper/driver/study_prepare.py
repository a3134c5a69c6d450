"""A sweep that a tuning service will run: what it is asked, or everything that it cannot be asked.

Imported only where one does.
"""

from __future__ import annotations

from pathlib import Path

from sweeper.command import Rendering
from sweeper.driver.asked import Asked, asked
from sweeper.driver.elsewhere import sources, unreported
from sweeper.driver.service_lines import completed, listed
from sweeper.driver.target import Target
from sweeper.errors import Problem
from sweeper.formats.addressed import addressed
from sweeper.formats.asked import study_of
from sweeper.model import Sweep
from sweeper.usage.service_values import check_service_values
from sweeper.usage.whole_numbers import warn_of_whole_numbers


def ask(sweep: Sweep, target: Target, rendering: Rendering) -> Asked:
    """The study. Raises UserError that lists what the service has no words for."""
    theirs = addressed(sweep, target.addresses)
    return asked(sweep, theirs, study_of(theirs, rendering), rendering)


def check(
    sweep: Sweep, made: Asked, target: Target, rendering: Rendering, trainer_file: Path
) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings) of the command lines as the service completes them, and of how it learns the metric."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    schema = rendering.schema
    if schema is not None:
        lines = completed(made, target.study_line(sweep).extras)
        problems, warnings = check_service_values(schema, lines)
    texts = sources(trainer_file)
    told = {problem.path for problem in (*problems, *warnings)}
    options = [one for one in listed(made) if f"parameters.{one.parameter}" not in told]
    asks = schema is not None and schema.style == "argparse"
    warnings += warn_of_whole_numbers(texts, options, known=asks)
    return problems, warnings + unreported(sweep, texts)
