"""The emulator's own paths: its books, its clock, its faults, its health."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from sweeper.emulator.clock import FakeClock
from sweeper.emulator.context import Context
from sweeper.emulator.errors import failed_precondition, invalid
from sweeper.emulator.faults import parse
from sweeper.emulator.payload import answer, as_object, whole
from sweeper.errors import UserError


def routes(context: Context) -> list[web.RouteDef]:
    """Everything below ``/_emulator``."""

    async def health(request: web.Request) -> web.Response:
        return answer({"status": "ok", "time": context.state.now(), "dir": str(context.options.dir.absolute())})

    async def requests(request: web.Request) -> web.Response:
        query = request.query
        try:
            since, limit = int(query.get("since", 0)), int(query.get("limit", -1))
        except ValueError:
            raise invalid("since and limit are whole numbers; since is the id of a request.") from None
        patterns = {key: query.get(key, "") for key in ("method", "part", "path")}
        rows = context.book.entries(since=since, limit=limit, **patterns)
        return web.Response(text='{"requests":[' + ",\n".join(rows) + "]}", content_type="application/json")

    async def clock(request: web.Request) -> web.Response:
        if not isinstance(context.state.clock, FakeClock):
            raise failed_precondition("This emulator keeps the machine's time; start it with --clock=fake.")
        seconds = as_object(await whole(request)).get("advance")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 1e9:
            raise invalid('Expected {"advance": seconds}.')
        context.state.clock.advance(seconds)
        context.state.keep("now", context.state.now())
        return answer({"now": context.state.now()})

    async def faults(request: web.Request) -> web.Response:
        body = as_object(await whole(request))
        try:
            rules = parse(str(body.get("faults", "")))
        except UserError as error:
            raise invalid(str(error)) from None
        context.faults.change(rules, seed=body["seed"] if isinstance(body.get("seed"), int) else None)
        return answer({"faults": [asdict(rule) for rule in rules]})

    return [
        web.get("/_emulator/health", health),
        web.get("/_emulator/requests", requests),
        web.post("/_emulator/clock", clock),
        web.post("/_emulator/faults", faults),
    ]
