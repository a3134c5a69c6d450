"""projects.jobs of ml v1: create, get, list, cancel, patch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from aiohttp import web

from sweeper.emulator import errors
from sweeper.emulator.book import about
from sweeper.emulator.discovery import load, root_of
from sweeper.emulator.faults import Faults
from sweeper.emulator.filters.ml import ml_filter
from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.ml.output import show_output
from sweeper.emulator.ml.resume import check_resume
from sweeper.emulator.ml.rules import check_job, check_labels
from sweeper.emulator.ml.service import WORDS
from sweeper.emulator.ml.trials import is_tuning, prints_floats
from sweeper.emulator.ml.view import etag_of, show_job
from sweeper.emulator.paging import make_token, page_size, read_token
from sweeper.emulator.payload import answer, whole
from sweeper.emulator.storage.fields import only
from sweeper.emulator.timestamps import to_micros
from sweeper.emulator.tuning.trial import TuningTrial
from sweeper.emulator.validation.payload import read_json, read_message
from sweeper.emulator.validation.query import read_query

PATH = "/v1/projects/{project}/jobs"
STATES = {word: phase.value for phase, word in WORDS.items()}
Trials: TypeAlias = Callable[[Record], Sequence[TuningTrial]]
APART = ("jobId", "labels", "etag")
"""Fields that a record keeps beside the message."""


def routes(keeper: Keeper, faults: Faults, trials: Trials) -> list[web.RouteDef]:
    """The handlers of the API's paths; ``trials``: those of a tuning job, by number."""
    api = _Ml(keeper, faults, trials)
    return [
        web.post(PATH, api.create),
        web.get(PATH, api.list),
        web.get(PATH + "/{job}", api.get),
        web.patch(PATH + "/{job}", api.patch),
        web.post(PATH + "/{job}:cancel", api.cancel),
    ]


class _Ml:
    def __init__(self, keeper: Keeper, faults: Faults, trials: Trials) -> None:
        self.keeper = keeper
        self.faults = faults
        self.trials = trials

    async def create(self, request: web.Request) -> web.Response:
        read_query(request.query)
        project = self.keeper.project(request.match_info["project"])
        job = await _message(request)
        about(request, job=f"projects/{project.id}/jobs/{job.get('jobId')}", labels=job.get("labels", {}))
        check_job(job)
        check_resume(job, lambda job_id: self.keeper.find(f"projects/{project.id}/jobs/{job_id}"))
        now = to_micros(self.keeper.state.now())
        body = {name: value for name, value in job.items() if name not in APART}
        collection, labels = f"projects/{project.id}/jobs", job.get("labels", {})
        record = Record(collection, job["jobId"], body, now, now, labels=labels)
        try:
            added = self.keeper.create(record, project)
        except sqlite3.IntegrityError:
            raise errors.exists("job.job_id", "A job with this id already exists.") from None
        return _answer(request, self._shown(added))

    async def get(self, request: web.Request) -> web.Response:
        read_query(request.query)
        return _answer(request, self._shown(self._found(request)))

    async def list(self, request: web.Request) -> web.Response:
        query = read_query(request.query, "filter", "pageSize", "pageToken")
        collection = f"projects/{self.keeper.project(request.match_info['project']).id}/jobs"
        size = page_size(query.get("pageSize"), default=20, most=100)
        question = f"{collection} {query.get('filter', '')}"
        found = self.keeper.newest(
            collection,
            ml_filter(query.get("filter", ""), STATES),
            before=read_token(query.get("pageToken"), question),
            lag=self.faults.seconds("lag", "ml.list"),
            most=size + 1,
        )
        page: dict[str, Any] = {}
        if found:
            page["jobs"] = [self._shown(record) for record in found[:size]]
        if len(found) > size:
            page["nextPageToken"] = make_token(found[size - 1].seq, question)
        return _answer(request, page)

    async def cancel(self, request: web.Request) -> web.Response:
        read_query(request.query)
        record = self._found(request)
        about(request, job=record.name)
        self.keeper.cancel(record, lenient=self.faults.habit("cancel_ended", "ml.cancel", record.name))
        return _answer(request, {})

    async def patch(self, request: web.Request) -> web.Response:
        mask = read_query(request.query, "updateMask").get("updateMask", "")
        paths = {path.strip() for path in mask.split(",") if path.strip()}
        body = await _message(request)
        record = self._found(request)
        if not paths:
            raise errors.field_error("update_mask", "Required field is not set.")
        if other := sorted(paths - {"labels", "etag"}):
            raise errors.field_error("update_mask", f"The field '{other[0]}' cannot be updated; labels can.")
        if "etag" in paths and body.get("etag") != etag_of(record):
            raise errors.aborted(f"The etag of {record.name} does not match: it was changed meanwhile.")
        if "labels" not in paths:
            return _answer(request, self._shown(record))
        labels: Mapping[str, str] = body.get("labels", {})
        check_labels(labels)
        return _answer(request, self._shown(self.keeper.relabel(record, labels)))

    def _shown(self, record: Record) -> dict[str, Any]:
        if not is_tuning(record):
            return show_job(record)
        trials = self.trials(record)
        children = [child for trial in trials if (child := self.keeper.find(trial.child)) is not None]
        floats = prints_floats(self.faults, record)
        output = show_output(record, trials, {child.name: child.phase for child in children}, floats=floats)
        return show_job(record, output)

    def _found(self, request: web.Request) -> Record:
        project = self.keeper.project(request.match_info["project"])
        record = self.keeper.find(f"projects/{project.id}/jobs/{request.match_info['job']}")
        if record is None:
            raise errors.ApiError(
                404,
                "NOT_FOUND",
                "Field: name Error: The specified job could not be found.",
                errors.bad_request([("name", "The specified job could not be found.")]),
            )
        return record


def _answer(request: web.Request, body: Mapping[str, Any]) -> web.Response:
    return answer(only(body, request.query.get("fields", "")))


async def _message(request: web.Request) -> dict[str, Any]:
    return read_message(load("ml"), root_of("ml"), read_json(await whole(request)), root="job")
