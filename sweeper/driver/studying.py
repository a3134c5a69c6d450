"""One pass over a sweep that a tuning service runs: ask for the study once, then write down what the service shows.

The intent is on disk before the service is asked, and asking may be repeated: whoever starts again after a crash at any
line comes to the same one tuning job.
"""

from __future__ import annotations

from collections.abc import Sequence

from sweeper.backends.protocol import Refused, Unavailable
from sweeper.clock import Clock
from sweeper.driver.asked import Asked, Dictionary
from sweeper.driver.spending import Budget
from sweeper.driver.study_ledger import StudyLedger
from sweeper.driver.tally import Flight, Tally, in_words
from sweeper.driver.work import Work
from sweeper.formats.study import Study
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import StudyRow
from sweeper.model import Reason, State
from sweeper.states import FINAL, advance
from sweeper.studies.protocol import Progress, Studies, StudyJob

AGAIN = 30.0
"""Seconds until a study that goes on running is asked once more to stop."""
USER, LIMIT, HALT = "user", "limit", "halt"
"""Why a study is told to stop."""
_NOTHING = Study((), "", "maximize", "service", 0, 0)
"""For a study that is looked for, and not asked for."""


class StudyReconciler:
    """The passes of one launcher. ``asked`` is None for somebody who only looks."""

    hurried = False

    def __init__(
        self,
        work: Work,
        ledger: Ledger,
        studies: Studies,
        clock: Clock,
        *,
        dictionary: Dictionary,
        asked: Asked | None = None,
    ) -> None:
        self._work = work
        self._id = work.sweep_id
        self._ledger = ledger
        self._studies = studies
        self._clock = clock
        self._asked = asked
        self._flight = Flight({job.trial: job for job in ledger.live_jobs(work.sweep_id)})
        self._kept = StudyLedger(work, ledger, clock, self._flight, dictionary)
        self._budget = Budget(work, ledger, self._flight)
        self._row = ledger.live_study(work.sweep_id)
        self._again = self._row is not None
        self._begun = self._row is not None
        self._not_before = 0.0
        self._ask_again = 0.0
        self._seen_change = -1

    @property
    def tally(self) -> Tally:
        """What this launcher has seen."""
        return self._flight.tally

    @property
    def live(self) -> int:
        """Trials that have not ended; the study itself counts for one while it has none."""
        return len(self._flight.live) or int(self._row is not None)

    @property
    def stopping(self) -> bool:
        """Nothing new will be started."""
        return self._flight.stopping

    def stopped_by(self) -> str:
        """The limit at which the study was ended, in words; empty where none was reached."""
        over = self._budget.used_up(self._clock.now())
        return self._budget.in_words() if over and self._kept.remaining() else ""

    def ended_by(self) -> str:
        """The service has as many trials as it was asked for."""
        return ""

    def is_live(self, trials: Sequence[str | None]) -> bool:
        """Whether the study has not ended."""
        return self._row is not None

    def one_pass(self) -> None:
        """Obey, ask for the study, or see how it goes, and keep to the limits."""
        self._obey()
        if self._row is None and self._wants_one():
            self._begin()
        self.settle()
        self.look()
        self._keep_to_limits()

    def settle(self) -> None:
        """Find out about a study that is intended; start it unless it is to be cancelled."""
        row, now = self._row, self._clock.now()
        if row is None or row.handle or now < self._not_before:
            return
        if self._asked is None and not row.cancel:
            return  # it is for a launch to ask
        try:
            handle = self._studies.create(self._job(row), again=self._again, find=bool(row.cancel))
        except Unavailable as error:
            self._again = True
            self._not_before = now + error.after
            self.tally.trouble = in_words(error) or self.tally.trouble
        except Refused as error:
            state = State.CANCELLED if row.cancel else State.FAILED
            self._move(replace(row, state=state, ended=now, note=str(error)))
        else:
            self.tally.trouble = ""
            self._move(replace(row, state=advance(row.state, State.QUEUED), handle=handle))

    def look(self) -> None:
        """See and write; neither obey nor decide."""
        row = self._row
        if row is None or not row.handle:
            return
        self._press(row)
        try:
            seen = self._studies.observe(row.handle)
        except Unavailable as error:
            self.tally.trouble = in_words(error)
            return
        if seen is not None:
            self.tally.trouble = ""
            self._take_in(row, seen)

    def finished(self) -> bool:
        """No study runs, and none will be asked for."""
        return self._row is None and not self._wants_one()

    def handed_over(self) -> bool:
        """The service has the study."""
        return self._row is None or bool(self._row.handle)

    def next_due(self) -> float | None:
        """A service decides itself what is run again."""
        return None

    def cancel(self, trial: str | None = None) -> None:
        """Ask the study to stop; confirmed by a later pass. Services cannot stop one trial of it."""
        if trial is None:
            self._flight.stopping = True
            self._end(USER)

    def _wants_one(self) -> bool:
        if self._begun or self._asked is None or self._flight.stopping or self._budget.used_up(self._clock.now()):
            return False
        return self._kept.remaining() > 0

    def _begin(self) -> None:
        before = self._ledger.studies(self._id)
        resume = self._resume(before)
        wanted = self._kept.remaining()
        row = StudyRow(self._id, len(before) + 1, trials=wanted, resume=resume, submitted=self._clock.now())
        with self._ledger.transaction(durable=True):
            self._ledger.begin_study(row)
        self._row, self._begun = row, True

    def _resume(self, before: Sequence[StudyRow]) -> str:
        """The job whose trials the new study begins with."""
        earlier = next((row.handle for row in reversed(before) if row.handle), "")
        if earlier and self._studies.resumes:
            return earlier.rpartition("/")[2]
        return (self._asked.study.resume if self._asked else None) or ""

    def _job(self, row: StudyRow) -> StudyJob:
        sweep = self._work.sweep
        study, args = (self._asked.study, self._asked.dictionary.args) if self._asked else (_NOTHING, ())
        study = replace(study, trials=row.trials, parallel=min(study.parallel, row.trials), resume=row.resume or None)
        return StudyJob(self._id, row.attempt, study, args, sweep.trainer, timeout=sweep.limits.timeout)

    def _take_in(self, row: StudyRow, seen: Progress) -> None:
        """Trials first, the study's own end last: killed between the two, the next look says the same again."""
        self._kept.take_in(row, seen)
        state = advance(row.state, seen.state)
        ended = seen.ended or (self._clock.now() if state in FINAL else None)
        reason = Reason.USER if row.cancel and state is State.CANCELLED else seen.reason
        self._move(
            replace(row, state=state, reason=reason, started=seen.started or row.started, ended=ended, note=seen.note)
        )
        if self.tally.halted:
            self._end(HALT)

    def _move(self, after: StudyRow) -> None:
        assert self._row is not None
        if after != self._row:
            with self._ledger.transaction(durable=bool(after.handle and not self._row.handle)):
                self._ledger.move_study(self._row, after)
        self._row = None if after.state in FINAL else after
        if after.state in FINAL:
            self._kept.close(after)

    def _end(self, why: str) -> None:
        row = self._row
        if row is None or row.cancel:
            return
        wish = replace(row, cancel=why)
        self._move(wish)
        self._ask_again = 0.0
        if wish.handle:
            self._press(wish)

    def _press(self, row: StudyRow) -> None:
        """Ask it to stop, and now and then again: a request may be lost."""
        now = self._clock.now()
        if not row.cancel or now < self._ask_again:
            return
        self._ask_again = now + AGAIN
        try:
            self._studies.cancel(row.handle)
        except Unavailable as error:
            self._ask_again = now + error.after
            self.tally.trouble = in_words(error)

    def _keep_to_limits(self) -> None:
        """A service starts one trial after another by itself, so that at a limit the whole study is ended."""
        if self._row is not None and self._budget.used_up(self._clock.now()):
            self._end(LIMIT)

    def _obey(self) -> None:
        change = self._ledger.changed()
        if change != self._seen_change:
            self._seen_change = change
            for request in self._ledger.take_requests(self._id):
                if request.what == "cancel":
                    self.cancel(request.trial)
