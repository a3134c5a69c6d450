"""Where a local trial's numbers are: the one place of this package that touches the disk."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sweeper.metrics import hypertune, jsonl, stdout, tensorboard
from sweeper.model import Measurement, Metric

HYPERTUNE_FILE = "hypertune.jsonl"
"""In the attempt's folder; what ``CLOUD_ML_HP_METRIC_FILE`` must name."""
JSONL_FILE = "metrics.jsonl"
"""In the trial's output folder."""
LOG_FILE = "log.txt"
"""In the attempt's folder."""

_SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Places:
    """The two folders that a trial's numbers can be in."""

    output: Path
    attempt: Path


def read(metric: Metric, *, output_dir: Path, attempt_dir: Path) -> tuple[Measurement, ...]:
    """Everything one attempt of a trial has reported so far, of all metrics, in the order it was reported.

    ``auto`` asks the routes one after the other until one has the named metric; what the earlier ones had of other
    metrics is kept, and a metric is taken from one route only. Nothing in a file makes it raise: half lines,
    garbage and files that shrink between two reads are normal. A file that cannot be read (no permission, a folder
    of that name) is taken as one that is not there. Raises UserError only for what the user must change: a bad
    pattern, or event files asked for by name without the package that reads them.
    """
    places = Places(output_dir, attempt_dir)
    if metric.source != "auto":
        return tuple(ROUTES[metric.source](places, metric))
    return tuple(_first_of_each(_auto(places, metric), metric.name))


def _auto(places: Places, metric: Metric) -> Iterator[list[Measurement]]:
    yield _jsonl(places, metric)
    yield _hypertune(places, metric)
    if next(_event_files(str(places.output)), None) and tensorboard.installed():
        yield _tensorboard(places, metric)
    if metric.pattern is not None:
        yield _stdout(places, metric)


def _first_of_each(sources: Iterator[list[Measurement]], name: str) -> list[Measurement]:
    """The sources joined up to the one that has ``name``; each metric comes from the first that has it."""
    joined: list[Measurement] = []
    known: set[str] = set()
    for source in sources:
        joined += [one for one in source if one.metric not in known]
        known.update(one.metric for one in source)
        if name in known:
            break
    return joined


def _jsonl(places: Places, metric: Metric) -> list[Measurement]:
    data = _content(f"{places.output}/{JSONL_FILE}")
    if data:
        return jsonl.parse(_text(data))
    return _first_of_each((jsonl.parse(_text(data)) for data in _other_jsonl(places, metric.name)), metric.name)


def _other_jsonl(places: Places, name: str) -> Iterator[bytes]:
    """Other files of JSON lines, by name. Big ones only if they mention the metric: they may be predictions."""
    spellings = [json.dumps(name, ensure_ascii=ascii_only).encode() for ascii_only in (True, False)]
    for path in sorted(entry.path for entry in _entries(str(places.output)) if entry.name.endswith(".jsonl")):
        data = _content(path)
        if len(data) <= _SMALL or any(spelling in data for spelling in spellings):
            yield data


def _hypertune(places: Places, metric: Metric) -> list[Measurement]:
    return hypertune.parse(_text(_content(f"{places.attempt}/{HYPERTUNE_FILE}")))


def _stdout(places: Places, metric: Metric) -> list[Measurement]:
    text = _text(_content(f"{places.attempt}/{LOG_FILE}"))
    return stdout.parse(text, pattern=metric.pattern or "", name=metric.name)


def _tensorboard(places: Places, metric: Metric) -> list[Measurement]:
    """Tags of files in a subfolder are named ``folder/tag``, as TensorBoard shows them.

    The plain tag will do for the metric where one folder only has it.
    """
    root = str(places.output)
    found = [
        (os.path.relpath(folder, root), one)
        for folder, path in _event_files(root)
        for one in tensorboard.parse(_content(path))
    ]
    folders = {folder for folder, one in found if one.metric == metric.name}
    plain = {(folder, metric.name) for folder in folders} if len(folders) == 1 else set()
    return [
        one
        if folder == "." or (folder, one.metric) in plain
        else Measurement(f"{folder}/{one.metric}", one.value, one.step, one.time)
        for folder, one in found
    ]


def _event_files(folder: str) -> Iterator[tuple[str, str]]:
    """Each event file with its folder, oldest first: their names carry the time at which they were begun."""
    entries = sorted(_entries(folder), key=lambda entry: entry.name)
    for entry in entries:
        if "events.out.tfevents" in entry.name:
            yield folder, entry.path
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _event_files(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _content(path: str) -> bytes:
    """The file's bytes; none where it is missing, unreadable or not a plain file (a pipe would block)."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            return file.read() if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


ROUTES: dict[str, Callable[[Places, Metric], list[Measurement]]] = {
    "jsonl": _jsonl,
    "hypertune": _hypertune,
    "tensorboard": _tensorboard,
    "stdout": _stdout,
}
"""Every source that ``metric.from`` can name, in the order in which ``auto`` asks them."""
