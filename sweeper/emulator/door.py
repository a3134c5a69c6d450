"""The way of every request: guard, faults, the act, the books."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from sweeper.emulator import guard
from sweeper.emulator.book import ABOUT
from sweeper.emulator.context import Context
from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.faults import ANSWERS, parse
from sweeper.emulator.parts import OVERRIDE, OWN, part_of
from sweeper.emulator.payload import WHOLE, answer, whole
from sweeper.emulator.quota import Meter
from sweeper.emulator.refusals import rate, refuse, service_of
from sweeper.errors import UserError

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
STORAGE = ("/storage/", "/upload/", "/resumable/", "/download/", "/batch")
PROJECT = re.compile(r"/projects/([^/]+)(/locations/[^/]+)?")
HEADER = "X-Emulator-Fault"
SECRETS = {"key", "access_token"}


def door(context: Context, meter: Meter) -> Any:
    """The one middleware."""

    @web.middleware
    async def pass_through(request: web.Request, handler: Handler) -> web.StreamResponse:
        visit = Visit(context, meter, request, handler)
        began = time.perf_counter()
        try:
            return await visit.run()
        finally:
            if visit.part != OWN:
                visit.write_down(time.perf_counter() - began)

    return pass_through


class Visit:
    """One request on its way."""

    def __init__(self, context: Context, meter: Meter, request: web.Request, handler: Handler) -> None:
        self.context, self.meter, self.request, self.handler = context, meter, request, handler
        self.part = part_of(request.method, request.rel_url.raw_path, media=request.query.get("alt") == "media")
        self.fault: str | None = None
        self.acts = 0
        self.status = 0
        self.arrived = context.state.now()

    async def run(self) -> web.StreamResponse:
        """The answer; of a connection that was cut, one that nobody will see."""
        try:
            guard.check(self.request, self.context.hosts, anywhere=self.context.options.host in guard.WILDCARDS)
            if OVERRIDE in self.request.headers:
                await self._override()
            response = await self._with_faults()
        except ApiError as error:
            response = self._refusal(error)
        except web.HTTPException as error:
            response = self._refusal(ApiError(error.status, STATUS.get(error.status, "UNKNOWN"), error.reason))
        except OSError as error:
            if isinstance(error, ConnectionError):
                raise
            response = self._bug()
        except Exception:
            response = self._bug()
        self.status = 0 if self.fault in CUTS else response.status
        return response

    async def _with_faults(self) -> web.StreamResponse:
        if self.part == OWN:
            return await self.handler(self.request)
        seconds = self.context.faults.seconds("latency", self.part)
        self.fault = self.context.faults.answer(self.part)
        if text := self.request.headers.get(HEADER):
            seconds = self._asked_for(text, seconds)
        if seconds:
            await asyncio.sleep(seconds)
        match self.fault:
            case None:
                return await self._act()
            case "cut_before":
                return self._cut()
            case "cut_after":
                with suppress(ApiError):
                    await self._act()
                return self._cut()
            case "duplicate":
                return await self._twice()
            case "error503_after":
                with suppress(ApiError):
                    await self._act()
                return refuse(self.fault, self.part, self._project(), retry_after=self._some_seconds())
            case _:
                return refuse(self.fault, self.part, self._project(), retry_after=self._some_seconds())

    def _asked_for(self, text: str, seconds: float) -> float:
        try:
            rules = parse(text.replace(",", ";"))
        except UserError as error:
            raise invalid(f"{HEADER}: {error.problems[0].message}") from None
        for rule in rules:
            if rule.name in ANSWERS:
                self.fault = rule.name
            elif rule.name == "latency":
                seconds = rule.value
        return seconds

    async def _act(self) -> web.StreamResponse:
        if self.part.endswith(".create") and self.acts == 0:
            place = PROJECT.search(self.request.path)
            kind = SUBMISSIONS.get(self.part, self.part)
            wait = self.meter.take(f"{kind}{place[0] if place else ''}", self.context.state.now())
            if wait is not None:
                self.fault = self.fault or "quota"
                # Google says when to come back only now and then.
                headers = {"Retry-After": str(max(1, round(wait + 0.5)))} if self._some_seconds() else {}
                raise rate(service_of(self.part), self._project(), headers)
        response = await self.handler(self.request)
        if response.status < 400:
            self.acts += 1
        return response

    async def _twice(self) -> web.StreamResponse:
        if self.request.method != "POST":
            return await self._act()
        self.request[WHOLE] = await self.request.read()
        with suppress(ApiError):
            # The answer to the first delivery is the one that was lost.
            await self._act()
        return await self._act()

    def _cut(self) -> web.Response:
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response(status=500)

    async def _override(self) -> None:
        """A GET that came as a POST because its address was too long."""
        request = self.request
        text = (await whole(request)).decode("utf-8", "replace")
        query = urlencode([*request.query.items(), *parse_qsl(text, keep_blank_values=True)])
        url = request.rel_url.with_query(query)
        other = request.clone(method=request.headers[OVERRIDE].upper(), rel_url=url)
        match = await request.app.router.resolve(other)
        # As aiohttp's own normalize_path_middleware does it; there is no public way.
        match.add_app(request.app)
        other._match_info = match
        self.request, self.handler = other, match.handler
        self.part = part_of(other.method, url.raw_path, media=other.query.get("alt") == "media")

    def _refusal(self, error: ApiError) -> web.Response:
        if error.code == 304:
            return web.Response(status=304)
        is_storage = self.request.path.startswith(STORAGE)
        return answer(error.storage_body() if is_storage else error.body(), error.code, error.headers)

    def _bug(self) -> web.Response:
        logging.getLogger("sweeper.emulator").exception("%s %s", self.request.method, self.request.path)
        return self._refusal(ApiError(500, "INTERNAL", "Internal error encountered."))

    def _project(self) -> str:
        match = PROJECT.search(self.request.path)
        return match[1] if match else self.request.query.get("project", "unknown")

    def _some_seconds(self) -> float | None:
        faults = self.context.faults
        drawn = faults.chance("retry-after", self.part, str(faults.counts[self.part]))
        return 1.0 if drawn < 0.5 else None

    def write_down(self, seconds: float) -> None:
        """A row of the books."""
        request = self.request
        query = {key: "..." if key in SECRETS else value for key, value in request.query.items()}
        self.context.book.add(
            request.method,
            self.part,
            request.rel_url.raw_path,
            {
                "time": self.arrived,
                "seconds": round(seconds, 6),
                "query": query,
                "status": self.status,
                "fault": self.fault,
                "acts": self.acts,
                "about": request.get(ABOUT, []),
                "agent": request.headers.get("User-Agent", ""),
            },
        )


CUTS = ("cut_before", "cut_after")
SUBMISSIONS = {"custom.create": "submission", "tuning.create": "submission"}
"""Vertex counts the submissions of jobs of all kinds together; a tuning job of ML Engine is a job."""
STATUS = {404: "NOT_FOUND", 405: "UNIMPLEMENTED", 413: "INVALID_ARGUMENT", 400: "INVALID_ARGUMENT"}
