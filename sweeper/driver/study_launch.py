"""What a launch, a look and an attach do where a tuning service runs the sweep.

Imported only where one does.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from sweeper.clock import Clock
from sweeper.driver.asked import Dictionary, from_json
from sweeper.driver.prepare import Prepared
from sweeper.driver.studying import StudyReconciler
from sweeper.driver.work import Work
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import StudyRow, SweepRow
from sweeper.ledger.times import submitted_since
from sweeper.model import State, Sweep, Trial
from sweeper.studies.protocol import Studies
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.backends.cloud.staged import Staged

MINUTE = 60.0


def begin(
    prepared: Prepared,
    here: Surroundings,
    ledger: Ledger,
    work: Work,
    staged: Staged | None,
    clock: Clock,
    ending: ExitStack,
    *,
    moved: bool,
) -> tuple[StudyReconciler, Studies]:
    """The service and the passes over its study. ``moved``: another machine may have asked for one meanwhile."""
    assert prepared.asked is not None
    assert prepared.target.place is not None
    from sweeper.studies import registry

    recent = submitted_since(ledger, prepared.sweep.backend, clock.now() - MINUTE)
    studies = registry.make(prepared.sweep, here, place=prepared.target.place, staged=staged, recent=recent)
    ending.callback(studies.close)
    dictionary = prepared.asked.dictionary
    if moved:
        found = adopt(ledger, work, studies, clock, dictionary)
        if found:
            here.say(f"another machine has launched this sweep too: {found} tuning job{'s' * (found != 1)} taken over")
    return StudyReconciler(work, ledger, studies, clock, dictionary=dictionary, asked=prepared.asked), studies


def look(sweep: Sweep, row: SweepRow, ledger: Ledger, studies: Studies, clock: Clock) -> StudyReconciler:
    """The passes of somebody who only looks, or cancels."""
    return StudyReconciler(work_of(sweep, row), ledger, studies, clock, dictionary=dictionary_of(row))


def dictionary_of(row: SweepRow) -> Dictionary:
    """As the last launch wrote it."""
    return from_json(row.settings["asked"])


def work_of(sweep: Sweep, row: SweepRow) -> Work:
    """Enough of it to write down what is seen."""
    return Work(sweep, row.id, row.total, row.total, _none, _nothing, row.digest)


def adopt(ledger: Ledger, work: Work, studies: Studies, clock: Clock, dictionary: Dictionary) -> int:
    """Write every study of the sweep that the service knows and the ledger does not. Returns how many were news."""
    known = {row.attempt for row in ledger.studies(work.sweep_id)}  # one without a handle is the launcher's to settle
    news = [(attempt, handle) for attempt, handle in studies.discover(work.sweep_id) if attempt not in known]
    for attempt, handle in news:
        _end_earlier(ledger, work.sweep_id, clock)
        row = StudyRow(work.sweep_id, attempt, trials=work.planned, submitted=clock.now())
        ledger.begin_study(row)
        ledger.move_study(row, replace(row, state=State.QUEUED, handle=handle))
        StudyReconciler(work, ledger, studies, clock, dictionary=dictionary).look()
    return len(news)


def _end_earlier(ledger: Ledger, sweep_id: str, clock: Clock) -> None:
    """A later study was asked for only after the earlier one had ended."""
    live = ledger.live_study(sweep_id)
    if live is not None:
        ledger.move_study(live, replace(live, state=State.LOST, ended=clock.now(), note="a later one was asked for"))


def _none(number: int) -> Trial:
    raise IndexError(number)


def _nothing(trial: Trial) -> tuple[str, ...]:
    return ()
