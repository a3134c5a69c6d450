"""Submitting on several threads: each call is the backend's, each word to the ledger stays with the caller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from sweeper.backends.protocol import Backend, Refused, Unavailable
from sweeper.ledger.rows import JobRow
from sweeper.model import Job

if TYPE_CHECKING:
    from queue import SimpleQueue

Asked: TypeAlias = "tuple[JobRow, Job, bool]"
"""The row, the job as the backend gets it, and whether it was asked for before."""
Came: TypeAlias = "str | Refused | Unavailable"
"""A handle, or why there is none."""


class Lanes:
    """As many threads as the backend allows, started when they are first needed.

    They are daemons: whoever leaves at once does not wait for a call that hangs, and the intent is on disk.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._todo: SimpleQueue[tuple[int, Job, bool]]
        self._done: SimpleQueue[tuple[int, Came | BaseException]]
        self._threads = 0
        self._held = False
        """No further one is begun."""
        if backend.lanes > 1:
            from queue import SimpleQueue  # a local launch does without, and without threads

            self._todo, self._done = SimpleQueue(), SimpleQueue()

    def submit(self, asked: Sequence[Asked]) -> Iterator[tuple[JobRow, Came]]:
        """What came of each, as it comes. After an ``Unavailable`` for all no further one is begun, nor told."""
        if self._backend.lanes == 1 or len(asked) == 1:
            yield from self._one_by_one(asked)
        else:
            yield from self._side_by_side(asked)

    def _one_by_one(self, asked: Sequence[Asked]) -> Iterator[tuple[JobRow, Came]]:
        for row, job, again in asked:
            came = self._ask(job, again)
            yield row, came
            if _holds(came):
                return

    def _side_by_side(self, asked: Sequence[Asked]) -> Iterator[tuple[JobRow, Came]]:
        import threading

        self._held = False
        for index, (_, job, again) in enumerate(asked):
            self._todo.put((index, job, again))
        for _ in range(min(self._backend.lanes, len(asked)) - self._threads):
            threading.Thread(target=self._work, name="submit", daemon=True).start()
            self._threads += 1
        bugs = []
        for _ in asked:
            index, came = self._done.get()
            if isinstance(came, (str, Refused, Unavailable)):
                yield asked[index][0], came
            elif came is not _NOT_BEGUN:
                bugs.append(came)
        if bugs:  # only now, when no thread has anything left to say
            raise bugs[0]

    def _work(self) -> None:
        while True:
            index, job, again = self._todo.get()
            try:
                came: Came | BaseException = _NOT_BEGUN if self._held else self._ask(job, again)
            except BaseException as error:
                came = error
            if _holds(came):
                self._held = True
            self._done.put((index, came))

    def _ask(self, job: Job, again: bool) -> Came:
        try:
            return self._backend.submit(job, again=again)
        except (Refused, Unavailable) as error:
            return error


def _holds(came: Came | BaseException) -> bool:
    """Whether it keeps the others from being begun."""
    return not came.alone if isinstance(came, Unavailable) else not isinstance(came, (str, Refused))


_NOT_BEGUN = RuntimeError("another submission said to wait")
