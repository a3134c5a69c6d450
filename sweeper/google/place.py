"""Where a sweep's cloud jobs run and what pays for it: project, region and bucket, from wherever they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sweeper.config.forms import BUCKET, PROJECT, REGION
from sweeper.errors import Problem, ProblemsError
from sweeper.google import gcloud
from sweeper.google.endpoints import endpoints, is_loopback
from sweeper.model import CloudSettings
from sweeper.surroundings import Surroundings

EMULATED = {"project": "emulator", "region": "us-central1", "bucket": "gs://sweeper-emulator/sweeps"}
"""What holds on a server of this machine where nothing else is said: nobody has to sign up for it."""
FORMS = {"project": PROJECT, "region": REGION, "bucket": BUCKET}
# gcloud reads CLOUDSDK_<SECTION>_<PROPERTY> before its files. Of Google's libraries, google-auth reads the first two
# of project, and the Vertex AI SDK the first of region.
VARIABLES = {
    "project": ("SWEEPER_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    "region": ("SWEEPER_REGION", "GOOGLE_CLOUD_REGION", "CLOUDSDK_AI_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "bucket": ("SWEEPER_BUCKET",),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A project, a region of it, and a folder in a bucket."""

    project: str
    region: str
    bucket: str
    """The bucket's name alone."""
    prefix: str = ""
    """The folder in it, without slashes around it; empty for the bucket itself."""
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Where each of ``project``, ``region`` and ``bucket`` was said: ``--region``, ``vertex.bucket``, a variable."""

    @property
    def folder(self) -> str:
        """``gs://bucket/prefix``, no slash at the end."""
        return f"gs://{self.bucket}/{self.prefix}".rstrip("/")

    def as_json(self) -> dict[str, str]:
        """What identifies the place, in plain values; ``from_json`` takes it back."""
        return {"project": self.project, "region": self.region, "bucket": self.folder}


def from_json(written: Mapping[str, str], sources: Mapping[str, str] | None = None) -> Place:
    """The place that ``as_json`` wrote down."""
    bucket, _, prefix = written["bucket"].removeprefix("gs://").partition("/")
    return Place(written["project"], written["region"], bucket, prefix.strip("/"), sources or {})


def resolve(settings: CloudSettings, here: Surroundings, *, backend: str) -> Place:
    """The first answer for each: command line, config, variables, then what this machine's gcloud is set to.

    Raises ProblemsError that names all that is missing or wrong, each with what to type.
    """
    found: dict[str, str] = {}
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for name, form in FORMS.items():
        value, source = next(_said(name, settings, here, backend), ("", ""))
        if not source:
            problems.append(_missing(name, backend))
        elif not re.fullmatch(form.pattern, value):
            hint = f"for example {form.example}"
            problems.append(Problem(f"expected {form.says}, got '{value}'", where=source, hint=hint))
        found[name], sources[name] = value, source
    if problems:
        raise ProblemsError(problems)
    return from_json(found, sources)


def _said(name: str, settings: CloudSettings, here: Surroundings, backend: str) -> Iterator[tuple[str, str]]:
    """(value, where it was said), the strongest first."""
    if value := here.flags.get(name):
        yield value, f"--{name}"
    if value := getattr(settings, name):
        yield value, f"{backend}.{name}"
    for variable in VARIABLES[name]:
        if value := here.environ.get(variable):
            yield value, variable
    if on_loopback(here):
        yield EMULATED[name], "the emulator's default"
    else:  # a server of this machine has no use for what somebody's gcloud is set to
        yield from gcloud.said(name, here)


def on_loopback(here: Surroundings) -> bool:
    """``SWEEPER_ENDPOINT`` points to this machine itself."""
    return is_loopback(urlsplit(endpoints(here.environ).override or "").hostname or "")


def _missing(name: str, backend: str) -> Problem:
    """What to type for something that is said nowhere."""
    value = FORMS[name].example.partition(";")[0]
    hint = f"write --{name}={value}, or {backend}: {{{name}: {value}}} in the config, or set {VARIABLES[name][0]}"
    if section := {"project": "project", "region": "ai/region"}.get(name):
        hint += f", or say `gcloud config set {section} {value}`"
    return Problem(f"the {name} is not known", path=f"{backend}.{name}", hint=hint)
