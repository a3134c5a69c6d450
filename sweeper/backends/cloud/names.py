"""From a sweep, a trial and an attempt to the names that the services take, without two ever becoming one."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Protocol

from sweeper.backends.cloud.row import Row

SWEEP, TRIAL, ATTEMPT, PACKAGE = "sweeper-sweep", "sweeper-trial", "sweeper-attempt", "sweeper-package"
"""The labels that every job of ours bears."""
STUDY = "study"
"""Stands in place of a trial where a job is a tuning service's, with many trials in it."""

_HASH = 12
_DIGEST = 16
_LABEL = 63
_DISPLAY = 128
# With "s", the joints, both hashes and ten digits of the attempt: 126 at most.
_SWEEP_PART, _TRIAL_PART = 46, 40


class Wanted(Protocol):
    """What a job is made for, as far as its names go: a trial, or a study."""

    @property
    def id(self) -> str:
        """Ours."""

    @property
    def sweep_id(self) -> str:
        """The sweep's."""

    @property
    def trial_id(self) -> str:
        """The trial's, or STUDY."""

    @property
    def attempt(self) -> int:
        """From 1."""


def job_id(sweep_id: str, trial_id: str, attempt: int) -> str:
    """ML Engine's job id: letters, digits and underscores, a letter first, at most 128.

    What is only letters and digits stays as it is; anything else is cleaned and gets a hash of what it was. No part
    holds two underscores in a row, so that the parts can be told from each other.
    """
    return f"{prefix(sweep_id)}{_part(trial_id, _TRIAL_PART)}__{attempt}"


def prefix(sweep_id: str) -> str:
    """What the ids of a sweep's jobs begin with."""
    if re.fullmatch(rf"[A-Za-z][A-Za-z0-9]{{0,{_SWEEP_PART - 1}}}", sweep_id):
        return f"{sweep_id}__"
    cleaned = _hashed(sweep_id, "_", r"[^A-Za-z0-9]+", _SWEEP_PART)
    return f"{cleaned if cleaned[0].isalpha() else f's{cleaned}'}__"


def prefix_of(job: str) -> str:
    """The prefix that an id of ours begins with."""
    return job.partition("__")[0] + "__"


def label(value: str) -> str:
    """A label's value: lower case letters, digits, dashes and underscores, at most 63.

    What is legal stays as it is, unless it looks like one that was changed; anything else gets a hash of what it was.
    """
    if re.fullmatch(rf"[a-z0-9_-]{{1,{_LABEL}}}", value) and not re.search(rf"-[0-9a-f]{{{_HASH}}}$", value):
        return value
    return _hashed(value.lower(), "-", r"[^a-z0-9_]+", _LABEL - _HASH - 1, original=value)


def labels(job: Wanted, digest: str) -> dict[str, str]:
    """All labels of a job."""
    return {
        SWEEP: label(job.sweep_id),
        TRIAL: label(job.trial_id),
        ATTEMPT: str(job.attempt),
        PACKAGE: package(digest),
    }


def package(digest: str) -> str:
    """The label's value for what a job runs: the beginning of a package's digest, or an image's name made legal."""
    return digest[:_DIGEST] if re.fullmatch("[0-9a-f]{64}", digest) else label(digest)


def display_name(job: Wanted) -> str:
    """What people see in the console; it need not be unique."""
    return f"{job.sweep_id} {job.trial_id} {job.attempt}"[:_DISPLAY]


def called(trial: str) -> str:
    """For people."""
    return "the study" if trial == STUDY else f"trial {trial}"


def renewed_by(job: Wanted) -> str:
    """The command that makes another attempt."""
    return "launch" if job.trial_id == STUDY else "retry"


def is_same(row: Row, job: Wanted) -> bool:
    """Whether a job of the service is this attempt of this trial of this sweep."""
    return (row.sweep, row.trial, row.attempt) == (label(job.sweep_id), label(job.trial_id), job.attempt)


def id_of(row: Row, sweep_id: str) -> str | None:
    """Our id of a job that the service has; None where it is not of this sweep.

    The trial's id is read from the output folder, where it is in full, and checked against the label.
    """
    trial = row.folder.rpartition("/")[2]
    if row.sweep != label(sweep_id) or row.trial != label(trial) or row.attempt < 1:
        return None
    return f"{sweep_id}.{trial}.{row.attempt}"


def _part(text: str, longest: int) -> str:
    if re.fullmatch(rf"[A-Za-z0-9]{{1,{longest}}}", text):
        return text
    return _hashed(text, "_", r"[^A-Za-z0-9]+", longest)


def _hashed(text: str, joint: str, illegal: str, longest: int, *, original: str | None = None) -> str:
    cleaned = re.sub(illegal, joint, text)[:longest].strip(joint)
    digest = sha256((text if original is None else original).encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
    return joint.join(part for part in (cleaned or "x", digest))
