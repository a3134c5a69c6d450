"""What trials report, read from their output folders in the bucket and from their logs.

One listing, by pattern, covers all trials of a sweep, or one each for a few; only objects whose generation changed
since the last look are fetched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sweeper.backends.cloud.crew import Crew
from sweeper.backends.cloud.leftovers import Leftovers, Listed
from sweeper.backends.cloud.logs import Logs
from sweeper.backends.cloud.row import Row
from sweeper.google.failures import CallFailed
from sweeper.google.storage import Storage
from sweeper.metrics.routes import EVENTS, read_from
from sweeper.model import Measurement, Metric

LINES, SUMMARIES = "*.jsonl", f"**{EVENTS}*"
FILES = {"jsonl": (LINES,), "tensorboard": (SUMMARIES,), "auto": (LINES, SUMMARIES)}
"""By ``metric.from``: what may hold a metric, below a trial's folder."""
FEW = 3


@dataclass
class _Read:
    """What one trial's folder gave last."""

    files: dict[str, Listed] = field(default_factory=dict)
    contents: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    found: tuple[Measurement, ...] = ()


@dataclass
class Measures:
    """Remembers of each trial that runs what its folder gave last."""

    storage: Storage
    logs: Logs | None
    metric: Metric
    crew: Crew
    roots: tuple[str, ...] = ()
    """Subfolders of a trial's folder whose files count as its own; of two with one name, the first one's."""
    _reads: dict[str, _Read] = field(default_factory=dict)

    def last(self, row: Row) -> tuple[Measurement, ...]:
        """What was read last."""
        read = self._reads.get(row.handle)
        return read.found if read else ()

    def read(self, rows: Sequence[Row]) -> dict[str, tuple[Measurement, ...] | CallFailed]:
        """What each trial has reported so far, by handle, or why that could not be learnt. Raises CallFailed."""
        if self.logs and self.metric.source in ("stdout", "auto"):
            self.logs.update(rows)
        files = self._listed(rows)
        done = self.crew.each(lambda row: self._one(row, files.get(row.folder, {})), rows)
        return {row.handle: found for row, found in done}

    def _listed(self, rows: Sequence[Row]) -> dict[str, dict[str, Listed]]:
        """The files of each trial's folder."""
        found: dict[str, dict[str, Listed]] = defaultdict(dict)
        glob = _glob(self.metric.source, self.roots)
        folders = {row.folder for row in rows if row.folder}
        if glob is None:
            return found
        if len(folders) <= FEW:
            for folder in folders:
                for one in self.storage.list(f"{folder}/", glob=glob):
                    found[folder][one.url[len(folder) + 1 :]] = Listed(one.generation, one.size)
        else:
            for parent in {folder.rpartition("/")[0] for folder in folders}:
                for one in self.storage.list(f"{parent}/", glob=f"*/{glob}"):
                    trial, _, name = one.url[len(parent) + 1 :].partition("/")
                    found[f"{parent}/{trial}"][name] = Listed(one.generation, one.size)
        return {folder: _own(files, self.roots) for folder, files in found.items()} if self.roots else found

    def _one(self, row: Row, files: dict[str, Listed]) -> tuple[Measurement, ...]:
        before = self._reads.get(row.handle, _Read())
        has_log = self.metric.pattern is not None
        if files == before.files and not has_log:
            found = before.found
        else:
            left = Leftovers(self.storage, row.folder, files, before.contents, lambda: self._hits(row))
            found = read_from(left, self.metric)
            before = _Read(files, _kept(left), found)
        if row.over:
            self._reads.pop(row.handle, None)
        else:
            self._reads[row.handle] = before
        return found

    def _hits(self, row: Row) -> bytes:
        return self.logs.hits(row) if self.logs else b""


def _glob(source: str, roots: Sequence[str]) -> str | None:
    patterns = FILES.get(source, ())
    patterns += tuple(f"{root}/{LINES}" for root in roots if LINES in patterns)
    return f"{{{','.join(patterns)}}}" if len(patterns) > 1 else next(iter(patterns), None)


def _own(files: Mapping[str, Listed], roots: Sequence[str]) -> dict[str, Listed]:
    """What lies below a root is named as if it lay beside it."""
    found: dict[str, Listed] = {}
    for root in roots:
        for name, listed in files.items():
            if name.startswith(f"{root}/"):
                found.setdefault(name[len(root) + 1 :], replace(listed, path=name))
    rest = {name: listed for name, listed in files.items() if not name.startswith(tuple(f"{root}/" for root in roots))}
    return {**rest, **found}


def _kept(left: Leftovers) -> dict[str, tuple[int, bytes]]:
    """Contents that may be asked for again while another file changes; a single file changes as a whole."""
    return left.fetched if len(left.fetched) > 1 else {}
