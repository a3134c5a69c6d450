"""Blocking calls, each in a thread of its own: waiting for processes would soon fill a shared pool."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_thread(function: Callable[[], T], *, name: str) -> asyncio.Future[T]:
    """What it returns or raises, as a future of the running loop."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(set_it: Callable[[], None]) -> None:
        if not future.done():
            set_it()

    def run() -> None:
        set_it: Callable[[], None]
        try:
            result = function()
        except Exception as error:
            failure = error
            set_it = lambda: future.set_exception(failure)  # noqa: E731
        else:
            set_it = lambda: future.set_result(result)  # noqa: E731
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, set_it)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
