"""The work of ``sweeper export``: the trainer checked and packed, the sweep translated, the job around it written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.command import Rendering
from sweeper.commands.exporting.files import Files, not_staged, staged
from sweeper.commands.exporting.job import job_of, region_of
from sweeper.commands.exporting.source import source
from sweeper.driver.elsewhere import unseen
from sweeper.driver.prepare import entries
from sweeper.driver.trainers import interpreter
from sweeper.errors import CheckError
from sweeper.formats import header
from sweeper.formats.addressed import addressed
from sweeper.formats.losses import Loss, refuse
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.formats.yamltext import yaml_text
from sweeper.lean import replace
from sweeper.model import CloudSettings, Sweep
from sweeper.search import registry as searches
from sweeper.surroundings import Surroundings
from sweeper.usage.binding import bind
from sweeper.usage.check import Line, check_points
from sweeper.usage.find import find
from sweeper.usage.load import load_schema
from sweeper.usage.occurs import to_check

if TYPE_CHECKING:
    from sweeper.google.packaging.package import Package

_FOLDER = "gs://sweeper/job-dir"
"""Stands for the trial's folder in the check."""


@dataclass(frozen=True)
class Exported:
    """A file, and what is to be said about it."""

    text: str
    losses: tuple[Loss, ...]
    notes: tuple[str, ...]


def exported(parsed: Mapping[str, Any], here: Surroundings) -> Exported:
    """Everything that the command prints. Raises UserError for what is wrong and for what the format cannot say."""
    to = parsed["--to"]
    sweep = source(parsed["<config>"], to=to, here=here)
    rendering, trainer_file = checked(sweep, here)
    can = FORMATS[to].can
    losses = translate(sweep, rendering, can).losses
    if not parsed["--lossy"]:
        refuse(losses, title=can.title, where=sweep.path)
    package = _package(sweep, trainer_file, here)
    verified = not parsed["--no-verify"]
    up = staged(sweep, package, here, verified=verified) if parsed["--stage"] else not_staged(sweep, package)
    found = translate(addressed(sweep, up.addresses), rendering, can)
    document = FORMATS[to].write(found.study, job_of(sweep, found, rendering, up, here), name=sweep.name)
    about = _about(sweep, package, up, rendering, parsed, here)
    text = header.header(about, found.losses, found.notes) + yaml_text(document)
    return Exported(text, found.losses, found.notes)


def checked(sweep: Sweep, here: Surroundings) -> tuple[Rendering, Path]:
    """How the trainer takes the parameters, and its source. Raises CheckError with all that it would refuse."""
    python = interpreter(sweep.trainer, here)
    path = entries(here.python_path(sweep.trainer.env))
    schema = load_schema(sweep.trainer, cwd=here.cwd, python_path=path, python=python)
    found = find(sweep.trainer, cwd=here.cwd, python_path=path, python=python)
    names = [parameter.name for parameter in sweep.space.parameters]
    names += [name for rows in sweep.space.together for name in rows.values]
    names += [name for point in sweep.points for name in point]
    rendering = bind(schema, dict.fromkeys(names), seed_parameter=sweep.repeats.parameter)
    shapes, occurs = to_check(sweep, searches.make(sweep))
    extras = ("--job-dir", _FOLDER) if _takes_job_dir(sweep, rendering) else ()
    problems = check_points(rendering, shapes, line=Line(job_dir=None, extras=extras), occurs=occurs)
    problems += unseen(sweep, here.cwd)
    if problems:
        raise CheckError([replace(one, where=one.where or sweep.path) for one in problems])
    for warning in rendering.warnings:
        here.say(f"note: {warning}")
    return rendering, found.file


def _takes_job_dir(sweep: Sweep, rendering: Rendering) -> bool:
    """ML Engine appends ``--job-dir``, where the job has one; Vertex AI never does."""
    return sweep.backend == "mlengine" and rendering.job_dir is not None


def _package(sweep: Sweep, trainer_file: Path, here: Surroundings) -> Package | None:
    from sweeper.google.packaging.build import build  # a config that cannot be exported does without

    if sweep.trainer.image is not None:
        return None
    package = build(sweep.trainer, source=trainer_file, cwd=here.cwd, environ=here.environ)
    for warning in package.warnings:
        here.say(f"note: {warning}")
    return package


def _about(
    sweep: Sweep,
    package: Package | None,
    up: Files,
    rendering: Rendering,
    parsed: Mapping[str, Any],
    here: Surroundings,
) -> header.Job:
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    output = parsed["--output"]
    return header.Job(
        to=sweep.backend,
        config=sweep.path,
        file=FORMATS[sweep.backend].file if output in (None, "-") else output,
        name=sweep.name,
        module=sweep.trainer.module,
        package=package.filename if package else None,
        uri=up.package if up.place else None,
        stage=sweep.stage,
        folder=up.folder if up.place else None,
        project=up.place.project if up.place else here.flags.get("project") or settings.project,
        region=region_of(sweep, up, here),
        takes_job_dir=_takes_job_dir(sweep, rendering),
        method=sweep.method,
    )
