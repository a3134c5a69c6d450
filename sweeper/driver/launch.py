"""One launch from start to end: find or begin the sweep, take its lock, drive it, say how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sweeper.backends import registry
from sweeper.backends.protocol import Backend, Barred
from sweeper.clock import Clock, SystemClock
from sweeper.driver import confirm, provenance
from sweeper.driver.drive import Hand, Passes, Stop, Waits, drive
from sweeper.driver.outcome import Busy, Outcome
from sweeper.driver.plan import changes, planned
from sweeper.driver.prepare import Prepared
from sweeper.driver.reconcile import Reconciler
from sweeper.driver.reduced import set_metrics
from sweeper.driver.requirements import installed
from sweeper.driver.stranger import refuse_stranger
from sweeper.driver.work import Work
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.ledger.rows import SweepRow
from sweeper.ledger.times import submitted_since
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.backends.cloud.staged import Staged
    from sweeper.driver.stage import Packed
    from sweeper.google.lease import Lease
    from sweeper.search.told import Told

MINUTE = 60.0
"""What the services' quotas on creates are counted over."""


def code_digest(prepared: Prepared) -> str:
    """SHA-256 of the trainer's package as it is now."""
    module = prepared.sweep.trainer.module
    return provenance.digest(provenance.package_of(prepared.trainer_file, module))


def earlier(prepared: Prepared, ledger: Ledger) -> SweepRow | None:
    """The sweep of this name that a launch would carry on: the newest one on the same backend."""
    name, backend = prepared.sweep.name, prepared.sweep.backend
    mine = (row for row in ledger.sweeps() if row.name == name and row.backend == backend)
    return next((row for row in mine if not row.is_smoke and confirm.continues(prepared.sweep, row.settings)), None)


def launch(
    prepared: Prepared,
    here: Surroundings,
    ledger: Ledger,
    *,
    hand: Hand,
    fresh: bool = False,
    parallel: int | None = None,
    begun: Callable[[SweepRow, bool], None] = lambda row, again: None,
    show: Callable[[Passes], None] = lambda reconciler: None,
    clock: Clock | None = None,
    verified: bool = True,
    leave: bool = False,
    uploading: Callable[[str, int, int], None] = lambda url, done, size: None,
) -> Outcome | Busy:
    """Run the sweep, or what is left of it. ``begun`` is told the sweep's row and whether it was there before.

    ``verified``: a package is installed into a clean environment and asked for its help before it is uploaded.
    ``leave``: go as soon as the backend has all that it takes. ``uploading`` is told of what a cloud needs: address,
    bytes that have arrived, bytes in all.
    """
    clock = clock or SystemClock()
    digest = code_digest(prepared)
    earlier_trials = warm_trials(prepared, ledger, None if fresh else earlier(prepared, ledger), here)
    package = _packed(prepared, here, verified=verified) if prepared.target.is_cloud else None
    row, again = _row(prepared, ledger, digest, fresh=fresh, now=clock.now())
    with sweep_lock(here.home, row.id) as lock, ExitStack() as ending:
        if not lock.held:
            if parallel is not None:
                ledger.ask(row.id, f"parallel {parallel}", time=clock.now())
            return Busy(row.id, lock.pid)
        staged, lease = None, None
        if package is not None:
            facts = {"code": digest, **earlier_trials, **confirm.facts(prepared.sweep)}
            staged, lease = _staged(prepared, here, ledger, row, package, facts, clock, uploading)
            ending.callback(lease.release)
        _update(prepared, ledger, row, digest, earlier_trials)
        _leave(prepared, here, row, digest)
        begun(row, again)
        work = prepared.work(row.id, digest=digest, parallel=parallel, warm=_told(earlier_trials))
        moved = lease is not None and lease.moved
        reconciler: Passes
        backend: Waits
        if prepared.asked is not None:
            from sweeper.driver import study_launch  # only a tuning service needs it

            reconciler, backend = study_launch.begin(prepared, here, ledger, work, staged, clock, ending, moved=moved)
        else:
            reconciler, backend = _begin(prepared, here, ledger, row, work, staged, clock, ending, moved=moved)
        if lease is not None:
            lease.moved = False
        try:
            drive(
                reconciler,
                backend,
                clock,
                hand=hand,
                show=show,
                check=_barring(lease.keep) if lease else _nothing,
                leave=leave,
            )
        except Barred as error:
            reconciler.tally.barred = str(error)
        return _close(prepared, ledger, row, reconciler, hand)


def _begin(
    prepared: Prepared,
    here: Surroundings,
    ledger: Ledger,
    row: SweepRow,
    work: Work,
    staged: Staged | None,
    clock: Clock,
    ending: ExitStack,
    *,
    moved: bool,
) -> tuple[Reconciler, Backend]:
    """The backend and the passes over its jobs."""
    backend = registry.make(
        prepared.sweep,
        here,
        parallel=work.parallel,
        python=prepared.python,
        place=prepared.target.place,
        staged=staged,
        ahead=work.search is None and work.sweep.stop_when is None,
        recent=submitted_since(ledger, row.backend, clock.now() - MINUTE) if staged is not None else (),
    )
    ending.callback(backend.close)
    if moved:
        _adopt(here, ledger, row, backend, clock)
    return Reconciler(work, ledger, backend, clock), backend


def warm_trials(
    prepared: Prepared, ledger: Ledger | None, known: SweepRow | None, here: Surroundings
) -> dict[str, object]:
    """What is to be kept of the trials of earlier sweeps; before this one is begun, since it may be refused."""
    if not prepared.sweep.warm_start:
        return {}
    from sweeper.driver import warm  # few sweeps begin with another's trials

    return {warm.KEY: warm.stored(prepared, ledger, known, here)}


def _told(earlier_trials: Mapping[str, object]) -> tuple[Told, ...]:
    if not earlier_trials:
        return ()
    from sweeper.driver import warm

    return warm.of_stored(earlier_trials)


def _packed(prepared: Prepared, here: Surroundings, *, verified: bool) -> Packed:
    from sweeper.driver import stage  # what only a cloud needs is imported only for one

    return stage.pack(prepared, here, verified=verified)


def _staged(
    prepared: Prepared,
    here: Surroundings,
    ledger: Ledger,
    row: SweepRow,
    packed: Packed,
    facts: Mapping[str, object],
    clock: Clock,
    uploading: Callable[[str, int, int], None],
) -> tuple[Staged, Lease]:
    from sweeper.driver import stage

    return stage.put(prepared, here, ledger, row, packed, facts=facts, clock=clock, uploading=uploading)


def _adopt(here: Surroundings, ledger: Ledger, row: SweepRow, backend: Any, clock: Clock) -> None:
    """Another machine has launched the sweep since this one did."""
    from sweeper.driver import stage

    found = stage.adopt(here, ledger, row, backend, clock)
    if found:
        here.say(f"another machine has launched this sweep too: {found} job{'s' * (found != 1)} of it taken over")


def _nothing() -> None:
    return


def _barring(check: Callable[[], None]) -> Callable[[], None]:
    """What a person has to mend ends a launch, as where the backend itself says so."""

    def checked() -> None:
        try:
            check()
        except UserError as error:
            raise Barred(str(error)) from None

    return checked


def _row(prepared: Prepared, ledger: Ledger, digest: str, *, fresh: bool, now: float) -> tuple[SweepRow, bool]:
    """The sweep's row, and whether it was there. Two who start at once come to the same row."""
    with ledger.transaction():
        known = None if fresh else earlier(prepared, ledger)
        if known is not None:
            refuse_stranger(prepared, known)
            return known, True
        row = SweepRow(
            id=f"{prepared.sweep.name}-{provenance.token()}",
            name=prepared.sweep.name,
            created=now,
            config=prepared.sweep.text,
            config_path=prepared.sweep.path,
            backend=prepared.sweep.backend,
            settings=_settings(prepared),
            digest=digest,
            metric=prepared.sweep.metric,
            total=planned(prepared),
        )
        ledger.add_sweep(row)
    return row, False


def _settings(prepared: Prepared) -> dict[str, object]:
    own: dict[str, object] = {"module": prepared.sweep.trainer.module, "repeats": prepared.sweep.repeats.count}
    own |= confirm.facts(prepared.sweep)
    if prepared.asked is not None:
        own["asked"] = prepared.asked.dictionary.as_json()
    if prepared.sweep.is_smoke:
        own["smoke"] = True
    place = prepared.target.place
    return own if place is None else {**own, "place": place.as_json()}


def _update(
    prepared: Prepared, ledger: Ledger, row: SweepRow, digest: str, earlier_trials: Mapping[str, object]
) -> None:
    """Make the ledger say what the config says now."""
    sweep = prepared.sweep
    with ledger.transaction():
        ledger.take_requests(row.id)  # made of a launcher that had just gone
        kept = (ledger.sweep(row.id) or row).kept
        if prepared.asked is None and (sweep.text != row.config or sweep.confirms):
            moved = changes(prepared, ledger.trials(row.id))
            ledger.mark_removed(row.id, moved[True])
            ledger.mark_removed(row.id, moved[False], removed=False)
        if sweep.metric != row.metric:
            set_metrics(ledger, row.id, sweep.metric)
        ledger.update_sweep(
            row.id,
            config=sweep.text,
            config_path=sweep.path,
            settings={**kept, **_settings(prepared), **earlier_trials},
            digest=digest,
            metric=sweep.metric,
            total=planned(prepared),
            state="open",
            note="",
        )


def _leave(prepared: Prepared, here: Surroundings, row: SweepRow, digest: str) -> None:
    packages = installed(prepared.python, ours=here.python)
    asked = provenance.repository(here.cwd, here.environ)
    facts = provenance.facts(prepared.sweep, cwd=asked, python=prepared.python, code=digest, packages=packages)
    provenance.leave(here.home / row.id, prepared.sweep, facts, cwd=asked)


def _close(prepared: Prepared, ledger: Ledger, row: SweepRow, reconciler: Passes, hand: Hand) -> Outcome:
    counts = ledger.counts(row.id)
    stopped = hand.stop is not Stop.NO or bool(reconciler.tally.barred)
    left = not stopped and not reconciler.finished()
    done = not stopped and not left and not reconciler.tally.halted
    if done:
        ledger.update_sweep(row.id, state="done")
    limited = ""
    if done and planned(prepared) < prepared.total:
        limited = f"limits.trials: {planned(prepared)} of {prepared.total} trials"
    elif done:
        limited = reconciler.stopped_by()
    ended = reconciler.ended_by() if done and not limited else ""
    there, total = sum(counts.values()), planned(prepared)
    if ended or (prepared.search.adapts and there > total):  # with fewer ``trials:`` than before, all are still meant
        total = there
        ledger.update_sweep(row.id, total=total, note=ended)
    return Outcome(row.id, total, counts, reconciler.tally, hand.stop, limited, ended, left)
