"""The stage on which jobs are only acted: each takes the same time and leaves a metric made of its arguments."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sweeper.emulator.clock import Clock, Timer
from sweeper.emulator.runner import command
from sweeper.emulator.runner.desk import Line, Report
from sweeper.emulator.runner.packages import CannotRun, Objects, split
from sweeper.emulator.runner.work import ENDED, NO_QUOTA, Event, JobFault, JobState, Work

NEVER = math.inf
JOB_DIR = ("--job-dir", "--job_dir")


@dataclass(slots=True, eq=False)
class Played:
    """A job that has its turn; it costs one call that the clock has to make."""

    work: Work
    stage: Simulation
    report: Report
    timer: Timer | None = None

    def stop(self, state: JobState) -> None:
        """End it now."""
        self.stage.end(self, state)


class Simulation:
    """Runs no process."""

    def __init__(self, seconds: float, *, clock: Clock, objects: Objects) -> None:
        self._seconds = seconds
        self._clock = clock
        self._objects = objects
        self._running: dict[str, Played] = {}
        self._logs: dict[str, tuple[Line, ...]] = {}
        self._reports: dict[str, str] = {}

    def begin(self, work: Work, fault: JobFault | None, report: Report) -> Played:
        """Its first events are told at once, its end by the clock."""
        played = self._running[work.name] = Played(work, self, report)
        self._tell(played, "preparing")
        try:
            command.refuse(work)
        except CannotRun as error:
            self._tell(played, "failed", message=str(error))
            return played
        if fault == "quota":
            self._tell(played, "failed", message=NO_QUOTA, quota=True)
            return played
        self._logs[work.name] = ((self._clock.now(), "INFO", f"Running command: {command.shown(work)}"),)
        self._tell(played, "running")
        self._wind_up(played, *self._fate(work, fault))
        return played

    def end(self, played: Played, state: JobState) -> None:
        """Leave the metric, if it got so far, and say how it ended."""
        if self._running.get(played.work.name) is not played:
            return
        if played.timer is not None:
            played.timer.cancel()
        try:
            if state == "succeeded":
                self._write_metric(played.work)
        except Exception as error:  # whatever the buckets have against it is this job's misfortune alone
            self._tell(played, "failed", message=f"the output folder cannot be written to: {error}")
        else:
            self._tell(played, state, code=0 if state == "succeeded" else None)

    def log(self, name: str) -> Sequence[Line]:
        """Its command line and its end. It does not survive the emulator."""
        return self._logs.get(name, ())

    def reported(self, name: str) -> str:
        """One report, of a job that has ended well and runs a trial."""
        return self._reports.get(name, "")

    async def close(self, *, kill: bool) -> None:
        """Nothing goes on in either case: on a clock that stands still nothing would ever end."""
        for played in self._running.values():
            if played.timer is not None:
                played.timer.cancel()

    def _fate(self, work: Work, fault: JobFault | None) -> tuple[float, JobState]:
        fate: tuple[float, JobState] = (self._seconds, "succeeded")
        if fault == "preempt":
            fate = (self._seconds * number_of(work.name), "preempted")
        elif fault == "hang":
            fate = (NEVER, "timeout")
        return fate if work.timeout is None or fate[0] <= work.timeout else (work.timeout, "timeout")

    def _wind_up(self, played: Played, lasts: float, state: JobState) -> None:
        if lasts != NEVER:
            played.timer = self._clock.call_at(self._clock.now() + lasts, lambda: self.end(played, state))

    def _write_metric(self, work: Work) -> None:
        if tag := work.env.get("CLOUD_ML_HP_METRIC_TAG"):
            report = {tag: str(number_of(*_own_args(work))), "global_step": "1", "timestamp": self._clock.now()}
            self._reports[work.name] = json.dumps(report) + "\n"
        if work.job_dir:
            row = {"step": 1, "accuracy": number_of(*_own_args(work)), "time": self._clock.now()}
            bucket, name = split(f"{work.job_dir.rstrip('/')}/metrics.jsonl")
            self._objects.write(bucket, name, (json.dumps(row) + "\n").encode())

    def _tell(
        self, played: Played, state: JobState, *, code: int | None = None, message: str = "", quota: bool = False
    ) -> None:
        now, name = self._clock.now(), played.work.name
        if state in ENDED:
            del self._running[name]
            severity = "INFO" if state == "succeeded" else "ERROR"
            self._logs[name] = (*self._logs.get(name, ()), (now, severity, message or f"The job has ended: {state}."))
        played.report(Event(name, state, now, code, message, quota))


def number_of(*words: str) -> float:
    """A number in [0, 1) that depends on the words alone."""
    content = "\0".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(content).digest()[:6], "big") / 2**48


def _own_args(work: Work) -> list[str]:
    """The arguments without the output folder, which differs between services, sweeps and attempts."""
    kept: list[str] = []
    skip = False
    for arg in work.args:
        if not skip and arg.partition("=")[0] not in JOB_DIR:
            kept.append(arg)
        skip = not skip and arg in JOB_DIR
    return kept
