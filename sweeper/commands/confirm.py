"""``sweeper confirm``: the contenders of a sweep again with new seeds, until one is left or the runs are used up."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.commands import confirmed, shared
from sweeper.commands.launching.work import ready, run_here
from sweeper.commands.reading import checked
from sweeper.commands.status import look
from sweeper.driver.contenders import Contest, again, contest
from sweeper.driver.drive import Stop
from sweeper.driver.launch import code_digest, earlier
from sweeper.driver.outcome import Busy, Outcome
from sweeper.driver.plan import Plan, plan
from sweeper.driver.prepare import Prepared
from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.times import durations
from sweeper.results.race import LEAST
from sweeper.results.tied import is_available
from sweeper.results.verdict import NO_LIBRARY
from sweeper.results.writers import as_json
from sweeper.surroundings import Surroundings

REPEATS = 5
"""Runs of each contender at most, where nobody says how many."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Choose the contenders, say what will be run, run it round by round, say who is left."""
    _need_library()
    most = shared.whole(parsed, "--top", least=2)
    repeats = shared.whole(parsed, "--repeats", least=LEAST)
    parallel = shared.whole(parsed, "--parallel")
    with shared.existing(here) as ledger:
        row, found = _meant(ledger, ledger.find_sweep(parsed["<sweep>"]), here, most, repeats)
        if found.surely:
            here.say(f"{row.id}: nothing to confirm: its repeats say already that the first is better than the others")
            here.say(f"to run it against the next ones all the same, say how many: {_again(here, '--top=2')}")
            return 0
        here = replace(here, flags={**row.settings.get("place", {}), **here.flags})
        prepared = checked(found.sweep, here)
        known = None if parsed["--fresh"] else earlier(prepared, ledger)
        if parsed["--dry-run"] and parsed["--json"]:
            here.show(json.dumps(_planned(ledger, prepared, known)))
            return 0
        tell = here.show if parsed["--dry-run"] else here.say
        for line in _in_lines(ledger, prepared, row, known, found, here):
            tell(line)
        if known is None or parsed["--dry-run"]:
            for line in _first_round(prepared, known):
                tell(line)
        if parsed["--dry-run"]:
            return 0
        ready(prepared, here, yes=parsed["--yes"])
        if parsed["--detach"]:
            from sweeper.commands.launching.detach import (
                detach,  # rounds need somebody who sees them end, on a cloud as well
            )

            return detach(here)
        return _run(ledger, prepared, parsed, here, parallel)


def _run(
    ledger: Ledger, prepared: Prepared, parsed: Mapping[str, Any], here: Surroundings, parallel: int | None
) -> int:
    fresh, verified = parsed["--fresh"], not parsed["--no-verify"]
    outcome = run_here(prepared, here, ledger, fresh=fresh, parallel=parallel, verified=verified)
    if isinstance(outcome, Busy):
        from sweeper.commands.watch import follow

        here.say(f"{outcome.sweep_id} is being run by another process{f' ({outcome.pid})' * bool(outcome.pid)}")
        follow(ledger, outcome.sweep_id, here, as_object=False)
    row = ledger.sweep(outcome.sweep_id)
    assert row is not None
    verdict = confirmed.verdict(ledger, row)
    if parsed["--json"]:
        here.show(as_json(confirmed.as_object(ledger, row, verdict)))
    else:
        here.show("\n".join(confirmed.table(row, verdict)))
    if isinstance(outcome, Outcome):
        _say_why_it_ended(outcome, row, ledger, here)
    for line in confirmed.in_words(row, verdict):
        here.say(line)
    if isinstance(outcome, Outcome) and (outcome.stop is not Stop.NO or outcome.tally.barred):
        return outcome.exit_code
    return 0 if verdict.standing.winner else 1


def _need_library() -> None:
    """Before anything is run and paid for."""
    if not is_available():
        raise UserError(NO_LIBRARY)


def _meant(
    ledger: Ledger, row: SweepRow, here: Surroundings, most: int | None, repeats: int | None
) -> tuple[SweepRow, Contest]:
    """The sweep whose contenders are run; the name of a confirmation means it as it is, unless ``most`` says more."""
    source = ledger.sweep(row.confirms) if row.confirms else row
    if row.confirms and most is None:
        return source or row, again(row, repeats=repeats)
    if source is None:
        raise UserError(f"{row.confirms}, which {row.id} confirms, is not here", where=str(here.home))
    if source.is_smoke:
        raise UserError(f"{source.id} is a smoke run: its trials ended with their first report")
    look(ledger, source, here)
    known = _earlier(ledger, source)
    return source, contest(ledger, source, here, most=most, repeats=repeats or REPEATS, earlier=known)


def _earlier(ledger: Ledger, row: SweepRow) -> SweepRow | None:
    return next((one for one in ledger.sweeps() if one.confirms == row.id), None)


def _in_lines(
    ledger: Ledger, prepared: Prepared, source: SweepRow, known: SweepRow | None, found: Contest, here: Surroundings
) -> Iterator[str]:
    sweep, digest = prepared.sweep, code_digest(prepared)
    counts = plan(prepared, ledger, known, digest=digest)
    points, repeats = len(sweep.points), sweep.repeats.count
    head = f"{sweep.name}: {points} contenders of {sweep.confirms} again on {sweep.backend}"
    yield f"{head}, {LEAST} to {repeats} runs each, with seeds from {sweep.seed}"
    yield f"  {_count(prepared, known, counts)}; after each round, whoever is surely not the best is left out"
    yield from _costs(ledger, prepared, counts, digest, here)
    if not found.seeded:
        yield (
            "  note: no seed reaches the trainer, so runs differ only where it is not deterministic\n"
            "    name its option in the config, repeats: {count: 1, parameter: ...}, and launch it again"
        )
    if known is None:
        running = len(ledger.live_jobs(source.id))
        if running:
            yield f"  note: {running} trial{'s' * (running != 1)} of {source.id} still run, and may be better"
    if source.digest and source.digest != digest:
        yield "  note: the trainer's code is no longer that of the sweep: other contenders might have won with it"


def _first_round(prepared: Prepared, known: SweepRow | None) -> Iterator[str]:
    yield f"the command lines of the first round{'' if prepared.rendering.schema else ' (not checked: usage: none)'}:"
    for line in _argvs(prepared, known):
        yield f"  python -m {prepared.sweep.trainer.module} {shlex.join(line)}"


def _count(prepared: Prepared, known: SweepRow | None, counts: Plan) -> str:
    if known is None:
        return f"{LEAST * len(prepared.sweep.points)} to {counts.new} trials"
    return f"carries on {known.id}: {counts.keep} of at most {prepared.total} trials are there"


def _costs(ledger: Ledger, prepared: Prepared, counts: Plan, digest: str, here: Surroundings) -> Iterator[str]:
    if prepared.target.is_cloud:
        from sweeper.commands.planning import cloud as cloud_plan  # a local confirmation does without

        yield "  at most, if no contender is left out:"
        yield from cloud_plan.in_lines(cloud_plan.cloud(prepared, counts, here))
        return
    past = durations(ledger, digest, prepared.sweep.backend)
    left = counts.new + counts.retry
    if past and left:
        each = sum(past) / len(past)
        most = f"{_seconds(each * left)} of running time at most"
        yield f"  about {_seconds(each)} a run, {most} (as {len(past)} trials took)"


def _seconds(length: float) -> str:
    return f"{length:.2g} s" if length < 10 else shared.duration(length)


def _argvs(prepared: Prepared, known: SweepRow | None) -> list[tuple[str, ...]]:
    sweep_id = known.id if known else f"{prepared.sweep.name}-xxxxxx"
    trials = [prepared.trial(number) for number in range(len(prepared.sweep.points))]
    return [prepared.args(trial, sweep_id=sweep_id) + prepared.target.appended(sweep_id, trial.id) for trial in trials]


def _planned(ledger: Ledger, prepared: Prepared, known: SweepRow | None) -> dict[str, Any]:
    counts = plan(prepared, ledger, known, digest=code_digest(prepared))
    own = {"sweep": prepared.sweep.name, "id": known.id if known else None, "of": prepared.sweep.confirms}
    lines = [list(line) for line in _argvs(prepared, known)]
    return {**own, "repeats": prepared.sweep.repeats.count, "new": counts.new, "keep": counts.keep, "argv": lines}


def _say_why_it_ended(outcome: Outcome, row: SweepRow, ledger: Ledger, here: Surroundings) -> None:
    if outcome.tally.halted:
        from sweeper.commands.launching.failure import show_failure

        show_failure(outcome, row, ledger, here)
    if outcome.tally.barred:
        here.say(outcome.tally.barred)
    if outcome.limited:
        here.say(f"stopped at {outcome.limited}")
    running = len(ledger.live_jobs(row.id))
    if running:
        here.say(f"left: {running} had not ended yet, the next `sweeper confirm` finds them again")
    if outcome.stop is not Stop.NO or outcome.tally.halted or outcome.tally.barred:
        here.say(f"carry on with: {shared.carry_on(row, here)}")


def _again(here: Surroundings, *more: str) -> str:
    return shlex.join(["sweeper", *here.argv, *more])
