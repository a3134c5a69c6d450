"""The work of ``sweeper export``: the trainer checked and packed, the sweep translated, the job around it written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.backends import registry as backends
from sweeper.backends.cloud.staged import Staged
from sweeper.command import Rendering, render
from sweeper.config import load
from sweeper.driver.elsewhere import unseen
from sweeper.driver.prepare import entries
from sweeper.driver.trainers import interpreter
from sweeper.errors import CheckError
from sweeper.formats import header
from sweeper.formats.losses import Loss, refuse
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import Translation, translate
from sweeper.formats.yamltext import yaml_text
from sweeper.lean import replace
from sweeper.model import Choices, CloudSettings, Job, Parameter, Sweep, Value
from sweeper.search import registry as searches
from sweeper.surroundings import Surroundings
from sweeper.usage.binding import bind
from sweeper.usage.check import SAMPLE, Line, check_points
from sweeper.usage.find import find
from sweeper.usage.load import load_schema
from sweeper.usage.occurs import to_check

if TYPE_CHECKING:
    from sweeper.google.packaging.package import Package
    from sweeper.google.place import Place

_FOLDER = "gs://sweeper/job-dir"
"""Stands for the trial's folder in the check."""


@dataclass(frozen=True)
class Exported:
    """A file, and what is to be said about it."""

    text: str
    losses: tuple[Loss, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Up:
    """What is in the bucket, or would be."""

    folder: str
    package: str | None
    addresses: Mapping[Value, str]
    place: Place | None = None


def exported(parsed: Mapping[str, Any], here: Surroundings) -> Exported:
    """Everything that the command prints. Raises UserError for what is wrong and for what the format cannot say."""
    to = parsed["--to"]
    sweep = load(parsed["<config>"], backends=tuple(backends.BACKENDS), backend=to)
    rendering, source = _checked(sweep, here)
    can = FORMATS[to].can
    translate_now = translate(sweep, rendering, can)
    if not parsed["--lossy"]:
        refuse(translate_now.losses, title=can.title, where=sweep.path)
    package = _package(sweep, source, here)
    up = _staged(sweep, package, parsed, here) if parsed["--stage"] else _not_staged(sweep, package)
    found = translate(_addressed(sweep, up.addresses), rendering, can)
    document = FORMATS[to].write(found.study, _job(sweep, found, rendering, up, here), name=sweep.name)
    about = _about(sweep, package, up, rendering, parsed, here)
    text = header.header(about, found.losses, found.notes) + yaml_text(document)
    return Exported(text, found.losses, found.notes)


def _checked(sweep: Sweep, here: Surroundings) -> tuple[Rendering, Path]:
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


def _package(sweep: Sweep, source: Path, here: Surroundings) -> Package | None:
    from sweeper.google.packaging.build import build  # a config that cannot be exported does without

    if sweep.trainer.image is not None:
        return None
    package = build(sweep.trainer, source=source, cwd=here.cwd, environ=here.environ)
    for warning in package.warnings:
        here.say(f"note: {warning}")
    return package


def _not_staged(sweep: Sweep, package: Package | None) -> _Up:
    folder = header.NOT_STAGED
    addresses: dict[Value, str] = {entry: header.placed(entry, folder) for entry in sweep.stage}
    return _Up(folder, f"{folder}/{package.filename}" if package else None, addresses)


def _staged(sweep: Sweep, package: Package | None, parsed: Mapping[str, Any], here: Surroundings) -> _Up:
    from sweeper.commands.line import line_on
    from sweeper.commands.uploading import shown_on
    from sweeper.driver import stage
    from sweeper.driver.targets import place_of
    from sweeper.google import staging
    from sweeper.google.client import make_google
    from sweeper.google.packaging.verify import verify

    place = place_of(sweep.backend, here, sweep)
    staged = staging.find(sweep.stage, cwd=here.cwd, folder=place.folder, where=sweep.path)
    if package is not None and not parsed["--no-verify"]:
        python, cache = interpreter(sweep.trainer, here), here.home / "verified"
        verify(package, sweep.trainer, python=python, cache=cache, environ=here.environ, say=here.say)
    google = make_google(here, impersonate=here.flags.get("impersonate"))
    storage = google.storage()
    try:
        stage.need_bucket(google, storage, place)
        with line_on(here) as line:
            stage.upload(package, staged, storage, place, here, uploading=shown_on(line, here))
    finally:
        google.close()
    return _Up(place.folder, stage.address(place, package), staging.addresses(staged), place)


def _addressed(sweep: Sweep, addresses: Mapping[Value, str]) -> Sweep:
    """The sweep with the addresses of what is staged in place of the files' own paths."""
    space = sweep.space
    together = tuple(
        replace(one, values={name: _replaced(rows, addresses) for name, rows in one.values.items()})
        for one in space.together
    )
    parameters = tuple(_passed(one, addresses) for one in space.parameters)
    return replace(sweep, space=replace(space, parameters=parameters, together=together))


def _passed(one: Parameter, addresses: Mapping[Value, str]) -> Parameter:
    when = {name: _replaced(values, addresses) for name, values in one.when.items()}
    domain = one.domain
    if isinstance(domain, Choices):
        domain = Choices(_replaced(domain.values, addresses))
    return replace(one, domain=domain, when=when)


def _replaced(values: tuple[Value, ...], addresses: Mapping[Value, str]) -> tuple[Value, ...]:
    return tuple(
        _replaced(one, addresses)
        if isinstance(one, tuple)
        else addresses.get(one, one)
        if isinstance(one, str)
        else one
        for one in values
    )


def _job(sweep: Sweep, found: Translation, rendering: Rendering, up: _Up, here: Surroundings) -> dict[str, Any]:
    """What every trial of the service's is, but for its parameters."""
    args = render(rendering, found.constants, placeholders=SAMPLE, seed=found.seed)
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    staged = Staged(f"{up.folder}/{sweep.name}", up.package, "")
    region = _region(sweep, up, here)
    if sweep.backend == "mlengine":
        from sweeper.backends.mlengine.body import body

        job = Job(sweep.name, "", 1, args, sweep.trainer)
        training: dict[str, Any] = body(job, settings, staged, region=region or "")["trainingInput"]
        return {key: value for key, value in training.items() if value and key != "jobDir"}
    from sweeper.backends.vertex import body as vertex

    job = Job(sweep.name, "", 1, args, sweep.trainer, timeout=sweep.limits.timeout)
    spec: dict[str, Any] = vertex.body(job, settings, staged, region=region or "us-central1")["jobSpec"]
    base = spec.pop("baseOutputDirectory")
    pools = [_without_ours(pool) for pool in spec.pop("workerPoolSpecs")]
    output = {"baseOutputDirectory": {**base, "outputUriPrefix": f"{staged.folder}/tuning"}} if up.place else {}
    return {"workerPoolSpecs": pools, **spec, **output}


def _without_ours(pool: dict[str, Any]) -> dict[str, Any]:
    """A pool without the variables that sweeper sets for each trial, which here it does not."""
    for key in ("pythonPackageSpec", "containerSpec"):
        if key in pool:
            env = [one for one in pool[key]["env"] if not one["name"].startswith("SWEEPER_")]
            program = {name: value for name, value in pool[key].items() if name != "env" and value != []}
            pool = {**pool, key: {**program, **({"env": env} if env else {})}}
    return pool


def _region(sweep: Sweep, up: _Up, here: Surroundings) -> str | None:
    """As far as it is said in the config, on the command line or by where things are staged: no variable decides."""
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    return up.place.region if up.place else here.flags.get("region") or settings.region


def _about(
    sweep: Sweep,
    package: Package | None,
    up: _Up,
    rendering: Rendering,
    parsed: Mapping[str, Any],
    here: Surroundings,
) -> header.Job:
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    output = parsed["--output"]
    return header.Job(
        to=sweep.backend,
        config=parsed["<config>"],
        file=FORMATS[sweep.backend].file if output in (None, "-") else output,
        name=sweep.name,
        module=sweep.trainer.module,
        package=package.filename if package else None,
        uri=up.package if up.place else None,
        stage=sweep.stage,
        folder=up.folder if up.place else None,
        project=up.place.project if up.place else here.flags.get("project") or settings.project,
        region=_region(sweep, up, here),
        takes_job_dir=_takes_job_dir(sweep, rendering),
    )
