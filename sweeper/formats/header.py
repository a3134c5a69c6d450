"""The comment at the top of an exported file: the commands that run it, and what it does not say."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from sweeper.formats.losses import Loss, in_words
from sweeper.formats.yamltext import comment
from sweeper.lean import dataclass

NOT_STAGED = "gs://NOT-STAGED"
"""Stands for a folder of a bucket. No bucket is called so: names have no capitals."""


@dataclass(frozen=True)
class Job:
    """What the commands need to know."""

    to: str
    config: str
    file: str
    name: str
    module: str
    package: str | None
    """The file's name; None where the trainer is in a container."""
    uri: str | None
    """Where the package was uploaded; None where it was not."""
    stage: tuple[str, ...]
    folder: str | None
    """Where everything was uploaded; None where it was not."""
    project: str | None
    region: str | None
    takes_job_dir: bool
    method: str = ""


def header(job: Job, losses: Sequence[Loss], notes: Sequence[str]) -> str:
    """The comment, with an empty line after it."""
    lines = [f"Made by: {' '.join(_export(job))}", "", *(f"  {line}" for line in _commands(job))]
    if job.method == "service" and not losses:
        launch = f"sweeper launch {shlex.quote(job.config)} --backend={job.to}"
        lines += ["", f"`{launch}` creates the same tuning job, and keeps its results."]
    if job.folder is None and _needs_upload(job):
        lines += ["", *_placeholder(job)]
    if losses:
        lines += ["", "Lost, since this format cannot say it:", *(f"  {line}" for line in in_words(losses))]
    if notes:
        lines += ["", *(f"note: {line}" for line in notes)]
    return comment("\n".join(lines)) + "\n"


def _needs_upload(job: Job) -> bool:
    return job.package is not None or bool(job.stage)


def _export(job: Job) -> list[str]:
    return ["sweeper", "export", shlex.quote(job.config), f"--to={job.to}"]


def _commands(job: Job) -> Iterator[str]:
    if job.package is not None and job.folder is None:
        yield f"sweeper package {shlex.quote(job.config)} --out=dist"
        if job.to == "vertex":
            yield f"gcloud storage cp {shlex.quote(f'dist/{job.package}')} gs://BUCKET/FOLDER/"
    if job.folder is None:
        for entry in job.stage:
            target = shlex.quote(placed(entry, "gs://BUCKET/FOLDER"))
            yield f"gcloud storage cp --recursive {shlex.quote(entry)} {target}"
    yield " ".join(_submit(job))


def _submit(job: Job) -> Iterator[str]:
    region = [f"--region={job.region or 'REGION'}"]
    project = [f"--project={job.project}"] if job.project else []
    config = [f"--config={shlex.quote(job.file)}"]
    if job.to == "vertex":
        yield from ["gcloud ai hp-tuning-jobs create", *project, *region, f"--display-name={job.name}", *config]
        return
    yield from ["gcloud ai-platform jobs submit training NAME", *project, *region, *config]
    if job.package is not None:
        # gcloud takes packages from its own command line only: without the flag it would empty packageUris.
        yield f"--packages={shlex.quote(job.uri or f'dist/{job.package}')}"
        yield f"--module-name={job.module}"
    if job.takes_job_dir:
        yield f"--job-dir={f'{job.folder}/{job.name}' if job.folder else 'gs://BUCKET'}/NAME"
    elif job.package is not None and not job.folder:
        yield "--staging-bucket=gs://BUCKET"


def _placeholder(job: Job) -> Iterator[str]:
    yield f"Nothing is uploaded yet: {NOT_STAGED} below stands for your gs://BUCKET/FOLDER."
    if job.to == "mlengine" and not job.stage:
        yield "gcloud itself uploads what --packages names, and puts its address in that place."
    yield f"`{' '.join(_export(job))} --stage` uploads everything and writes the addresses."


def placed(entry: str, folder: str) -> str:
    """Where a file of ``stage:`` would be in a folder."""
    return f"{folder}/{entry.removeprefix('./').lstrip('/')}"
