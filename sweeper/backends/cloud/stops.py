"""Why sweeper asked a job to end, kept in the bucket: the services themselves only say that somebody did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sweeper.backends.cloud.row import Row
from sweeper.google.storage import Storage
from sweeper.model import Reason, State


@dataclass
class Stops:
    """A user's wish is what a cancelled job means by itself; only other reasons are written down."""

    storage: Storage
    _known: dict[tuple[str, str, int], Reason] = field(default_factory=dict)

    def note(self, row: Row, reason: Reason) -> None:
        """Before the job is asked to end. The first reason stays."""
        if row.key in self._known:
            return
        if reason is not Reason.USER:
            self.storage.write(f"{_folder(row)}{_name(row)}.{reason}", b"", content_type="text/plain")
        self._known[row.key] = reason

    def of(self, rows: Iterable[Row]) -> dict[tuple[str, str, int], Reason]:
        """The reason for each cancelled job that sweeper has asked to end for one; by ``Row.key``."""
        cancelled = [row for row in rows if row.state is State.CANCELLED]
        for folder in {_folder(row) for row in cancelled if row.key not in self._known}:
            written = dict(one.url.rpartition("/")[2].rsplit(".", 1) for one in self.storage.list(folder))
            for row in cancelled:
                if _folder(row) == folder and (reason := written.get(_name(row))):
                    self._known.setdefault(row.key, Reason(reason))
        return {row.key: self._known[row.key] for row in cancelled if row.key in self._known}


def _folder(row: Row) -> str:
    return f"{row.folder.rpartition('/trials/')[0]}/stops/"


def _name(row: Row) -> str:
    return f"{row.trial}.{row.attempt}"
