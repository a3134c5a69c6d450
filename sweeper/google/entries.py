"""The log entries of a job, from Cloud Logging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sweeper.google.call import Call
from sweeper.google.caller import Caller
from sweeper.google.endpoints import Service


def log_entries(caller: Caller, project: str, filter: str, page_size: int, order: str) -> Iterator[dict[str, Any]]:
    """All entries that a filter of the Logging query language lets through, page by page as they are needed."""
    call = Call(Service.LOGGING, "read the log", project=project, override=caller.endpoints.override or "")
    body: dict[str, Any] = {
        "resourceNames": [f"projects/{project}"],
        "filter": filter,
        "orderBy": order,
        "pageSize": min(page_size, 1000),
    }
    while True:
        page = caller.ask(call, "entries", _listing(body))
        yield from page.get("entries", [])
        # A page may be empty and yet not the last.
        if not (token := page.get("nextPageToken")):
            return
        body = {**body, "pageToken": token}


def _listing(body: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda entries: entries.list(body=body)
