"""Cloud Logging's ``entries:list``, as far as the log of one job goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from aiohttp import web

from sweeper.emulator import errors
from sweeper.emulator.filters.syntax import Both, Either, Not, Test, Tree, parse_filter
from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.lines import Line, Trials, lines_of
from sweeper.emulator.paging import make_token, read_token
from sweeper.emulator.payload import answer, as_object, whole
from sweeper.emulator.timestamps import micros_of, rfc3339, to_micros

JOB_ID = ("resource", "labels", "job_id")
MOST = 1000
SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    ":": lambda a, b: str(b).lower() in str(a).lower(),
}


def routes(keeper: Keeper, trials: Trials) -> list[web.RouteDef]:
    """``POST /v2/entries:list``."""

    async def entries(request: web.Request) -> web.Response:
        asked = as_object(await whole(request))
        tree = parse_filter(str(asked.get("filter", "")))
        order = asked.get("orderBy") or "timestamp asc"
        if order not in ("timestamp asc", "timestamp desc"):
            raise errors.invalid(f"Invalid order_by: {order}")
        question = f"{asked.get('resourceNames')} {asked.get('filter')} {order}"
        after = read_token(asked.get("pageToken"), question)
        size = asked.get("pageSize") or 50
        if not isinstance(size, int) or size < 0:
            raise errors.invalid("page_size is a whole number, at least 0.")
        found = _entries(keeper, trials, _projects(asked), tree, backwards=order.endswith("desc"), after=after)
        page = [entry for entry, _ in zip(found, range(min(size, MOST) + 1), strict=False)]
        body: dict[str, Any] = {"entries": [entry for _, entry in page[: min(size, MOST)]]} if page else {}
        if len(page) > min(size, MOST):
            body["nextPageToken"] = make_token(page[-2][0], question)
        return answer(body)

    return [web.post("/v2/entries:list", entries)]


def _projects(asked: Mapping[str, Any]) -> list[str]:
    names = asked.get("resourceNames") or [f"projects/{one}" for one in asked.get("projectIds") or []]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise errors.invalid("At least one resource must be specified in resource_names.")
    return [name.removeprefix("projects/").partition("/")[0] for name in names]


def _entries(
    keeper: Keeper, trials: Trials, projects: Iterable[str], tree: Tree | None, *, backwards: bool, after: int | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(place, entry): of one job by the entry's own number, of several by their times."""
    ids = list(dict.fromkeys(test.value for test in _tests(tree) if test.path == JOB_ID and test.op == "="))
    if tree is None or not ids:
        raise errors.invalid('This emulator keeps logs by job: say resource.labels.job_id="..." in the filter.')
    found = [
        (record, project.id)
        for project in map(keeper.project, projects)
        for job_id in ids
        if (record := keeper.with_id(project, job_id)) is not None and not record.collection.endswith("/trials")
    ]
    if len(found) == 1:
        record, project_id = found[0]
        lines = lines_of(keeper, record, trials)
        yield from _of(lines, record, project_id, tree, backwards=backwards, after=after)
        return
    merged = sorted(
        (
            entry
            for record, project in found
            for _, entry in _of(lines_of(keeper, record, trials), record, project, tree, backwards=False)
        ),
        key=lambda entry: micros_of(entry["timestamp"]) or 0,
        reverse=backwards,
    )
    yield from [(place, entry) for place, entry in enumerate(merged) if after is None or place > after]


def _of(
    lines: Iterable[Line], record: Record, project: str, tree: Tree, *, backwards: bool, after: int | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    numbered = list(enumerate(lines))
    for number, line in reversed(numbered) if backwards else numbered:
        if after is not None and (number >= after if backwards else number <= after):
            continue
        entry = _entry(record, project, line)
        if _holds(tree, entry):
            yield number, entry


def _entry(record: Record, project: str, line: Line) -> dict[str, Any]:
    is_custom = record.collection.endswith("customJobs")
    task = "workerpool0-0" if is_custom else "master-replica-0"
    stamp = rfc3339(to_micros(line.time))
    trial = {"ml.googleapis.com/trial_id": line.trial} if line.trial else {}
    return {
        "insertId": line.id,
        "logName": f"projects/{project}/logs/{task}",
        "resource": {
            "type": "ml_job",
            "labels": {"job_id": record.job_id, "project_id": project, "task_name": task},
        },
        "labels": {"ml.googleapis.com/job_id": record.job_id, **trial, **record.labels},
        "timestamp": stamp,
        "receiveTimestamp": stamp,
        "severity": line.severity,
        "jsonPayload": {"message": line.text, "levelname": line.severity},
    }


def _tests(tree: Tree | None) -> Iterator[Test]:
    """What must hold, or may: a query names its jobs with AND, or several with OR."""
    match tree:
        case Test():
            yield tree
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _tests(part)
        case _:
            return


def _holds(tree: Tree, entry: Mapping[str, Any]) -> bool:
    match tree:
        case Both(parts):
            return all(_holds(part, entry) for part in parts)
        case Either(parts):
            return any(_holds(part, entry) for part in parts)
        case Not(part):
            return not _holds(part, entry)
        case Test():
            return _fits(tree, entry)


def _fits(test: Test, entry: Mapping[str, Any]) -> bool:
    value: Any = entry
    for key in test.path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        return False
    if test.op == ":" and test.value == "*":
        return True
    return COMPARE[test.op](_ordered(test.path, str(value)), _ordered(test.path, test.value))


def _ordered(path: tuple[str, ...], text: str) -> Any:
    """A value as it is compared: times as times, severities by their rank."""
    if path in (("timestamp",), ("receiveTimestamp",)):
        moment = micros_of(text)
        if moment is None:
            raise errors.invalid(f"'{text}' is not a time; RFC 3339 is expected, like 2021-05-18T00:00:00Z.")
        return moment
    if path == ("severity",):
        return SEVERITIES.index(text.upper()) if text.upper() in SEVERITIES else 0
    return text
