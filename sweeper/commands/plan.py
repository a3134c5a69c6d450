"""``sweeper plan``: what a launch would do. Touches nothing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sweeper.commands.shared import checked
from sweeper.driver.launch import code_digest, earlier
from sweeper.driver.plan import Plan, plan, planned
from sweeper.driver.prepare import Prepared
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings

FIRST = 4
"""Command lines that are shown."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Count, show, check."""
    prepared = checked(parsed, here)
    digest = code_digest(prepared)
    row: SweepRow | None = None
    if (here.home / "ledger.db").exists():
        with open_ledger(here.home, create=False) as ledger:
            row = earlier(prepared, ledger)
            found = plan(prepared, ledger, row, digest=digest)
    else:
        found = plan(prepared, None, None, digest=digest)
    lines = _argvs(prepared, here, row)
    if parsed["--json"]:
        here.show(json.dumps(_as_json(prepared, found, lines)))
    else:
        _print(prepared, found, lines, row, here)
    return 0


def _argvs(prepared: Prepared, here: Surroundings, row: SweepRow | None) -> list[tuple[str, ...]]:
    sweep_id = row.id if row else f"{prepared.sweep.name}-new"
    shown = range(min(FIRST, prepared.total))
    return [prepared.args(prepared.trial(number), sweep_id=sweep_id, home=here.home) for number in shown]


def _as_json(prepared: Prepared, found: Plan, lines: list[tuple[str, ...]]) -> dict[str, Any]:
    numbers = asdict(found)
    return {"sweep": prepared.sweep.name, **numbers, "argv": [list(line) for line in lines]}


def _print(
    prepared: Prepared, found: Plan, lines: list[tuple[str, ...]], row: SweepRow | None, here: Surroundings
) -> None:
    sweep = prepared.sweep
    most = "" if found.exact else "at most "
    here.show(f"{sweep.name}: {most}{_points(found, sweep.repeats.count)}, {sweep.method}, on {sweep.backend}")
    here.show(f"  new {found.new}, keep {found.keep}, retry {found.retry}, removed {found.removed}" + _carries_on(row))
    if planned(prepared) < prepared.total:
        here.show(f"  limits.trials: the first {planned(prepared)} of them")
    if found.other_code:
        here.show(f"  {found.other_code} of the kept ran with other trainer code than today's; --fresh runs all anew")
    checked = "not checked (usage: none)" if prepared.rendering.schema is None else "checked, all of them"
    here.show(f"\ncommand lines ({checked}); the first {len(lines)}:")
    for line in lines:
        here.show(f"  python -m {sweep.trainer.module} {shlex.join(line)}")


def _points(found: Plan, repeats: int) -> str:
    if repeats == 1:
        return f"{found.trials} trial{'s' * (found.trials != 1)}"
    return f"{found.trials} trials ({found.points} points, {repeats} runs each)"


def _carries_on(row: SweepRow | None) -> str:
    return f" (carries on {row.id})" if row else ""
