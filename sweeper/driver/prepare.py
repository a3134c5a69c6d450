"""From a sweep to work that can be done: the trainer's usage found, every command line checked, names bound."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.command import Rendering, render
from sweeper.config.places import in_file_order
from sweeper.driver import targets
from sweeper.driver.elsewhere import unread, unseen
from sweeper.driver.requirements import missing
from sweeper.driver.spending import price_of
from sweeper.driver.target import Target
from sweeper.driver.trainers import interpreter, with_path
from sweeper.driver.work import Work
from sweeper.errors import CheckError, Problem, UserError
from sweeper.lean import dataclass, replace
from sweeper.model import Sweep, Trial
from sweeper.search import registry
from sweeper.search.protocol import Search
from sweeper.search.told import Told
from sweeper.search.trials import total, trial
from sweeper.surroundings import Surroundings
from sweeper.usage.binding import bind
from sweeper.usage.check import check_points
from sweeper.usage.find import find
from sweeper.usage.load import load_schema
from sweeper.usage.occurs import to_check

if TYPE_CHECKING:  # only a tuning service needs it
    from sweeper.driver.asked import Asked
    from sweeper.driver.study_prepare import Looked


@dataclass(frozen=True)
class Prepared:
    """A sweep whose every command line the trainer would take."""

    sweep: Sweep
    search: Search
    rendering: Rendering
    trainer_file: Path
    """The source that the trials will run."""
    python: str
    """The interpreter that will run them."""
    target: Target
    warnings: tuple[Problem, ...] = ()
    price: float = 0.0
    """US dollars an hour of one running job, where ``limits.cost`` needs it."""
    asked: Asked | None = None
    """What a tuning service is asked; None where sweeper itself proposes the trials."""

    @property
    def total(self) -> int:
        """Trials; an upper bound where the search is not exact."""
        if self.asked is not None:
            return self.asked.study.trials
        return total(self.search, self.sweep)

    def trial(self, number: int) -> Trial:
        """Trial by number."""
        return trial(self.search, self.sweep, number)

    def args(self, trial: Trial, *, sweep_id: str) -> tuple[str, ...]:
        """The trainer's arguments for one trial of a sweep with that id, without what the service appends."""
        folder = self.target.job_dir(sweep_id, trial.id)
        placeholders = {"job_dir": folder, "sweep": sweep_id, "trial": trial.id, "seed": str(trial.seed)}
        seed = trial.seed if self.rendering.seed_parameter is not None else None
        passed = None if self.target.appends_job_dir else folder
        point = self.target.passed(trial.point)
        return render(self.rendering, point, placeholders=placeholders, job_dir=passed, seed=seed)

    def work(self, sweep_id: str, *, digest: str, parallel: int | None = None, warm: tuple[Told, ...] = ()) -> Work:
        """The same, under the id that a launch gave it."""
        return Work(
            self.sweep,
            sweep_id,
            self.total,
            self.search.count,
            self.trial,
            partial(self.args, sweep_id=sweep_id),
            digest,
            parallel=parallel or self.sweep.limits.parallel,
            durable=self.target.is_cloud,
            price=self.price,
            search=self.search if self.search.adapts else None,
            warm=warm,
        )


def prepare(sweep: Sweep, here: Surroundings) -> Prepared:
    """Find the trainer, read its usage, check every command line. Raises CheckError with all that is wrong at once."""
    python = interpreter(sweep.trainer, here)
    target = targets.of(sweep, here)
    price = price_of(sweep, target.place, here)
    path = entries(here.python_path(sweep.trainer.env))
    schema = load_schema(sweep.trainer, cwd=here.cwd, python_path=path, python=python)
    found = find(sweep.trainer, cwd=here.cwd, python_path=path, python=python)
    search = registry.make(sweep)
    rendering = bind(schema, _names(sweep), seed_parameter=sweep.repeats.parameter)
    shapes, occurs = to_check(sweep, search)
    is_study = target.is_cloud and sweep.method == "service"
    line = target.study_line(sweep) if is_study else target.line(sweep)
    problems = check_points(rendering, shapes, line=line, occurs=occurs)
    if target.is_cloud:
        problems += unseen(sweep, here.cwd, target.addresses)
        problems += [] if is_study else unread(sweep, found.file)
    made: Looked | None = None
    if is_study:
        from sweeper.driver import study_prepare  # only a tuning service needs it

        made = study_prepare.look(sweep, target, rendering, found.file, told=problems)
        problems += made.problems
    if problems:
        raise CheckError(in_file_order([_located(problem, sweep) for problem in problems], sweep.text))
    running = sweep if target.is_cloud else replace(sweep, trainer=with_path(sweep.trainer, here))
    prepared = Prepared(running, search, rendering, found.file, python, target, rendering.warnings, price)
    if made is None:
        return prepared
    told = tuple(_located(warning, sweep) for warning in made.warnings)
    return replace(prepared, asked=made.asked, warnings=(*prepared.warnings, *told))


def check_requirements(prepared: Prepared, here: Surroundings) -> None:
    """Raises UserError that names what the trainer needs and its interpreter does not have."""
    sweep, python = prepared.sweep, prepared.python
    if prepared.target.is_cloud:
        return  # the package brings them
    names = missing(sweep.trainer.requires, python=python, ours=here.python)
    if names:
        raise UserError(
            f"{python} has no {', '.join(names)}",
            where=sweep.path,
            path="trainer.requires",
            hint=f"{python} -m pip install {' '.join(names)}",
        )


def _names(sweep: Sweep) -> list[str]:
    names = [parameter.name for parameter in sweep.space.parameters]
    names += [name for rows in sweep.space.together for name in rows.values]
    names += [name for point in sweep.points for name in point]
    return list(dict.fromkeys(names))


def entries(python_path: str) -> tuple[str, ...]:
    """The folders of a PYTHONPATH."""
    return tuple(entry for entry in python_path.split(":") if entry)


def _located(problem: Problem, sweep: Sweep) -> Problem:
    return problem if problem.where else replace(problem, where=sweep.path)
