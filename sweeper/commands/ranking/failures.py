"""``sweeper results --failures``: what went wrong, how often, and which parameters it has to do with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sweeper.backends.protocol import Barred, Unavailable
from sweeper.commands.launching.failure import end_of, printed
from sweeper.commands.shared import short
from sweeper.driver.halt import gist
from sweeper.driver.refresh import Outputs, backend_of
from sweeper.lean import replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.results.notes import why
from sweeper.results.order import Place, Run
from sweeper.results.separate import Sign, signs
from sweeper.results.source import runs_by_point
from sweeper.results.table import short_ids, text_of
from sweeper.results.triage import TIMEOUT, Failure, gathered, kind_of, without_values
from sweeper.surroundings import Surroundings

MOST_LOGS = 1000
"""That are read on this machine. In the cloud, where each takes a call, one for each message."""
MOST_TRIALS = 8
"""That are named in words."""


def as_objects(ledger: Ledger, row: SweepRow, here: Surroundings) -> list[dict[str, Any]]:
    """One object a group, the largest first: the shape that scripts rely on."""
    runs = [run for point in runs_by_point(ledger, row.id) for run in point]
    points = _points(ledger, row.id)
    fine = [points[run.trial] for run in runs if run.place == Place.RANKED]
    failures = _with_tracebacks(list(_failures(runs, points)), ledger, row, here)
    return [_object(group.failures, fine) for group in gathered(failures)]


def in_words(groups: Sequence[Mapping[str, Any]], row: SweepRow) -> str:
    """The same for people."""
    if not groups:
        return f"{row.id}: no trial has failed"
    total = sum(group["n"] for group in groups)
    lines = [f"{row.id}: {total} of {row.total} trials came to nothing, in {len(groups)} way{'s' * (len(groups) > 1)}"]
    for group in groups:
        lines += ["", f"{group['n']} x {group['class']}: {text_of(group['message'])}"]
        lines += [f"  {_in_words(sign, group)}" for sign in group["separates"]]
        ids = " ".join(short_ids(group["trials"])[:MOST_TRIALS])
        lines.append(f"  trials: {ids}" + (" ..." if group["n"] > MOST_TRIALS else ""))
        if group["printed"]:
            lines.append(f"  trial {short(group['trials'][0])} printed:")
            lines += [f"    {line}".rstrip() for line in group["printed"]]
    return "\n".join(lines)


def _points(ledger: Ledger, sweep: str) -> dict[str, dict[str, Any]]:
    sql = "SELECT id, params FROM trials WHERE sweep = ? AND removed = 0"
    return {trial: json.loads(params) for trial, params in ledger.select(sql, (sweep,))}


def _failures(runs: Sequence[Run], points: Mapping[str, Mapping[str, Any]]) -> Iterator[Failure]:
    for run in sorted(runs, key=lambda run: run.number):
        if kind := kind_of(run):
            yield _signed(Failure(run.trial, kind, _message(kind, run), points[run.trial], ""), why(run))


def _message(kind: str, run: Run) -> str:
    """What it died of; of a trial that was ended, what for."""
    said = why(run)
    return f"longer than limits.timeout: {said}" if kind == TIMEOUT and run.note else said


def _signed(one: Failure, text: str) -> Failure:
    return replace(one, signature=gist(text), alike=gist(without_values(text, one.params)))


def _with_tracebacks(
    failures: Sequence[Failure], ledger: Ledger, row: SweepRow, here: Surroundings
) -> Sequence[Failure]:
    """With what they printed; on this machine a traceback is the signature, elsewhere the message stays it."""
    if not failures:
        return failures
    handles = dict(ledger.select("SELECT id, handle FROM trials WHERE sweep = ? AND removed = 0", (row.id,)))
    try:
        backend = backend_of(row, here)
    except (Unavailable, Barred):
        return failures
    if row.backend == "local":
        near, rest = failures[:MOST_LOGS], failures[MOST_LOGS:]
        return [*(_by_traceback(_read(one, handles[one.trial], backend)) for one in near), *rest]
    first = {group.failures[0].trial for group in gathered(failures)}
    return [_read(one, handles[one.trial], backend) if one.trial in first else one for one in failures]


def _read(one: Failure, handle: str, backend: Outputs) -> Failure:
    lines = tuple(end_of(printed(handle, backend)))
    return replace(one, printed=lines) if lines and lines[0].startswith("Traceback") else one


def _by_traceback(one: Failure) -> Failure:
    return _signed(one, "\n".join(one.printed)) if one.printed else one


def _object(group: Sequence[Failure], fine: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = group[0]
    found = signs([one.params for one in group], fine)
    return {
        "class": first.kind,
        "n": len(group),
        "message": first.message,
        "trials": [one.trial for one in group],
        "printed": list(first.printed),
        "separates": [_as_json(sign) for sign in found],
        "succeeded": len(fine),
    }


def _as_json(sign: Sign) -> dict[str, Any]:
    return {"parameter": sign.parameter, "is": sign.mark, "value": sign.value, "succeeded": sign.succeeded}


def _in_words(sign: Mapping[str, Any], group: Mapping[str, Any]) -> str:
    name, mark, value = sign["parameter"], sign["is"], sign["value"]
    if mark == "absent":
        said = f"no {name}"
    elif mark == "in":
        said = f"{name} = {' or '.join(map(text_of, value))}"
    else:
        said = f"{name} {mark} {text_of(value)}"
    return f"{said}: all of these, and {sign['succeeded']} of {group['succeeded']} that succeeded"
