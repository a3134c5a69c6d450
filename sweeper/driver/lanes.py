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

SLOW = 0.5
"""Seconds without news after which the jobs that are still under way are left to a later call."""


class Lanes:
    """As many threads as the backend allows, started when they are first needed.

    They are daemons: whoever leaves at once does not wait for a call that hangs, and the intent is on disk.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._todo: SimpleQueue[Asked]
        self._done: SimpleQueue[tuple[Asked, Came | BaseException]]
        self._threads = 0
        self._under_way: set[tuple[str, int]] = set()
        """Trial and attempt of which nothing has been told yet."""
        self._unbegun: set[tuple[str, int]] = set()
        """Handed in before, and surely asked of nobody."""
        self._held = False
        """No further one is begun."""
        if backend.lanes > 1:
            from queue import SimpleQueue  # a local launch does without, and without threads

            self._todo, self._done = SimpleQueue(), SimpleQueue()

    def __len__(self) -> int:
        """How many jobs are under way: nothing has been told of them yet."""
        return len(self._under_way)

    def has(self, row: JobRow) -> bool:
        """Whether this one is under way."""
        return _key(row) in self._under_way

    def submit(self, asked: Sequence[Asked], *, leave: int = 0) -> Iterator[tuple[JobRow, Came]]:
        """What came of each, as it comes, and of those that earlier calls have left.

        Up to ``leave`` jobs may be left under way, so that the threads have something to do until the next call; so are
        those whose calls take long. After an ``Unavailable`` for all no further one is begun, nor told.
        """
        if self._backend.lanes == 1:
            yield from self._one_by_one(asked)
        else:
            self._begin(asked)
            yield from self._told(leave)

    def told(self) -> Iterator[tuple[JobRow, Came]]:
        """What has come meanwhile of those that were left."""
        if self._under_way:
            yield from self._told(len(self._under_way) - self._done.qsize())

    def _one_by_one(self, asked: Sequence[Asked]) -> Iterator[tuple[JobRow, Came]]:
        for row, job, again in asked:
            came = self._ask(row, job, again)
            yield row, came
            if _holds(came):
                return

    def _begin(self, asked: Sequence[Asked]) -> None:
        import threading

        if asked:
            self._held = False
        for row, job, again in asked:
            self._under_way.add(_key(row))
            self._todo.put((row, job, again and _key(row) not in self._unbegun))
        for _ in range(min(self._backend.lanes, len(self._under_way)) - self._threads):
            threading.Thread(target=self._work, name="submit", daemon=True).start()
            self._threads += 1

    def _told(self, leave: int) -> Iterator[tuple[JobRow, Came]]:
        bugs: list[BaseException] = []
        from queue import Empty

        while len(self._under_way) > (0 if bugs else leave):
            try:
                (row, _, again), came = self._done.get(timeout=None if bugs else SLOW)
            except Empty:
                return  # one call that is tried again and again must not keep the sweep from being looked at
            self._under_way.discard(_key(row))
            self._unbegun.discard(_key(row))
            if isinstance(came, (str, Refused, Unavailable)):
                yield row, came
            elif came is not _NOT_BEGUN:
                bugs.append(came)
            elif not again:
                self._unbegun.add(_key(row))
        if bugs:  # only now, when no thread has anything left to say
            raise bugs[0]

    def _work(self) -> None:
        while True:
            asked = self._todo.get()
            try:
                came: Came | BaseException = _NOT_BEGUN if self._held else self._ask(*asked)
            except BaseException as error:
                came = error
            if _holds(came):
                self._held = True
            self._done.put((asked, came))

    def _ask(self, row: JobRow, job: Job, again: bool) -> Came:
        try:
            return self._backend.submit(job, again=again, **({"find": True} if row.cancel else {}))
        except (Refused, Unavailable) as error:
            return error


def _key(row: JobRow) -> tuple[str, int]:
    return row.trial, row.attempt


def _holds(came: Came | BaseException) -> bool:
    """Whether it keeps the others from being begun."""
    return not came.alone if isinstance(came, Unavailable) else not isinstance(came, (str, Refused))


_NOT_BEGUN = RuntimeError("another submission said to wait")
