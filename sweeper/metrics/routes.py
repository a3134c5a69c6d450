"""Which of a trial's numbers count, wherever its files are: the rules of ``metric.from``; pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from sweeper.metrics import hypertune, jsonl, stdout, tensorboard
from sweeper.model import Measurement, Metric

JSONL_FILE = "metrics.jsonl"
"""In the trial's output folder."""
EVENTS = "events.out.tfevents"
"""In the name of every file of TensorBoard's."""

_SMALL = 1 << 20


class Contents(Protocol):
    """What one attempt of a trial has left. Nothing raises for what is missing or unreadable: it is empty."""

    def output(self, name: str) -> bytes:
        """A file of the output folder, by its path from there."""

    def jsonl_names(self) -> Iterable[str]:
        """The names of all files of JSON lines directly in the output folder, sorted."""

    def event_names(self) -> Iterable[str]:
        """The paths of all event files in the output folder, oldest first in each subfolder."""

    def hypertune(self) -> bytes:
        """The attempt's file that ``CLOUD_ML_HP_METRIC_FILE`` names."""

    def log(self) -> bytes:
        """What the attempt printed."""


def read_from(contents: Contents, metric: Metric) -> tuple[Measurement, ...]:
    """Everything one attempt of a trial has reported so far, of all metrics, in the order it was reported.

    ``auto`` asks the routes one after the other until the metrics that are wanted have been found; what the routes
    had of others is kept, and a metric is taken from one route only. Nothing in a file makes it raise: half lines,
    garbage and files that shrink between two reads are normal. Raises UserError only for what the user must change: a
    bad pattern, or event files asked for by name without the package that reads them.
    """
    if metric.source != "auto":
        return tuple(ROUTES[metric.source](contents, metric))
    return tuple(_first_of_each(_auto(contents, metric), metric.names))


def _auto(contents: Contents, metric: Metric) -> Iterator[list[Measurement]]:
    yield _jsonl(contents, metric)
    yield _hypertune(contents, metric)
    if next(iter(contents.event_names()), None) and tensorboard.installed():
        yield _tensorboard(contents, metric)
    if metric.pattern is not None:
        yield _stdout(contents, metric)


def _first_of_each(sources: Iterator[list[Measurement]], names: Sequence[str]) -> list[Measurement]:
    """The sources joined up to the one with which all ``names`` are there; each comes from the first that has it."""
    joined: list[Measurement] = []
    known: set[str] = set()
    for source in sources:
        joined += [one for one in source if one.metric not in known]
        known.update(one.metric for one in source)
        if known.issuperset(names):
            break
    return joined


def _jsonl(contents: Contents, metric: Metric) -> list[Measurement]:
    data = contents.output(JSONL_FILE)
    if data:
        return jsonl.parse(_text(data))
    return _first_of_each((jsonl.parse(_text(data)) for data in _other_jsonl(contents, metric.names)), metric.names)


def _other_jsonl(contents: Contents, names: Sequence[str]) -> Iterator[bytes]:
    """Other files of JSON lines, by name. Big ones only if they mention a metric: they may be predictions."""
    spellings = [json.dumps(name, ensure_ascii=ascii_only).encode() for name in names for ascii_only in (True, False)]
    for path in contents.jsonl_names():
        data = contents.output(path)
        if len(data) <= _SMALL or any(spelling in data for spelling in spellings):
            yield data


def _hypertune(contents: Contents, metric: Metric) -> list[Measurement]:
    return hypertune.parse(_text(contents.hypertune()))


def _stdout(contents: Contents, metric: Metric) -> list[Measurement]:
    return stdout.parse(_text(contents.log()), pattern=metric.pattern or "", name=metric.name)


def _tensorboard(contents: Contents, metric: Metric) -> list[Measurement]:
    """Tags of files in a subfolder are named ``folder/tag``, as TensorBoard shows them.

    The plain tag will do for a metric that is wanted where one folder only has it.
    """
    found = [
        (path.rpartition("/")[0], one)
        for path in contents.event_names()
        for one in tensorboard.parse(contents.output(path))
    ]
    plain: set[tuple[str, str]] = set()
    for name in metric.names:
        folders = {folder for folder, one in found if one.metric == name}
        plain |= {(folder, name) for folder in folders} if len(folders) == 1 else set()
    return [
        one
        if not folder or (folder, one.metric) in plain
        else Measurement(f"{folder}/{one.metric}", one.value, one.step, one.time)
        for folder, one in found
    ]


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


ROUTES: dict[str, Callable[[Contents, Metric], list[Measurement]]] = {
    "jsonl": _jsonl,
    "hypertune": _hypertune,
    "tensorboard": _tensorboard,
    "stdout": _stdout,
}
"""Every source that ``metric.from`` can name, in the order in which ``auto`` asks them."""
