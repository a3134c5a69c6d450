"""What early stopping has saved of one sweep, in steps, hours and money, for whoever shows it."""

from __future__ import annotations

from typing import Any

from sweeper.driver.price import price_of_an_hour
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.saved import saved
from sweeper.surroundings import Surroundings


def savings(ledger: Ledger, row: SweepRow, here: Surroundings) -> dict[str, Any] | None:
    """Trials stopped, and about what that saved; None for a sweep that stops none. What is not known is None."""
    if row.is_smoke or "early_stopping" not in row.config:  # a look at any other sweep costs nothing
        return None
    from sweeper.driver.refresh import stored  # reads the config

    sweep = stored(row)
    if sweep.early_stopping is None:
        return None
    found = saved(ledger, row.id, row.metric.name, max_steps=sweep.early_stopping.max_steps)
    if found is None:
        return {"trials": 0, "steps": 0, "hours": 0.0, "usd": None}
    price = price_of_an_hour(sweep, region_of(row), here) if found.hours is not None else None
    usd = None if price is None or found.hours is None else found.hours * price
    steps = None if found.steps is None else round(found.steps)
    return {"trials": found.trials, "steps": steps, "hours": found.hours, "usd": usd}


def region_of(row: SweepRow) -> str | None:
    """Where its jobs run; None on this machine."""
    place = row.settings.get("place")
    return place["region"] if place else None
