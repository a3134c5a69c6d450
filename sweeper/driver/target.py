"""Where a sweep's trials run, as far as their command lines show it: output folders, and who passes ``--job-dir``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.backends.local.folder import attempt_of
from sweeper.lean import dataclass, field
from sweeper.model import Point, Sweep, Value
from sweeper.usage.check import Line

if TYPE_CHECKING:  # a local launch does without
    from sweeper.google.place import Place

SAMPLE_TRIAL = "0" * 16


@dataclass(frozen=True)
class Target:
    """What the command lines of a sweep depend on besides its points."""

    job_dir: Callable[[str, str], str]
    """Sweep id, trial id -> the trial's output folder."""
    appends_job_dir: bool = False
    """The service itself adds ``--job-dir <folder>`` to every command line."""
    addresses: Mapping[Value, str] = field(default_factory=dict)
    """Files of this machine that are staged, and where the trials find them."""
    place: Place | None = None
    """Project, region and bucket; None where trials run on this machine."""

    @property
    def is_cloud(self) -> bool:
        """Trials run elsewhere, and cost money."""
        return self.place is not None

    def appended(self, sweep_id: str, trial_id: str) -> tuple[str, ...]:
        """What the service itself puts behind the arguments of a trial."""
        return ("--job-dir", self.job_dir(sweep_id, trial_id)) if self.appends_job_dir else ()

    def line(self, sweep: Sweep) -> Line:
        """How the check completes the command lines."""
        sweep_id = f"{sweep.name}-000000"
        job_dir = None if self.appends_job_dir else self.job_dir(sweep_id, SAMPLE_TRIAL)
        return Line(job_dir=job_dir, extras=self.appended(sweep_id, SAMPLE_TRIAL))

    def study_line(self, sweep: Sweep) -> Line:
        """The same where a tuning service completes them: it names folders of its own, or none."""
        return Line(job_dir=None, extras=self.appended(f"{sweep.name}-000000", "1"))

    def passed(self, point: Point) -> Point:
        """The point with the addresses of what is staged in place of the files' own paths."""
        if not self.addresses:
            return point
        return {name: self._address(value) for name, value in point.items()}

    def _address(self, value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(self._address(one) for one in value)
        if not isinstance(value, str):
            return value
        if value in self.addresses:
            return self.addresses[value]
        return ",".join(self.addresses.get(part, part) for part in value.split(","))  # a list, as many programs take it


def local_target(home: Path) -> Target:
    """Trials of this machine."""
    return Target(lambda sweep_id, trial_id: attempt_of(home, sweep_id, trial_id, 1).output)


def cloud_target(sweep: Sweep, place: Place, addresses: Mapping[Value, str]) -> Target:
    """Trials whose output folders are in a bucket."""

    def job_dir(sweep_id: str, trial_id: str) -> str:
        return f"{sweep_folder(place, sweep.name, sweep_id)}/trials/{trial_id}"

    return Target(job_dir, sweep.backend == "mlengine", addresses, place)


def sweep_folder(place: Place, name: str, sweep_id: str) -> str:
    """Everything of one sweep in the bucket."""
    return f"{place.folder}/{name}/{sweep_id}"
