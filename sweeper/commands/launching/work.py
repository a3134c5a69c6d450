"""The work of ``sweeper launch``, once its config was read."""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, ParamSpec

from sweeper.commands import shared
from sweeper.commands.launching.live import Live
from sweeper.commands.launching.uploading import shown_on
from sweeper.commands.line import line_on
from sweeper.commands.reading import checked
from sweeper.commands.status import as_json, saved_in_words
from sweeper.driver.drive import Hand, Stop
from sweeper.driver.launch import launch
from sweeper.driver.outcome import Busy, Outcome
from sweeper.driver.plan import CONSENT, planned
from sweeper.driver.prepare import Prepared, check_requirements
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State, Sweep
from sweeper.results.top import best
from sweeper.search.service import note
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.commands.launching.hooks import Hooks

P = ParamSpec("P")
PASSING = 1.0
"""Seconds that somebody who only looks (``status``, ``watch``) may keep a sweep from being launched."""


def run(sweep: Sweep, parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Check everything, then drive the sweep to its end."""
    parallel = shared.whole(parsed, "--parallel")
    prepared = checked(sweep, here)
    if sweep.method == "service" and sweep.backend == "local" and (said := note(sweep)):
        here.say(f"note: {said}")
    ready(prepared, here, yes=parsed["--yes"])
    leave = parsed["--detach"] and prepared.target.is_cloud
    if leave and sweep.early_stopping is not None and sweep.early_stopping.rule != "service":
        here.say("note: early stopping needs a launch that runs: nobody stops trials while they are left alone")
    if leave and (sweep.on_finish is not None or sweep.on_failure is not None):
        here.say("note: on_finish and on_failure need a launch that runs: nobody sees the end of trials left alone")
    if parsed["--detach"] and not leave:
        from sweeper.commands.launching.detach import detach

        return detach(here)
    with open_ledger(here.home) as ledger:
        outcome = run_here(
            prepared,
            here,
            ledger,
            fresh=parsed["--fresh"],
            parallel=parallel,
            verified=not parsed["--no-verify"],
            leave=leave,
        )
        if isinstance(outcome, Busy):
            return _watch(outcome, ledger, here, parallel, as_object=parsed["--json"])
        row = ledger.sweep(outcome.sweep_id)
        assert row is not None
        _say_how_it_went(outcome, row, ledger, here)
        if parsed["--json"]:
            here.show(json.dumps(as_json(ledger, row, here)))
    return outcome.exit_code


def ready(prepared: Prepared, here: Surroundings, *, yes: bool) -> None:
    """Raises UserError where something is missing, be it a distribution or consent to very many trials."""
    check_requirements(prepared, here)
    for doubt in shared.hook_doubts(prepared.sweep, here):
        here.say(f"note: {doubt}")
    trials = planned(prepared)
    if trials > CONSENT and not yes and prepared.sweep.limits.trials is None:
        most = "" if prepared.search.exact else "up to "
        raise UserError(
            f"this would launch {most}{trials} trials",
            where=prepared.sweep.path,
            hint="say --yes if that is what you want, or set limits: {trials: N}",
        )


def run_here(
    prepared: Prepared,
    here: Surroundings,
    ledger: Ledger,
    *,
    fresh: bool = False,
    parallel: int | None = None,
    verified: bool = True,
    leave: bool = False,
) -> Outcome | Busy:
    """Drive the sweep in this process, saying what happens."""
    hand, give_up = Hand(), time.monotonic() + PASSING
    hooks = _hooks(prepared.sweep, ledger, here)
    with _hearing(hand), line_on(here) as line:
        while True:
            live = Live(ledger, here, hand, line, metric=prepared.sweep.metric)
            found = launch(
                prepared,
                here,
                ledger,
                hand=hand,
                fresh=fresh,
                parallel=parallel,
                begun=_both(live.begin, hooks.begin if hooks else None),
                show=_both(live.show, hooks.see if hooks else None),
                verified=verified,
                leave=leave,
                uploading=shown_on(line, here),
            )
            if not isinstance(found, Busy) or time.monotonic() > give_up or hand.stop is not Stop.NO:
                break
            time.sleep(0.05)
    if hooks is not None:
        hooks.finish(found)
    return found


def _hooks(sweep: Sweep, ledger: Ledger, here: Surroundings) -> Hooks | None:
    if sweep.on_finish is None and sweep.on_failure is None:
        return None
    from sweeper.commands.launching.hooks import Hooks  # most sweeps do without

    return Hooks(sweep, ledger, here)


def _both(first: Callable[P, None], second: Callable[P, None] | None) -> Callable[P, None]:
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        first(*args, **kwargs)
        if second is not None:
            second(*args, **kwargs)

    return call if second is not None else first


@contextmanager
def _hearing(hand: Hand) -> Iterator[None]:
    """^C once asks to cancel, twice to leave at once; SIGTERM and SIGHUP are the ^C of a service manager."""

    def press(signum: int, frame: FrameType | None) -> None:
        hand.press()  # no word here: the signal may have come in the middle of another one

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        before = {signum: signal.signal(signum, press) for signum in wanted}
    except ValueError:  # not the main thread: its owner hears the signals
        before = {}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _watch(busy: Busy, ledger: Ledger, here: Surroundings, parallel: int | None, *, as_object: bool) -> int:
    who = f" (process {busy.pid})" if busy.pid else ""
    more = f"; it runs {parallel} at once from now on" if parallel else ""
    here.say(f"{busy.sweep_id} is being run by another launch{who}{more}; watching it")
    from sweeper.commands.watch import follow

    return follow(ledger, busy.sweep_id, here, as_object=as_object)


def _say_how_it_went(outcome: Outcome, row: SweepRow, ledger: Ledger, here: Surroundings) -> None:
    if outcome.tally.halted:
        from sweeper.commands.launching.failure import show_failure

        show_failure(outcome, row, ledger, here)
    if outcome.tally.barred:
        here.say(outcome.tally.barred)
    here.say(f"{row.id}: {shared.in_words(outcome.counts, outcome.total)}")
    winner = best(ledger, row.id, metric=row.metric, repeats=shared.repeats_of(row))
    if winner is not None:
        here.say(shared.best_in_words(row, winner))
    elif row.note and not outcome.tally.halted:
        here.say(row.note)
    elif outcome.counts.get(State.SUCCEEDED):
        name = f"a metric of the name {row.metric.name}"
        what = shared.nobody(row.metric) if row.metric.judged else f"reported {name}"
        here.say(f"no trial has {what} (metric: in {row.config_path})")
    limited = f"stopped at {outcome.limited}" if outcome.limited else ""
    for said in filter(None, (saved_in_words(ledger, row, here), outcome.ended, limited)):
        here.say(said)
    running = ledger.live_jobs(row.id)
    if outcome.left and row.is_study:
        here.say(f"left the study with {row.backend}; follow it: sweeper watch {row.id}")
        return
    if outcome.left:
        there = sum(bool(job.handle) for job in running)
        here.say(f"left {there} with {row.backend}; follow them: sweeper watch {row.id}")
        due = len(ledger.due(row.id, math.inf, outcome.total))
        waiting = outcome.total - sum(outcome.counts.values()) + due + len(running) - there
        if waiting > 0:
            here.say(f"{waiting} more wait for room; start them: {shared.carry_on(row, here)}")
        return
    if running:
        how = "stopped" if outcome.tally.barred else "left at once"
        here.say(f"{how}: {len(running)} had not ended yet, the next launch finds them again")
    here.say(_next_step(outcome, row, here))


def _next_step(outcome: Outcome, row: SweepRow, here: Surroundings) -> str:
    if outcome.stop is not Stop.NO or outcome.tally.halted or outcome.tally.barred:
        return f"carry on with: {shared.carry_on(row, here)}"
    if row.is_study:
        return f"the ranking: sweeper results {row.id}"
    if outcome.counts.get(State.FAILED, 0) + outcome.counts.get(State.LOST, 0):
        return f"see why: sweeper results {row.id} --failures; once it is mended: sweeper retry {row.id}"
    return f"the ranking: sweeper results {row.id}"
