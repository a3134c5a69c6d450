"""A few threads for calls that are made side by side.

They are daemons: a program that leaves at once does not wait for a call that hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

from sweeper.google.failures import CallFailed

Thing = TypeVar("Thing")
Got = TypeVar("Got")


class Crew:
    """Started when they are first needed."""

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._threads = 0
        self._lock = threading.Lock()
        self._todo: SimpleQueue[_Task[object]] = SimpleQueue()

    def begin(self, act: Callable[[], Got]) -> Future[Got]:
        """Have it done."""
        task = _Task(act)
        with self._lock:
            if self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        self._todo.put(task)  # type: ignore[arg-type]
        return task.future

    def each(self, act: Callable[[Thing], Got], things: Iterable[Thing]) -> list[tuple[Thing, Got | CallFailed]]:
        """What came of it for each, in their order; a call that failed is a value."""
        begun = [(thing, self.begin(lambda thing=thing: act(thing))) for thing in things]  # type: ignore[misc]
        done: list[tuple[Thing, Got | CallFailed]] = []
        for thing, future in begun:
            try:
                done.append((thing, future.result()))
            except CallFailed as error:
                done.append((thing, error))
        return done

    def _work(self) -> None:
        while True:
            self._todo.get().run()


class _Task(Generic[Got]):
    def __init__(self, act: Callable[[], Got]) -> None:
        self.future: Future[Got] = Future()
        self._act = act

    def run(self) -> None:
        try:
            self.future.set_result(self._act())
        except BaseException as error:
            self.future.set_exception(error)
