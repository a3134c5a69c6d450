"""``on_finish`` and ``on_failure`` of a launch: when each is due, and what the ledger keeps of it.

The intent is written before, the result after: a launch that was killed in between is followed by one that tells it
once more, under the same ``id``.
"""

from __future__ import annotations

import time
from typing import Any

from sweeper.driver.drive import Passes, Stop
from sweeper.driver.outcome import Busy, Outcome
from sweeper.hooks.child import Child
from sweeper.hooks.facts import facts, variables
from sweeper.hooks.start import start
from sweeper.hooks.words import in_words
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow, TrialRow
from sweeper.model import Hook, State, Sweep
from sweeper.results.writers import as_json
from sweeper.surroundings import Surroundings


class Hooks:
    """Those of one launch."""

    def __init__(self, sweep: Sweep, ledger: Ledger, here: Surroundings) -> None:
        self._sweep, self._ledger, self._here = sweep, ledger, here
        self._id = ""
        self._failing: Child | None = None
        self._seen: tuple[str, ...] = ()
        self._told = sweep.on_failure is None

    def begin(self, row: SweepRow, again: bool) -> None:
        """An earlier launch may have been killed before it had told of a failure."""
        self._id = row.id
        left = self._kept("failure")
        failed = self._ledger.trial(row.id, left["trial"]) if left and left["ended"] is None else None
        if failed is not None:
            self._tell_of(failed)

    def see(self, reconciler: Passes) -> None:
        """After each pass: the first trial that has failed for good is told; nobody waits for that."""
        self._hear()
        tally = reconciler.tally
        seen = tuple(trial for trial, _ in tally.failed)
        if self._told or seen == self._seen:
            return
        self._seen = seen
        rows = [row for trial in seen if (row := self._ledger.trial(self._id, trial)) is not None]
        final = [row for row in rows if row.retry_at is None or tally.halted]
        if final:
            self._tell_of(final[0])

    def finish(self, outcome: Outcome | Busy) -> None:
        """Tell that the sweep has come to its end, if it has; takes no longer than the hook may."""
        if isinstance(outcome, Busy):
            return
        if self._failing is not None and outcome.stop is not Stop.AT_ONCE:
            self._heard(self._failing.wait())
        status = status_of(outcome, live=len(self._ledger.live_jobs(self._id)))
        hook = self._sweep.on_finish
        key = f"{status}-{self._last_event()}"
        kept = self._kept("finish")
        if hook is None or not status or (kept.get("key") == key and kept["ended"] is not None):
            return
        self._note("finish", key=key, begun=time.time(), ended=None, said="")
        reason = outcome.limited or outcome.tally.halted or outcome.tally.barred or outcome.ended
        self._here.say(f"on_finish: {in_words(hook)}")
        child = self._start(hook, "finish", key=key, status=status, reason=reason)
        try:
            said = child.wait()
        except KeyboardInterrupt:
            child.end()
            raise
        self._note("finish", key=key, begun=self._kept("finish")["begun"], ended=time.time(), said=said)
        self._say("on_finish", said)

    def _tell_of(self, failed: TrialRow) -> None:
        hook, self._told = self._sweep.on_failure, True
        if hook is None:
            return
        self._note("failure", trial=failed.id, attempt=failed.attempt, begun=time.time(), ended=None, said="")
        key = f"{failed.id}-{failed.attempt}"
        reason = failed.note or str(failed.reason)
        self._failing = self._start(hook, "failure", key=key, status="running", reason=reason, failed=failed)

    def _start(self, hook: Hook, event: str, **more: Any) -> Child:
        row = self._ledger.sweep(self._id)
        assert row is not None
        found = facts(self._ledger, row, event=event, **more)
        folder = self._here.home / row.id
        text, env = as_json(found), variables(found)
        return start(hook, name=f"on_{event}", facts=text, env=env, folder=folder, here=self._here)

    def _hear(self) -> None:
        if self._failing is not None and (said := self._failing.poll()) is not None:
            self._heard(said)

    def _heard(self, said: str) -> None:
        self._failing = None
        self._note("failure", **{**self._kept("failure"), "ended": time.time(), "said": said})
        self._say("on_failure", said)

    def _say(self, name: str, said: str) -> None:
        if said:
            log = self._here.home / self._id / f"{name}.log"
            self._here.say(f"{name}: {said}\n  the sweep is none the worse for it; what it printed: {log}")

    def _kept(self, kind: str) -> dict[str, Any]:
        row = self._ledger.sweep(self._id)
        return dict(row.settings.get("hooks", {}).get(kind, {})) if row is not None else {}

    def _note(self, kind: str, **values: Any) -> None:
        with self._ledger.transaction():
            row = self._ledger.sweep(self._id)
            assert row is not None
            hooks = {**row.settings.get("hooks", {}), kind: values}
            self._ledger.update_sweep(self._id, settings={**row.settings, "hooks": hooks})

    def _last_event(self) -> int:
        sql = "SELECT seq FROM events WHERE sweep = ? ORDER BY seq DESC LIMIT 1"
        return int(next(iter(self._ledger.select(sql, (self._id,))), (0,))[0])


def status_of(outcome: Outcome, *, live: int) -> str:
    """How the sweep has ended, in one word; empty where it has not: somebody else goes on with it, or left at once."""
    if outcome.left or outcome.stop is Stop.AT_ONCE or (live and not outcome.tally.barred):
        return ""
    if outcome.tally.barred:
        return "barred"
    if outcome.tally.halted:
        return "halted"
    if outcome.stop is Stop.CANCEL or outcome.counts.get(State.CANCELLED, 0):
        return "cancelled"
    if outcome.limited:
        return "limit"
    return "succeeded" if outcome.counts.get(State.SUCCEEDED, 0) == outcome.total else "failed"
