"""A tuning job's row: begun once, moved along the table, never two that have not ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweeper.errors import IllegalTransition, LedgerError
from sweeper.ledger import StudyRow, SweepRow, open_ledger
from sweeper.model import Reason, State

FIRST = StudyRow("digits-1a2b", 1, trials=12, resume="earlier", submitted=5.0)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.add_sweep(SweepRow("digits-1a2b", "digits", 1.0))
        yield ledger


def test_a_study_comes_back_as_it_was(ledger):
    ledger.begin_study(FIRST)
    running = replace(
        *(FIRST,), state=State.RUNNING, handle="h", started=6.0, note="é\ud800", cancel="user", reason=Reason.QUOTA
    )
    ledger.move_study(FIRST, running)
    assert ledger.studies("digits-1a2b") == [replace(running, note="é\\ud800")]
    assert ledger.live_study("digits-1a2b") == replace(running, note="é\\ud800")
    assert ledger.runs("digits-1a2b")


def test_a_second_one_begins_only_after_the_first_has_ended(ledger):
    ledger.begin_study(FIRST)
    for attempt in (1, 2):
        with pytest.raises(LedgerError, match="changed by another process"):
            ledger.begin_study(replace(FIRST, attempt=attempt))
    ledger.move_study(FIRST, replace(FIRST, state=State.FAILED))
    with pytest.raises(LedgerError):
        ledger.begin_study(FIRST)
    assert not ledger.runs("digits-1a2b")
    ledger.begin_study(replace(FIRST, attempt=2))
    assert [row.attempt for row in ledger.studies("digits-1a2b")] == [1, 2]


def test_an_end_is_not_left_and_a_stale_move_is_refused(ledger):
    ledger.begin_study(FIRST)
    ended = replace(FIRST, state=State.CANCELLED)
    ledger.move_study(FIRST, ended)
    with pytest.raises(IllegalTransition):
        ledger.move_study(ended, replace(FIRST, state=State.RUNNING))
    with pytest.raises(LedgerError):
        ledger.move_study(FIRST, replace(FIRST, state=State.RUNNING))
    with pytest.raises(IllegalTransition):
        ledger.begin_study(replace(FIRST, attempt=2, state=State.RUNNING))
