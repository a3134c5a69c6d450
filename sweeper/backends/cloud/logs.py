"""What jobs printed, from Cloud Logging: whole for a person, and bit by bit for a metric that is found by a pattern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sweeper.backends.cloud.row import Row
from sweeper.backends.cloud.service import Service
from sweeper.backends.cloud.times import moment, written
from sweeper.metrics.stdout import compiled

if TYPE_CHECKING:
    from sweeper.google.client import Google

TOGETHER = 100
"""Jobs in one query. The service takes queries of 20,000 letters, and 60 queries a minute."""

COMMAND = "Running command:"
"""What the services themselves write first: the trial's command line, in which a pattern may find a parameter."""


@dataclass
class _Seen:
    """How far one job's log was read."""

    until: float = 0.0
    """The time of the last entry."""
    hits: dict[str, str] = field(default_factory=dict)
    """What the pattern was found in, by the entry's own id."""


class Logs:
    """Logs of one project's jobs."""

    def __init__(self, google: Google, service: Service, *, project: str, pattern: str | None, lag: float) -> None:
        self._google = google
        self._service = service
        self._project = project
        self._pattern = pattern
        self._lag = lag
        self._seen: dict[str, _Seen] = {}

    def lines(self, handle: str) -> Iterator[str]:
        """Line by line, each with its end, oldest first."""
        for entry in self._entries([handle], 0.0):
            for line in text(entry).splitlines() or [""]:
                yield f"{line}\n"

    def update(self, rows: Sequence[Row]) -> None:
        """Read on where the last reading ended, and a little before: entries may arrive late."""
        if self._pattern is None:
            return
        handles = sorted({row.handle for row in rows}, key=lambda handle: handle in self._seen)
        new = [handle for handle in handles if handle not in self._seen]
        for some in (new, handles[len(new) :]):
            for start in range(0, len(some), TOGETHER):
                self._read(some[start : start + TOGETHER])

    def hits(self, row: Row) -> bytes:
        """Every entry so far in which the pattern was found."""
        seen = self._seen.pop(row.handle, None) if row.over else self._seen.get(row.handle)
        return "\n".join(seen.hits.values()).encode() if seen else b""

    def _read(self, handles: Sequence[str]) -> None:
        seen = {self._service.log_id(handle): self._seen.setdefault(handle, _Seen()) for handle in handles}
        since = min(one.until for one in seen.values())
        pattern = compiled(self._pattern or "")
        for entry in self._entries(handles, since - self._lag if since else 0.0):
            one = seen.get(_job_of(entry))
            if one is None:
                continue
            one.until = max(one.until, moment(entry.get("timestamp")) or 0.0)
            printed = text(entry)
            if not printed.startswith(COMMAND) and pattern.search(printed):
                one.hits.setdefault(str(entry.get("insertId") or len(one.hits)), printed)

    def _entries(self, handles: Sequence[str], since: float) -> Iterator[dict[str, Any]]:
        """In the order of their times. The query is the one that gcloud makes, for several jobs."""
        jobs = " OR ".join(f'resource.labels.job_id="{self._service.log_id(handle)}"' for handle in handles)
        query = f'resource.type="ml_job" AND {f"({jobs})" if len(handles) > 1 else jobs}'
        if since:
            query += f' AND timestamp>="{written(since)}"'
        return self._google.log_entries(self._project, filter=query)


def text(entry: Mapping[str, Any]) -> str:
    """What was printed: the services wrap lines in a payload of their own."""
    if isinstance(plain := entry.get("textPayload"), str):
        return plain
    payload = entry.get("jsonPayload")
    message = payload.get("message") if isinstance(payload, Mapping) else None
    return message if isinstance(message, str) else ""


def _job_of(entry: Mapping[str, Any]) -> str:
    labels = (entry.get("resource") or {}).get("labels") or {}
    return str(labels.get("job_id", ""))
