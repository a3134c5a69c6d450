"""What a launch put into the bucket, as far as its jobs need to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staged:
    """Where a sweep's jobs find their program and leave their output."""

    folder: str
    """``gs://bucket/prefix/<sweep name>/<sweep id>``."""
    package: str | None
    """The package's ``gs://`` address; None where the trainer is in a container."""
    digest: str
    """Of the package; or the image's name."""


def job_dir(folder: str, trial_id: str) -> str:
    """A trial's output folder, which all its attempts share."""
    return f"{folder}/trials/{trial_id}"
