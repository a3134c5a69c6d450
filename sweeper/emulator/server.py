"""The server: puts the parts together, listens, and ends cleanly."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import closing

from aiohttp import web

from sweeper.emulator import apis, faults, guard, logs, own, quota
from sweeper.emulator.book import Book
from sweeper.emulator.context import Context, Options
from sweeper.emulator.door import door
from sweeper.emulator.errors import not_found
from sweeper.emulator.jobs.keeper import Keeper
from sweeper.emulator.payload import MOST_IN_MEMORY
from sweeper.emulator.runner.make import make_runner
from sweeper.emulator.runner.provisioning import Provisioned
from sweeper.emulator.runner.work import Runner, Work
from sweeper.emulator.state import State
from sweeper.emulator.storage import routes as storage
from sweeper.emulator.storage.objects import Objects
from sweeper.errors import UserError

KEEP_ALIVE = 600.0
ADDRESS = "address.json"
"""Where an emulator in this folder can be reached; gone when it ended cleanly."""


async def serve(options: Options, *, ready: Callable[[str], object], stop: asyncio.Event) -> None:
    """Run until ``stop`` is set; ``ready`` is told the URL."""
    rules = faults.load(options.faults)
    limit = quota.parse(options.quota)
    with (
        _listen(options.host, options.port) as listener,
        closing(State(options.dir, standing=options.clock == "fake")) as state,
    ):
        await _serve(options, state, rules, quota.Meter(limit), listener, ready, stop)


async def _serve(
    options: Options,
    state: State,
    rules: tuple[faults.Rule, ...],
    meter: quota.Meter,
    listener: socket.socket,
    ready: Callable[[str], object],
    stop: asyncio.Event,
) -> None:
    context = _context(options, state, rules, listener.getsockname()[1])
    keeper = apis.make_keeper(state, context.faults, engine=options.study_engine)
    jobs = _runner(context, keeper)
    app = application(context, keeper, meter)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE, shutdown_timeout=1.0)
    await runner.setup()
    address = options.dir / ADDRESS
    try:
        keeper.begin(jobs)
        await web.SockSite(runner, listener, backlog=1024).start()
        address.write_text(json.dumps({"url": context.base_url}), encoding="utf-8")
        ready(context.base_url)
        await stop.wait()
    finally:
        address.unlink(missing_ok=True)
        await runner.cleanup()
        await jobs.close(kill=True)
        context.book.close()


def application(context: Context, keeper: Keeper, meter: quota.Meter) -> web.Application:
    """All APIs on one server."""
    app = web.Application(middlewares=[door(context, meter)], client_max_size=MOST_IN_MEMORY)
    app.add_routes([*own.routes(context), *storage.routes(context), *logs.routes(keeper, keeper.tuner.trials)])
    app.add_routes(apis.routes(keeper, context.faults))
    app.router.add_route("*", "/{path:.*}", _nothing_here)
    return app


async def _nothing_here(request: web.Request) -> web.StreamResponse:
    raise not_found(f"The requested URL {request.path} was not found on this server.")


def _runner(context: Context, keeper: Keeper) -> Runner:
    runner = make_runner(
        context.options.dir,
        context.state.clock,
        context.objects,
        keeper.report,
        context.options.slots,
        context.base_url,
        context.options.simulate,
        job_fault=context.faults.job_fault,
    )

    def delay(work: Work) -> float:
        """A list that lags lags less than machines do."""
        part = "custom.list" if "/customJobs/" in work.name else "ml.list"
        provisioning = context.options.provisioning
        return provisioning + context.faults.seconds("lag", part) if provisioning else 0.0

    return Provisioned(runner, context.state.clock, keeper.report, delay)


def _context(options: Options, state: State, rules: tuple[faults.Rule, ...], port: int) -> Context:
    book = Book(state)
    found = faults.Faults(rules, seed=options.seed)
    found.counts.update(book.counts())
    host = "127.0.0.1" if options.host in guard.WILDCARDS else options.host
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return Context(options, state, Objects(state), found, book, url, guard.hosts(options.host, port))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        hint = "choose another --port, or 0 for any that is free"
        raise UserError(f"cannot listen there: {reason}", where=f"{host}:{port}", hint=hint) from None
    return listener
