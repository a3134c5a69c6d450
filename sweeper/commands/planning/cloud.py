"""What ``sweeper plan`` says of a cloud: machines, place, and an estimate of hours and money that tells its sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sweeper.clock import SystemClock
from sweeper.driver.launch import code_digest
from sweeper.driver.plan import Plan
from sweeper.driver.prepare import Prepared
from sweeper.driver.targets import is_shut_down
from sweeper.errors import UserError
from sweeper.google.advice import INSTEAD, SHUT_DOWN
from sweeper.google.machines import Machines, machines
from sweeper.google.place import Place, on_loopback
from sweeper.google.prices.age import days, in_words
from sweeper.google.prices.estimate import Estimate, Span, estimate
from sweeper.google.prices.hourly import Price, hourly
from sweeper.google.prices.table import tables
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.times import durations
from sweeper.model import CloudSettings
from sweeper.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Cloud:
    """The numbers."""

    backend: str
    jobs: int
    """That a launch would create."""
    machines: tuple[Machines, ...]
    spot: bool
    place: Place
    price: Price | None
    estimate: Estimate | None
    emulated: bool
    now: float
    gone: bool = False
    """The service does not exist any more."""


def cloud(prepared: Prepared, found: Plan, here: Surroundings, *, minutes: float | None = None) -> Cloud:
    """Looked up for what a launch would run; ``minutes`` is what the user expects of one trial."""
    sweep, place = prepared.sweep, prepared.target.place
    assert place is not None
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    price = hourly(settings, sweep.backend, place.region, tables(here))
    jobs = found.new + found.retry
    known = [] if minutes is not None else _earlier(prepared, here)
    return Cloud(
        sweep.backend,
        jobs,
        machines(settings, sweep.backend),
        settings.spot,
        place,
        price,
        estimate(jobs, known, price, minutes=minutes),
        on_loopback(here),
        SystemClock().now(),
        is_shut_down(sweep.backend, here),
    )


def _earlier(prepared: Prepared, here: Surroundings) -> list[float]:
    if not (here.home / "ledger.db").exists():
        return []
    with open_ledger(here.home, create=False) as ledger:
        return durations(ledger, code_digest(prepared), prepared.sweep.backend)


def minutes_of(text: str | None) -> float | None:
    """``--minutes-per-trial``."""
    if text is None:
        return None
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 1e6:
        raise UserError(f"--minutes-per-trial: expected a number above 0, got '{text}'", hint="for example 2.5")
    return minutes


def as_json(found: Cloud) -> dict[str, Any]:
    """The shape that scripts rely on."""
    guess = found.estimate
    price = asdict(found.price) | {"days_old": days(found.price.as_of, now=found.now)} if found.price else None
    return {
        **found.place.as_json(),
        "sources": dict(found.place.sources),
        "jobs": found.jobs,
        "machines": [asdict(one) for one in found.machines],
        "spot": found.spot,
        "estimate": None if guess is None else _guess(guess),
        "price": price,
        "emulated": found.emulated,
    }


def _guess(guess: Estimate) -> dict[str, Any]:
    return {
        "trials": guess.trials,
        "known_trials": guess.known,
        "hours_per_trial": asdict(guess.seconds.times(1 / 3600)),
        "hours": asdict(guess.hours),
        "cost": asdict(guess.cost) if guess.cost else None,
        "currency": "USD",
    }


def in_lines(found: Cloud) -> Iterator[str]:
    """For people."""
    what = " and ".join(map(str, found.machines)) or "machines of a persistent resource"
    yield f"  each on {what}{', spot' if found.spot else ''}"
    place = found.place.as_json()
    yield "  " + ", ".join(f"{name} {place[name]} ({found.place.sources[name]})" for name in place)
    yield f"  estimate: {_time(found)}"
    yield f"  estimate: {_money(found)}"
    if found.emulated:
        yield "  nothing is charged: SWEEPER_ENDPOINT is a server of this machine"
    if found.gone:
        yield f"  a launch would fail: {SHUT_DOWN}; {INSTEAD}"


def _time(found: Cloud) -> str:
    guess = found.estimate
    if guess is None:
        return f"no trial of this code has finished on {found.backend} yet; say what one takes: --minutes-per-trial=<m>"
    source = f"from {guess.known} finished trials of this code" if guess.known else "as --minutes-per-trial says"
    one = f"{guess.seconds.middle / 60:.3g}"
    return f"{guess.trials} x {one} min = {_span(guess.hours)} hours of running time, {source}"


def _money(found: Cloud) -> str:
    price = found.price
    if price is None:
        return f"the cost is not known; say what an hour of one job costs: {found.backend}: {{price: 0.25 USD}}"
    each = f"{price.usd_per_hour:.4g} USD an hour"
    if found.estimate is not None and found.estimate.cost is not None:
        each = f"{_span(found.estimate.cost)} USD at {each}"
    if price.source == f"{found.backend}.price":
        return f"{each}, as {price.source} says"
    sure = "" if price.exact else "not exact, "
    return f"{each} ({sure}{in_words(price.as_of, now=found.now)}: {price.source})"


def _span(span: Span) -> str:
    """``0.43 (0.4 to 0.5)``; the middle half, where it is not a point."""
    middle, low, high = (
        f"{value:.2g}" if value < 10 else f"{value:.0f}" for value in (span.middle, span.low, span.high)
    )
    return middle if low == high else f"{middle} ({low} to {high})"
