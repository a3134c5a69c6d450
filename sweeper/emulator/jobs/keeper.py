"""Keeps the jobs of all services: on disk first, then with the runner, whose reports are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sweeper.emulator import errors
from sweeper.emulator.clock import Timer
from sweeper.emulator.filters.conditions import Condition
from sweeper.emulator.jobs import projects, table
from sweeper.emulator.jobs.lifecycle import End, Service, advance, ask_to_cancel, finish, relabel
from sweeper.emulator.jobs.projects import Project
from sweeper.emulator.jobs.record import ENDED, Phase, Record
from sweeper.emulator.runner.work import Event, Runner
from sweeper.emulator.state import State
from sweeper.emulator.timestamps import MICRO, to_micros
from sweeper.emulator.tuning.engines.registry import DEFAULT
from sweeper.emulator.tuning.tuner import Tuner
from sweeper.emulator.tuning.tunes import Tunes


class Keeper:
    """Used from the event loop's thread only. ``report`` is for the runner; ``begin`` hands it over when it is made."""

    def __init__(
        self, state: State, services: Iterable[Service], tunes: Iterable[Tunes] = (), *, engine: str = DEFAULT
    ) -> None:
        """``engine`` proposes the trials of tuning jobs that ask for no algorithm."""
        self.state = state
        self._services = {service.collection: service for service in services}
        self._runner: Runner | None = None
        self._waiting: dict[str, Timer] = {}
        state.db.executescript(table.TABLES + projects.TABLE)
        self.tuner = Tuner(state.db, state.clock, self, tunes, engine)

    def begin(self, runner: Runner) -> None:
        """Use this runner from now on, and give it every job that an earlier life of the emulator has not finished."""
        self._runner = runner
        alive = list(table.alive(self.state.db))
        studies = [record for record in alive if self.tuner.takes(record)]
        for record in alive:
            if record in studies:
                continue
            self._hand_over(record)
            if record.phase is Phase.CANCELLING:
                runner.cancel(record.name)
        for record in studies:
            self.tuner.begin(record)

    def project(self, text: str) -> Project:
        """The project that a path means, by id or number."""
        return projects.find_project(self.state.db, text)

    def create(self, record: Record, project: Project) -> Record:
        """Keep a new job and start it. Raises sqlite3.IntegrityError where the name is taken."""
        is_study = self.tuner.takes(record)
        if is_study:
            self.tuner.check(record)
        with self.state.db:
            projects.meet_project(self.state.db, project)
            added = table.add(self.state.db, record)
        if is_study:
            self.tuner.begin(added)
        else:
            self._hand_over(added)
        return added

    def add(self, record: Record) -> Record:
        """Keep and start a job that another one has made."""
        with self.state.db:
            added = table.add(self.state.db, record)
        self._hand_over(added)
        return added

    def cancelled(self, record: Record) -> End:
        """How its service tells that a job was cancelled."""
        return self._service(record).end(record, Event(record.name, "cancelled", self.state.now()))

    def reported(self, name: str) -> str:
        """What a job has written into the file for its metrics."""
        return self._runner_now().reported(name)

    def find(self, name: str) -> Record | None:
        """The job of that full name."""
        return table.find(self.state.db, name)

    def with_id(self, project: Project, job_id: str) -> Record | None:
        """The job of that id, of whatever service and region, as logs name it."""
        places = (f"projects/{project.id}/", f"projects/{project.number}/")
        found = table.with_id(self.state.db, job_id)
        return next((record for record in found if record.name.startswith(places)), None)

    def log(self, record: Record) -> Sequence[tuple[float, str, str]]:
        """(unix time, severity, text) of each line that a job has printed."""
        return self._runner_now().log(record.name)

    def newest(
        self, collection: str, condition: Condition, *, before: int | None, lag: float, most: int
    ) -> list[Record]:
        """A page of a list; jobs younger than ``lag`` seconds are not in it yet."""
        until = self._now() - to_micros(lag)
        return table.newest(self.state.db, collection, condition, before=before, until=until, most=most)

    def cancel(self, record: Record, *, lenient: bool = False) -> None:
        """Ask for its end, which comes later. Raises ApiError where it has ended already, unless ``lenient``."""
        if record.phase in ENDED:
            if lenient:
                return
            word = self._service(record).words[record.phase]
            raise errors.failed_precondition(f"Cannot cancel {record.name}: it is in state {word}.")
        if record.phase is not Phase.CANCELLING:
            self.write(record, ask_to_cancel(record, self._now()))
            if self.tuner.takes(record):
                self.tuner.cancel(record)
                return
            self._stop_waiting(record.name)
            self._runner_now().cancel(record.name)

    def relabel(self, record: Record, labels: Mapping[str, str]) -> Record:
        """Other labels for a job."""
        after = relabel(record, labels, self._now())
        self.write(record, after)
        return after

    def remove(self, record: Record) -> None:
        """Forget a job. Raises ApiError where it has not ended."""
        if record.phase not in ENDED:
            raise errors.failed_precondition(f"Cannot delete {record.name}: cancel it first.")
        self.tuner.forget(record)
        with self.state.db:
            table.remove(self.state.db, record)

    def report(self, event: Event) -> None:
        """What the runner has seen."""
        record = self.find(event.name)
        if record is None:
            return
        service = self._service(record)
        after = advance(record, event, service)
        if event.state != "preparing":
            self._stop_waiting(event.name)
        if after is record:
            return
        self.write(record, after)
        if event.state == "preempted" and after.phase not in ENDED:
            self._hand_over(after)
        self.tuner.heard(after)

    def _hand_over(self, record: Record) -> None:
        service = self._service(record)
        self._runner_now().start(service.work(record, self._project_id(record)))
        wait = service.longest_wait(record)
        if wait is not None and record.started is None:
            when = record.created / MICRO + wait
            self._waiting[record.name] = self.state.clock.call_at(when, lambda: self._waited(record.name))

    def _waited(self, name: str) -> None:
        self._waiting.pop(name, None)
        record = self.find(name)
        if record is None or record.phase not in (Phase.QUEUED, Phase.PREPARING):
            return
        after = finish(record, self._service(record).waited_too_long(record), self._now())
        self.write(record, after)
        self._runner_now().cancel(name)
        self.tuner.heard(after)

    def _stop_waiting(self, name: str) -> None:
        if timer := self._waiting.pop(name, None):
            timer.cancel()

    def write(self, before: Record, after: Record) -> None:
        """Keep what has changed of a job."""
        with self.state.db:
            table.change(self.state.db, before, after)

    def _service(self, record: Record) -> Service:
        return self._services[record.collection.rpartition("/")[2]]

    def _project_id(self, record: Record) -> str:
        return self.project(record.collection.split("/")[1]).id

    def _runner_now(self) -> Runner:
        if self._runner is None:
            raise errors.ApiError(503, "UNAVAILABLE", "The service is starting.")
        return self._runner

    def _now(self) -> int:
        return to_micros(self.state.now())
