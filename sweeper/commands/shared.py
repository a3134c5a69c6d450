"""What several commands do alike: read a config, open the ledger, find a sweep, count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sweeper.backends import registry
from sweeper.config import load
from sweeper.driver.prepare import Prepared, prepare
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import State, Sweep
from sweeper.surroundings import Surroundings


def read_config(parsed: Mapping[str, Any], here: Surroundings) -> Sweep:
    """The config that was named, with what the command line says instead."""
    backends = tuple(registry.BACKENDS)
    sweep = load(parsed["<config>"], backends=backends)
    backend = parsed.get("--backend")
    if backend is None:
        return sweep
    if backend not in backends:
        later = "; cloud backends are not available yet" if backend in ("mlengine", "vertex") else ""
        raise UserError(f"--backend: expected {' or '.join(backends)}, got '{backend}'{later}")
    return replace(sweep, backend=backend)


def checked(parsed: Mapping[str, Any], here: Surroundings) -> Prepared:
    """The config's sweep with every command line checked; warnings are said."""
    prepared = prepare(read_config(parsed, here), here)
    for warning in prepared.warnings:
        here.say(f"note: {warning}")
    return prepared


def whole(parsed: Mapping[str, Any], option: str, *, least: int = 1) -> int | None:
    """An option that takes a whole number."""
    text = parsed[option]
    if text is None:
        return None
    if not text.isdecimal() or int(text) < least:
        raise UserError(f"{option}: expected a whole number from {least}, got '{text}'")
    return int(text)


def existing(here: Surroundings) -> Ledger:
    """The ledger. Raises UserError where nothing has been launched here."""
    if not (here.home / "ledger.db").exists():
        hint = "launch one with `sweeper launch <config>`, or name the state folder with --home"
        raise UserError("there are no sweeps yet", where=str(here.home), hint=hint)
    return open_ledger(here.home, create=False)


def chosen(ledger: Ledger, name: str | None, here: Surroundings) -> SweepRow:
    """The sweep of that name or id; without one, the newest."""
    if name is not None:
        return ledger.find_sweep(name)
    rows = ledger.sweeps()
    if not rows:
        raise UserError("there are no sweeps yet", where=str(here.home), hint="launch one: `sweeper launch <config>`")
    return rows[0]


def repeats_of(row: SweepRow) -> int:
    """How often each point of the sweep is run."""
    return int(row.settings.get("repeats", 1))


def in_words(counts: Mapping[State, int], total: int) -> str:
    """The counts of a sweep on one line."""
    parts = [f"{counts[state]} {state}" for state in State if counts.get(state)]
    waiting = total - sum(counts.values())
    parts += [f"{waiting} to go"] if waiting > 0 else []
    return ", ".join(parts) or "nothing has run"


def number(value: float) -> str:
    """A measured number for people."""
    return f"{value:.6g}"
