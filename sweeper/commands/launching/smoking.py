"""The work of ``launch --smoke`` and ``plan --smoke``: the corners of a sweep, before all of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sweeper.commands import shared
from sweeper.commands.launching.failure import show_printed
from sweeper.commands.launching.work import run_here
from sweeper.commands.reading import checked
from sweeper.driver.drive import Stop
from sweeper.driver.outcome import Busy, Outcome
from sweeper.driver.prepare import Prepared, check_requirements
from sweeper.driver.smoke import Smoke, Verdict, smoke_of, verdict
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import Point, Sweep, Trial
from sweeper.space.identity import value_text
from sweeper.surroundings import Surroundings

WORDS = {True: "passed", False: "FAILED", None: "not run"}


def plan(sweep: Sweep, here: Surroundings, *, as_object: bool) -> int:
    """Show the command lines. Touches nothing."""
    smoke = smoke_of(sweep)
    prepared = checked(smoke.sweep, here)
    trials, sweep_id = _trials(prepared), f"{smoke.sweep.name}-xxxxxx"
    lines = [_argv(prepared, trial, sweep_id) for trial in trials]
    if as_object:
        here.show(json.dumps(_planned_as_json(sweep, smoke, trials, lines)))
        return 0
    for line in _in_lines(sweep, smoke, prepared):
        here.show(line)
    here.show("")
    for argv in lines:
        here.show(f"  python -m {sweep.trainer.module} {shlex.join(argv)}")
    here.say(f"run them: {_command(here, smoke=True)}")
    return 0


def launch(sweep: Sweep, smoke: Smoke, parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Run them, always anew, and say which passed."""
    if parsed["--detach"]:
        hint = "leave out --detach: it takes minutes, and somebody has to stop the trials at their first report"
        raise UserError("--smoke and --detach: choose one", hint=hint)
    prepared = checked(smoke.sweep, here)
    check_requirements(prepared, here)
    for line in _in_lines(sweep, smoke, prepared):
        here.say(line)
    parallel = shared.whole(parsed, "--parallel")
    with open_ledger(here.home) as ledger:
        outcome = run_here(prepared, here, ledger, fresh=True, parallel=parallel, verified=not parsed["--no-verify"])
        assert not isinstance(outcome, Busy)  # nobody else knows its id
        row = ledger.sweep(outcome.sweep_id)
        assert row is not None
        found = _verdicts(prepared, ledger, row)
        if parsed["--json"]:
            here.show(json.dumps(_as_json(sweep, row, prepared, found)))
        else:
            here.show("\n".join(_table(found)))
        _say_what_next(outcome, row, found, ledger, here)
    return _exit_code(outcome, found)


Found = Sequence[tuple[Trial, Verdict]]


def _trials(prepared: Prepared) -> list[Trial]:
    return [prepared.trial(number) for number in range(prepared.total)]


def _argv(prepared: Prepared, trial: Trial, sweep_id: str) -> list[str]:
    return [*prepared.args(trial, sweep_id=sweep_id), *prepared.target.appended(sweep_id, trial.id)]


def _verdicts(prepared: Prepared, ledger: Ledger, row: SweepRow) -> Found:
    sweep, rows = prepared.sweep, {trial.id: trial for trial in ledger.trials(row.id)}
    return [(trial, verdict(rows.get(trial.id), sweep.metric, sweep.limits)) for trial in _trials(prepared)]


def _in_lines(sweep: Sweep, smoke: Smoke, prepared: Prepared) -> Iterator[str]:
    small = smoke.sweep
    assert small.limits.timeout is not None
    count = f"{len(small.points)} corner{'s' * (len(small.points) != 1)}"
    longest = shared.duration(small.limits.timeout)
    until = f"each until its first {small.metric.name}, {longest} at most"
    yield f"{small.name}: {count} of {sweep.name}, the dearest first, on {small.backend}; {until}"
    if smoke.missing:
        yield f"  too many choices for so few: without {'; '.join(map(str, smoke.missing))}"
    if prepared.rendering.schema is None:
        yield "  the command lines are not checked: usage: none"


def _table(found: Found) -> Iterator[str]:
    shown = [_differing(trial.point, [one.point for one, _ in found]) for trial, _ in found]
    width = max(map(len, shown))
    for (trial, its), text in zip(found, shown, strict=True):
        yield f"{WORDS[its.passed]:<7}  {shared.short(trial.id)}  {text:<{width}}  {its.why}"


def _differing(point: Point, points: Sequence[Point]) -> str:
    """What tells it from the others."""

    def differs(name: str) -> bool:
        return any(name not in one or value_text(one[name]) != value_text(point[name]) for one in points)

    return " ".join(f"{name}={value}" for name, value in point.items() if differs(name))


def _say_what_next(outcome: Outcome, row: SweepRow, found: Found, ledger: Ledger, here: Surroundings) -> None:
    failed = [trial.id for trial, its in found if its.passed is False]
    passed = sum(its.passed is True for _, its in found)
    if outcome.tally.barred:
        here.say(outcome.tally.barred)
    if failed:
        show_printed(failed[0], row, ledger, here)
    if outcome.tally.halted:
        here.say(f"stopped: {outcome.tally.halted}")
    here.say(f"{row.id}: {passed} of {len(found)} corners passed")
    if outcome.limited:
        here.say(f"stopped at {outcome.limited}")
    if running := ledger.live_jobs(row.id):
        here.say(f"left at once: {len(running)} had not ended yet; end them: sweeper cancel {row.id}")
    if outcome.stop is not Stop.NO:
        here.say(f"begin anew with: {_command(here, smoke=True)}")
    elif failed:
        here.say(f"what the others printed: sweeper logs {row.id} <trial>; the sweep itself is not begun")
    elif passed == len(found):
        here.say(f"launch it: {_command(here, smoke=False)}")


def _command(here: Surroundings, *, smoke: bool) -> str:
    """The same launch, with or without its smoke run."""
    verb = here.argv.index("plan") if "plan" in here.argv else -1
    words = ["launch" if place == verb else word for place, word in enumerate(here.argv)]
    kept = [word for word in words if word not in ("--json", "--smoke")]
    return shlex.join(["sweeper", *kept, *(["--smoke"] if smoke else [])])


def _exit_code(outcome: Outcome, found: Found) -> int:
    if outcome.stop is not Stop.NO or outcome.tally.barred:
        return outcome.exit_code
    return 0 if all(its.passed for _, its in found) else 1


def _planned_as_json(sweep: Sweep, smoke: Smoke, trials: Sequence[Trial], lines: Sequence[list[str]]) -> dict[str, Any]:
    corners = [
        {"trial": trial.id, "params": dict(trial.point), "argv": argv}
        for trial, argv in zip(trials, lines, strict=True)
    ]
    own = {"sweep": smoke.sweep.name, "of": sweep.name, "backend": sweep.backend, "timeout": smoke.sweep.limits.timeout}
    return {**own, "corners": corners, "missing": [str(one) for one in smoke.missing]}


def _as_json(sweep: Sweep, row: SweepRow, prepared: Prepared, found: Found) -> dict[str, Any]:
    corners = [
        {
            "trial": trial.id,
            "params": dict(trial.point),
            "argv": _argv(prepared, trial, row.id),
            "passed": its.passed,
            "why": its.why,
        }
        for trial, its in found
    ]
    counts = {word: sum(its.passed is way for _, its in found) for word, way in (("passed", True), ("failed", False))}
    return {"sweep": row.id, "of": sweep.name, **counts, "corners": corners}
