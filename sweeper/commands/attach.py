"""``sweeper attach``: rebuild a sweep's state from the cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.backends import registry
from sweeper.clock import SystemClock
from sweeper.commands.shared import in_words
from sweeper.driver import targets
from sweeper.driver.refresh import backend_of, refresh
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read what the bucket and the service know, write it into the ledger."""
    backend = parsed["--backend"]
    if backend not in registry.CLOUDS:
        raise UserError(f"--backend: expected {' or '.join(registry.CLOUDS)}, got '{backend}'")
    with open_ledger(here.home) as ledger:
        row = attach(parsed["<sweep>"], backend, ledger, here)
        counts = ledger.counts(row.id)
        if parsed["--json"]:
            here.show(json.dumps({"sweep": row.id, "trials": row.total, "states": counts}))
        here.say(f"{row.id}: {in_words(counts, row.total)}")
        here.say(f"the ranking: sweeper results {row.id}")
    return 0


def attach(name: str, backend: str, ledger: Ledger, here: Surroundings) -> SweepRow:
    """The sweep's row, made again unless it is there."""
    from sweeper.driver import attach as again  # Google's client, only where it is used
    from sweeper.google.client import make_google

    place = targets.place_of(backend, here)
    google = make_google(here, impersonate=here.flags.get("impersonate"))
    try:
        launched = again.find(google.storage(), place, name, backend)
    except UserError:
        from sweeper.commands import attach_study

        job = attach_study.find(google, place, name, backend)
        if job is None:
            raise
        row = attach_study.attach(job, backend, place, ledger, here, SystemClock())
        refresh(ledger, row, here)
        return row
    row = again.sweep_row(launched, place)
    known = ledger.sweep(row.id)
    if known is not None:
        here.say(f"{row.id} is in {here.home} already; looking what has become of it")
    else:
        made: Any = backend_of(row, here)
        try:
            if row.is_study:
                found, strangers = again.rebuild_study(ledger, row, launched, made, SystemClock()), list[str]()
            else:
                found, strangers = again.rebuild(ledger, row, launched, made, SystemClock())
        finally:
            made.close()
        what = "tuning job" if row.is_study else "job"
        here.say(f"attached {row.id}: {found} {what}{'s' * (found != 1)} found")
        if strangers:
            here.say(f"note: {len(strangers)} of them run trials that none of its configs has: {strangers[0]} ...")
    refresh(ledger, row, here)
    return row
