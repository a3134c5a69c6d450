"""The requests that the keeper has not started yet."""

from __future__ import annotations

from collections import deque

from sweeper.backends.local.child import Request

ATTEMPTS = 3
"""So often is a request tried whose process cannot be started."""


class Waiting:
    """In the order they came."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._failures: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._requests)

    def __contains__(self, path: str) -> bool:
        return any(request.path == path for request in self._requests)

    def add(self, request: Request) -> None:
        """Its turn comes after all others."""
        self._requests.append(request)

    def put_back(self, request: Request) -> None:
        """Its turn comes again."""
        self._requests.appendleft(request)

    def take(self) -> Request:
        """The next one."""
        return self._requests.popleft()

    def drop(self, path: str) -> None:
        """It is not to be started any more."""
        self._requests = deque(request for request in self._requests if request.path != path)

    def clear(self) -> None:
        """None is to be started any more."""
        self._requests.clear()

    def failed(self, path: str) -> bool:
        """It could not be started; whether that was once too often."""
        self._failures[path] = self._failures.get(path, 0) + 1
        return self._failures[path] >= ATTEMPTS

    def started(self, path: str) -> None:
        """Earlier failures do not count any more."""
        self._failures.pop(path, None)
