"""The points of an adaptive sweep, read back from the command lines of its jobs: nothing else says what was proposed.

A job bears its point's id, which is a hash of the values: what was read is right where it has that id, and only there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from sweeper.backends.cloud.history import Past
from sweeper.model import Point, Sweep, Trial, Value
from sweeper.search.trials import trial_of
from sweeper.space.identity import point_id
from sweeper.space.written import Written

MOST_TRIED = 4096
"""Ways to read one command line, where values leave no trace in it (a flag that is off)."""


def trials(sweep: Sweep, past: Iterable[Past]) -> Iterator[Trial]:
    """The trial of each job whose command line this config can have made; points are numbered as they were begun."""
    written = Written(sweep.space)
    points: dict[str, Point | None] = {}
    numbers: dict[str, int] = {}
    for one in sorted(past, key=lambda one: (one.submitted, one.attempt, one.trial_id)):
        name, _, repeat = one.trial_id.partition("-")
        if name not in points:
            points[name] = _point(written, one.args, name)
        point = points[name]
        if point is not None:
            k, run = numbers.setdefault(name, len(numbers)), int(repeat or 0)
            yield trial_of(sweep, point, number=k * sweep.repeats.count + run, repeat=run)


def _point(written: Written, args: Sequence[str], wanted: str) -> Point | None:
    given = _options(args)
    listed = [_ways(written, name, given) for name in written.names]
    for values in islice(product(*listed), MOST_TRIED):
        point = {name: value for name, value in zip(written.names, values, strict=True) if value is not _ABSENT}
        if point_id(point) == wanted:
            return point
    return None


_ABSENT: Value = ("absent",)


def _options(args: Sequence[str]) -> dict[str, str | None]:
    """Option -> its text, None for one that stands alone; dashes and underscores are the same."""
    found: dict[str, str | None] = {}
    for place, arg in enumerate(args):
        name, equals, text = arg.partition("=")
        if name.startswith("--"):
            after = args[place + 1] if place + 1 < len(args) else "--"
            found[_plain(name)] = text if equals else None if after.startswith("--") else after
    return found


def _ways(written: Written, name: str, given: Mapping[str, str | None]) -> list[Value]:
    """The values that a parameter may have had."""
    if written.constant(name) is not None:
        return [written.constant(name)]
    text = given.get(_plain(name), "")
    if _plain(name) not in given:
        return [_ABSENT, False, None]
    if text is None:
        return [True]
    try:
        return [written.value(name, text)]
    except ValueError:
        return []


def _plain(name: str) -> str:
    return name.strip("-").replace("-", "_")
