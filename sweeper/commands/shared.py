"""What several commands do alike: open the ledger, find a sweep, count. Imports nothing that a look can do without."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.lock import sweep_lock
from sweeper.ledger.rows import SweepRow
from sweeper.model import Metric, State, Sweep
from sweeper.results.table import short_ids
from sweeper.surroundings import Surroundings


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
        hint = "begin one with `sweeper launch <config>`; sweeps that are kept elsewhere need --home"
        raise UserError("there are no sweeps yet", where=str(here.home), hint=hint)
    return open_ledger(here.home, create=False)


def chosen(ledger: Ledger, name: str | None, here: Surroundings) -> SweepRow:
    """The sweep of that name or id; without one, the newest."""
    if name is not None:
        return ledger.find_sweep(name)
    rows = ledger.sweeps()
    if not rows:
        raise UserError(
            "there are no sweeps yet", where=str(here.home), hint="begin one with `sweeper launch <config>`"
        )
    return rows[0]


def repeats_of(row: SweepRow) -> int:
    """How often each point of the sweep is run."""
    return int(row.settings.get("repeats", 1))


def is_driven(here: Surroundings, sweep_id: str) -> tuple[bool, int | None]:
    """Whether a launcher has the sweep, and its process."""
    with sweep_lock(here.home, sweep_id) as lock:
        return not lock.held, None if lock.held else lock.pid


def removed(ledger: Ledger, sweep_id: str) -> int:
    """Trials that the ledger has and the config does not mean any more."""
    return int(next(ledger.select("SELECT count(*) FROM trials WHERE sweep = ? AND removed", (sweep_id,)))[0])


def short(trial: str) -> str:
    """As much of a trial's id as a person needs to name it."""
    return short_ids([trial])[0]


def hook_doubts(sweep: Sweep, here: Surroundings) -> Iterator[str]:
    """Why on_finish or on_failure would fail, as far as that shows before anything runs."""
    for name, hook in (("on_finish", sweep.on_finish), ("on_failure", sweep.on_failure)):
        if hook is not None:
            from sweeper.hooks.words import doubts  # few sweeps have one

            yield from (f"{name}: {doubt}" for doubt in doubts(hook, here.environ, here.cwd))


def best_in_words(row: SweepRow, best: Mapping[str, Any]) -> str:
    """The winner on one line."""
    mean = f", mean of {best['n']} runs" if best["n"] > 1 else ""
    others, which = beside(row.metric, best)
    return f"best {row.metric.name}: {number(best['metric'])}{mean}{others} (trial {short(best['trial'])}{which})"


def beside(metric: Metric, best: Mapping[str, Any]) -> tuple[str, str]:
    """The winner's other numbers, and which one it is where several could win; empty where nobody asked for more."""
    if not metric.judged:
        return "", ""
    values = [(name, best["values"][name]) for name in metric.names[1:]]
    others = "".join(f", {name} {number(value)}" for name, value in values if value is not None)
    return others, f", of the Pareto front the one with the best {metric.name}" if metric.more else ""


def nobody(metric: Metric) -> str:
    """What no trial has done yet, where there is no best one."""
    has = f"reported {' and '.join(one.name for one in metric.objectives)}"
    return f"{has} and met {' and '.join(metric.where)}" if metric.where else has


def carry_on(row: SweepRow, here: Surroundings) -> str:
    """The command that goes on with a sweep; a smoke run is begun anew."""
    if row.confirms:
        return shlex.join(["sweeper", "confirm", row.id, *_home(here)])
    return shlex.join(["sweeper", "launch", row.config_path, *(["--smoke"] if row.is_smoke else []), *_home(here)])


def _home(here: Surroundings) -> list[str]:
    usual = here.cwd / (here.environ.get("SWEEPER_HOME") or ".sweeper")
    return [] if here.home == usual.absolute() else [f"--home={here.home}"]


def in_words(counts: Mapping[State, int], total: int) -> str:
    """The counts of a sweep on one line."""
    parts = [f"{counts[state]} {state}" for state in State if counts.get(state)]
    waiting = total - sum(counts.values())
    parts += [f"{waiting} to go"] if waiting > 0 else []
    return ", ".join(parts) or "nothing has run"


def number(value: float) -> str:
    """A measured number for people."""
    return f"{value:.6g}"


def duration(seconds: float) -> str:
    """A length of time for people."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
