"""``sweeper launch``: run the sweep, or what is left of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, Iterator

from sweeper.commands import shared
from sweeper.commands.live import Live
from sweeper.commands.watch import follow
from sweeper.driver.drive import Hand
from sweeper.driver.launch import Busy, Outcome, launch
from sweeper.driver.plan import CONSENT, planned
from sweeper.driver.prepare import Prepared, check_requirements
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State
from sweeper.results.top import top
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Check everything, then drive the sweep to its end."""
    parallel = shared.whole(parsed, "--parallel")
    prepared = shared.checked(parsed, here)
    check_requirements(prepared.sweep, here)
    _ask_consent(prepared, given=parsed["--yes"])
    if parsed["--detach"]:
        return _detach(here)
    hand = Hand()
    with open_ledger(here.home) as ledger, _hearing(hand, here):
        live = Live(ledger, here, prepared.sweep)
        try:
            outcome = launch(
                prepared,
                here,
                ledger,
                hand=hand,
                fresh=parsed["--fresh"],
                parallel=parallel,
                begun=live.begin,
                show=live.show,
            )
        finally:
            live.close()
        if isinstance(outcome, Busy):
            return _watch(outcome, ledger, here, parallel)
        return _close(outcome, prepared, ledger, here, as_json=parsed["--json"])


def _ask_consent(prepared: Prepared, *, given: bool) -> None:
    trials = planned(prepared)
    if trials > CONSENT and not given and prepared.sweep.limits.trials is None:
        raise UserError(
            f"this would launch {trials} trials",
            where=prepared.sweep.path,
            hint="say --yes if that is what you want, or set limits: {trials: N}",
        )


@contextmanager
def _hearing(hand: Hand, here: Surroundings) -> Iterator[None]:
    """^C once asks to cancel, twice to leave at once; SIGTERM and SIGHUP are the first ^C of a service manager."""

    def press(signum: int, frame: FrameType | None) -> None:
        hand.press()
        again = "; again: leave at once" if hand.stop == 1 else ""
        here.say(f"\nstopping: what runs is cancelled, the sweep can be carried on{again}")

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {signum: signal.signal(signum, press) for signum in wanted}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _detach(here: Surroundings) -> int:
    """The same launch again, in a session of its own."""
    here.home.mkdir(parents=True, exist_ok=True)
    log = here.home / "launch.log"
    argv = [word for word in sys.argv[1:] if word != "--detach"]
    with log.open("ab") as out:
        child = subprocess.Popen(
            [here.python, "-m", "sweeper", *argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=here.cwd,
        )
    here.say(f"launched in the background (process {child.pid}); `sweeper watch` shows it, {log} has what it says")
    child.returncode = 0  # it is meant to outlive us
    return 0


def _watch(busy: Busy, ledger: Ledger, here: Surroundings, parallel: int | None) -> int:
    who = f" (process {busy.pid})" if busy.pid else ""
    more = f"; it runs {parallel} at once from now on" if parallel else ""
    here.say(f"{busy.sweep_id} is being run by another launch{who}{more}; watching")
    return follow(ledger, busy.sweep_id, here)


def _close(outcome: Outcome, prepared: Prepared, ledger: Ledger, here: Surroundings, *, as_json: bool) -> int:
    if outcome.tally.halted:
        _show_failure(outcome, ledger, here)
    row = ledger.sweep(outcome.sweep_id)
    assert row is not None
    best = top(ledger, row.id, metric=row.metric, repeats=shared.repeats_of(row), n=1)
    if as_json:
        here.show(json.dumps({"sweep": row.id, "states": _states(outcome), "trials": outcome.total, "best": _best(best)}))
        return outcome.exit_code
    here.say(f"{row.id}: {shared.in_words(outcome.counts, outcome.total)}")
    if best and best[0]["rank"]:
        here.say(f"best {row.metric.name}: {shared.number(best[0]['metric'])} (trial {best[0]['trial'][:8]})")
    if outcome.limited:
        here.say(f"stopped at {outcome.limited}")
    here.say(_next_step(outcome, row))
    return outcome.exit_code


def _best(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    return rows[0] if rows and rows[0]["rank"] else None


def _states(outcome: Outcome) -> dict[str, int]:
    return {str(state): outcome.counts.get(state, 0) for state in State}


def _next_step(outcome: Outcome, row: SweepRow) -> str:
    if outcome.stop or outcome.tally.halted:
        return f"carry on with: sweeper launch {row.config_path}"
    failed = outcome.counts.get(State.FAILED, 0) + outcome.counts.get(State.LOST, 0)
    if failed:
        return f"see why: sweeper results {row.id}; once mended: sweeper retry {row.id}"
    return f"the ranking: sweeper results {row.id}"


def _show_failure(outcome: Outcome, ledger: Ledger, here: Surroundings) -> None:
    """The traceback, once, for all the trials that ended with it."""
    trial, _ = outcome.tally.failed[-1]
    here.say(f"stopped: {outcome.tally.halted}")
    log = here.home / outcome.sweep_id / trial / "1" / "log.txt"
    if log.exists():
        lines = log.read_text(errors="replace").splitlines()[-30:]
        here.say(f"what trial {trial[:8]} printed last:")
        for line in lines:
            here.say(f"  {line}")
