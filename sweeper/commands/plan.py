"""``sweeper plan``: what a launch would do. Touches nothing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sweeper.backends.local.make import how
from sweeper.commands.reading import checked, read_config
from sweeper.commands.shared import hook_doubts
from sweeper.driver.launch import code_digest, earlier, warm_trials
from sweeper.driver.plan import Plan, plan, planned
from sweeper.driver.prepare import Prepared
from sweeper.driver.stranger import refuse_stranger
from sweeper.errors import UserError
from sweeper.ledger.ledger import open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import Sweep
from sweeper.results.table import ranked_by
from sweeper.search.service import note
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:  # a local plan does without
    from sweeper.commands.planning.cloud import Cloud

FIRST = 4
"""Command lines that are shown."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Count, show, check; or list what the trainer's package would hold."""
    if parsed["--files"]:
        return _files(parsed, here)
    if parsed["--smoke"]:
        from sweeper.commands.launching import smoking  # every other plan does without

        return smoking.plan(read_config(parsed, here), here, as_object=parsed["--json"])
    prepared = checked(read_config(parsed, here), here)
    found, row = compare(prepared, here)
    cloud = _cloud(prepared, found, here, parsed["--minutes-per-trial"])
    if parsed["--json"]:
        here.show(json.dumps(_as_json(prepared, found, row, cloud)))
    else:
        here.show("\n".join(_in_lines(prepared, found, row, here, cloud)))
    return 0


def _cloud(prepared: Prepared, found: Plan, here: Surroundings, minutes: str | None) -> Cloud | None:
    if not prepared.target.is_cloud:
        return None
    from sweeper.commands.planning import cloud as cloud_plan  # every local plan does without

    return cloud_plan.cloud(prepared, found, here, minutes=cloud_plan.minutes_of(minutes))


def _files(parsed: Mapping[str, Any], here: Surroundings) -> int:
    from sweeper.commands import packing  # every other plan does without

    package = packing.packed(parsed, here).package
    here.show(json.dumps(packing.as_json(package)) if parsed["--json"] else "\n".join(packing.in_lines(package)))
    return 0


def compare(prepared: Prepared, here: Surroundings) -> tuple[Plan, SweepRow | None]:
    """What a launch would do, and the sweep that it would carry on."""
    digest = code_digest(prepared)
    if not (here.home / "ledger.db").exists():
        warm_trials(prepared, None, None, here)
        return plan(prepared, None, None, digest=digest), None
    with open_ledger(here.home, create=False) as ledger:
        row = _carried_on(prepared, here, earlier(prepared, ledger))
        warm_trials(prepared, ledger, row, here)
        return plan(prepared, ledger, row, digest=digest), row


def _carried_on(prepared: Prepared, here: Surroundings, row: SweepRow | None) -> SweepRow | None:
    """Not a sweep that a launch would refuse to take for this one: with ``--fresh``, it would begin anew."""
    if row is not None:
        try:
            refuse_stranger(prepared, row)
        except UserError as refused:
            here.say(f"note: a launch would refuse: {refused}")
            return None
    return row


def as_json(prepared: Prepared, found: Plan, row: SweepRow | None, here: Surroundings) -> dict[str, Any]:
    """The shape that scripts rely on."""
    return _as_json(prepared, found, row, _cloud(prepared, found, here, None))


def _as_json(prepared: Prepared, found: Plan, row: SweepRow | None, cloud: Cloud | None) -> dict[str, Any]:
    lines = [list(line) for line in _argvs(prepared, row)]
    own = {"sweep": prepared.sweep.name, "id": row.id if row else None, **asdict(found), "argv": lines}
    if cloud is None:
        return own
    from sweeper.commands.planning import cloud as cloud_plan

    return {**own, "cloud": cloud_plan.as_json(cloud)}


def _argvs(prepared: Prepared, row: SweepRow | None) -> list[tuple[str, ...]]:
    """The first command lines; a sweep that is not there yet gets its id when it is launched."""
    sweep_id = row.id if row else f"{prepared.sweep.name}-xxxxxx"
    lines = []
    for number in range(min(FIRST, planned(prepared))):
        try:
            trial = prepared.trial(number)
        except IndexError:  # fewer points than could be counted beforehand
            break
        appended = prepared.target.appended(sweep_id, trial.id)
        lines.append(prepared.args(trial, sweep_id=sweep_id) + appended)
    return lines


def _in_lines(
    prepared: Prepared, found: Plan, row: SweepRow | None, here: Surroundings, cloud: Cloud | None
) -> Iterator[str]:
    sweep = prepared.sweep
    most = "" if found.exact and sweep.stop_when is None else "at most "
    yield f"{sweep.name}: {most}{_points(found, sweep.repeats.count)}, {_method(prepared)}, on {sweep.backend}"
    yield f"  new {found.new}, keep {found.keep}, retry {found.retry}, removed {found.removed}" + _carries_on(row)
    if planned(prepared) < prepared.total:
        yield f"  limits.trials: a launch stops after {planned(prepared)} of them"
    if found.other_code:
        yield f"  {found.other_code} of the kept ran with other trainer code than today's; --fresh runs all anew"
    if sweep.backend == "local":
        yield f"  {how(sweep, here, python=prepared.python)}"
        if said := note(sweep):
            yield f"  note: {said}"
    if sweep.metric.judged:
        yield f"  ranked by {ranked_by(sweep.metric, sweep.repeats.count)}"
    if sweep.stop_when is not None:
        yield f"  stop_when: a launch ends after {sweep.stop_when.no_improvement} points that are no better"
    if sweep.early_stopping is not None and (sweep.early_stopping.rule != "service" or sweep.backend == "local"):
        from sweeper.early_stopping.words import in_words  # most plans do without

        yield f"  early stopping, {in_words(sweep.early_stopping)}"
    if cloud is not None:
        from sweeper.commands.planning import cloud as cloud_plan

        yield from cloud_plan.in_lines(cloud)
    yield from _hooks(sweep, here)
    yield ""
    if prepared.asked is not None:
        yield from _of_a_study(prepared, row)
        return
    lines = _argvs(prepared, row)
    checked = "not checked: usage: none" if prepared.rendering.schema is None else "all of them checked"
    which = "the command line" if planned(prepared) == 1 else f"the first {len(lines)} command lines"
    yield f"{which} ({checked}):"
    for line in lines:
        yield f"  python -m {sweep.trainer.module} {shlex.join(line)}"
    yield from _later(prepared)


def _hooks(sweep: Sweep, here: Surroundings) -> Iterator[str]:
    for name, hook in (("on_finish", sweep.on_finish), ("on_failure", sweep.on_failure)):
        if hook is not None:
            from sweeper.hooks.words import in_words  # few sweeps have one

            yield f"  {name}: {in_words(hook)}"
    yield from (f"  note: {doubt}" for doubt in hook_doubts(sweep, here))


def _later(prepared: Prepared) -> Iterator[str]:
    """What these lines do not tell of a search that adapts."""
    if not prepared.search.adapts:
        return
    if prepared.sweep.warm_start:
        yield "these are for when nothing is known: what the earlier trials have measured leads to others"
    elif planned(prepared) > FIRST:
        yield "later points follow from what the earlier ones measure"


def _method(prepared: Prepared) -> str:
    if prepared.asked is None:
        return prepared.sweep.method
    from sweeper.commands.planning import study as study_plan

    return study_plan.method(prepared)


def _of_a_study(prepared: Prepared, row: SweepRow | None) -> Iterator[str]:
    from sweeper.commands.planning import study as study_plan  # only a tuning service has one

    return study_plan.in_lines(prepared, row.id if row else f"{prepared.sweep.name}-xxxxxx")


def _points(found: Plan, repeats: int) -> str:
    if repeats == 1:
        return f"{found.trials} trial{'s' * (found.trials != 1)}"
    return f"{found.trials} trials ({found.points} points, {repeats} runs each)"


def _carries_on(row: SweepRow | None) -> str:
    return f" (carries on {row.id})" if row else ""
