"""projects.locations.customJobs and hyperparameterTuningJobs of aiplatform v1: create, get, list, cancel, delete."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sweeper.emulator import errors
from sweeper.emulator.aiplatform.ids import new_id
from sweeper.emulator.aiplatform.kinds import Kind, Trials, kinds
from sweeper.emulator.aiplatform.rules import check_location
from sweeper.emulator.aiplatform.service import WORDS
from sweeper.emulator.aiplatform.view import body_of, show_deletion
from sweeper.emulator.book import about
from sweeper.emulator.discovery import load
from sweeper.emulator.faults import Faults
from sweeper.emulator.filters.aiplatform import aiplatform_filter
from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.jobs.projects import Project
from sweeper.emulator.jobs.record import Record
from sweeper.emulator.paging import make_token, page_size, read_token
from sweeper.emulator.payload import answer, whole
from sweeper.emulator.storage.fields import only
from sweeper.emulator.timestamps import to_micros
from sweeper.emulator.validation.numbers import with_numbers
from sweeper.emulator.validation.payload import read_json, read_message
from sweeper.emulator.validation.query import mask_of, read_query, wants_numbers

VERSIONS = ("v1", "v1beta1")
"""gcloud's beta and alpha commands ask for the second; here both are the first."""
PATH = "/projects/{project}/locations/{location}/"
STATES = tuple((word, phase.value) for phase, word in WORDS.items())


def routes(keeper: Keeper, faults: Faults, trials: Trials) -> list[web.RouteDef]:
    """The handlers of the API's paths; ``trials``: those of a tuning job, by number."""
    found: list[web.RouteDef] = []
    for kind in kinds(faults, trials):
        api = _Jobs(keeper, faults, kind)
        for path in (f"/{version}{PATH}{kind.collection}" for version in VERSIONS):
            found += [
                web.post(path, api.create),
                web.get(path, api.list),
                web.get(path + "/{job}", api.get),
                web.delete(path + "/{job}", api.delete),
                web.post(path + "/{job}:cancel", api.cancel),
            ]
    return found


class _Jobs:
    def __init__(self, keeper: Keeper, faults: Faults, kind: Kind) -> None:
        self.keeper = keeper
        self.faults = faults
        self.kind = kind

    async def create(self, request: web.Request) -> web.Response:
        read_query(request.query)
        project, collection = self._collection(request)
        body = read_json(await whole(request))
        job = read_message(load("aiplatform"), self.kind.schema, body, root=self.kind.root)
        self.kind.check(job)
        now = to_micros(self.keeper.state.now())
        record = Record(
            collection,
            new_id(),
            body_of(job, self.kind.spec),
            now,
            now,
            display=job["displayName"],
            labels=job.get("labels", {}),
        )
        added = self.keeper.create(record, project)
        about(request, job=added.name, displayName=added.display, labels=added.labels)
        return _answer(request, self._shown(request, added))

    async def get(self, request: web.Request) -> web.Response:
        read_query(request.query)
        return _answer(request, self._shown(request, self._found(request)))

    async def list(self, request: web.Request) -> web.Response:
        query = read_query(request.query, "filter", "pageSize", "pageToken", "readMask", "orderBy")
        _, collection = self._collection(request)
        size = page_size(query.get("pageSize"), default=100, most=100)
        question = f"{collection} {query.get('filter', '')}"
        found = self.keeper.newest(
            collection,
            aiplatform_filter(query.get("filter", ""), STATES, collection),
            before=read_token(query.get("pageToken"), question),
            lag=self.faults.seconds("lag", f"{self.kind.part}.list"),
            most=size + 1,
        )
        page: dict[str, Any] = {}
        if found:
            mask = mask_of(query.get("readMask", ""))
            page[self.kind.collection] = [only(self._shown(request, record), mask) for record in found[:size]]
        if len(found) > size:
            page["nextPageToken"] = make_token(found[size - 1].seq, question)
        return _answer(request, page)

    async def cancel(self, request: web.Request) -> web.Response:
        read_query(request.query)
        record = self._found(request)
        about(request, job=record.name)
        self.keeper.cancel(record, lenient=self.faults.habit("cancel_ended", f"{self.kind.part}.cancel", record.name))
        return _answer(request, {})

    async def delete(self, request: web.Request) -> web.Response:
        read_query(request.query)
        record = self._found(request)
        about(request, job=record.name)
        self.keeper.remove(record)
        return _answer(request, show_deletion(record, new_id(), to_micros(self.keeper.state.now())))

    def _collection(self, request: web.Request) -> tuple[Project, str]:
        location = request.match_info["location"]
        check_location(location)
        project = self.keeper.project(request.match_info["project"])
        return project, f"projects/{project.number}/locations/{location}/{self.kind.collection}"

    def _found(self, request: web.Request) -> Record:
        _, collection = self._collection(request)
        name = f"{collection}/{request.match_info['job']}"
        record = self.keeper.find(name)
        if record is None:
            raise errors.not_found(f'The {self.kind.title} "{name}" does not exist.')
        return record

    def _shown(self, request: web.Request, record: Record) -> dict[str, Any]:
        job = self.kind.show(record)
        return with_numbers(load("aiplatform"), self.kind.schema, job) if wants_numbers(request.query) else job


def _answer(request: web.Request, body: dict[str, Any]) -> web.Response:
    return answer(only(body, request.query.get("fields", "")))
