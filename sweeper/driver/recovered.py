"""The points of an adaptive sweep, read back from the command lines of its jobs: nothing else says what was proposed.

A job bears its point's id, which is a hash of the values: what was read is right where it has that id, and only there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from sweeper.backends.cloud.history import Past
from sweeper.model import Point, Sweep, Trial, Value
from sweeper.search.trials import trial_of
from sweeper.space.identity import point_id
from sweeper.space.written import Written, is_written

MOST_TRIED = 4096
"""Ways to read one command line, where values leave no clear trace in it (a flag that is off, a file elsewhere)."""


def trials(sweep: Sweep, past: Iterable[Past]) -> Iterator[Trial]:
    """The trial of each job whose command line this config can have made; points are numbered as they were begun."""
    written = Written(sweep.space)
    sometimes = frozenset(one.name for one in sweep.space.parameters if one.when)
    points: dict[str, Point | None] = {}
    numbers: dict[str, int] = {}
    for one in sorted(past, key=lambda one: (one.submitted, one.attempt, one.trial_id)):
        name, _, repeat = one.trial_id.partition("-")
        if name not in points:
            points[name] = _point(written, sometimes, one.args, name)
        point = points[name]
        if point is not None:
            k, run = numbers.setdefault(name, len(numbers)), int(repeat or 0)
            yield trial_of(sweep, point, number=k * sweep.repeats.count + run, repeat=run)


def _point(written: Written, sometimes: frozenset[str], args: Sequence[str], wanted: str) -> Point | None:
    given = _options(args)
    anywhere = [*args, *(arg.partition("=")[2] for arg in args)]
    listed = []
    for name in written.names:
        texts = given.get(_plain(name))
        ways = _ways(written, name, texts, anywhere)
        absent = [_ABSENT] if name in sometimes else []
        listed.append([*absent, *ways] if texts is None else [*ways, *absent])
    for values in islice(product(*listed), MOST_TRIED):
        point = {name: value for name, value in zip(written.names, values, strict=True) if value is not _ABSENT}
        if point_id(point) == wanted:
            return point
    return None


_ABSENT: Value = ("absent",)


def _options(args: Sequence[str]) -> dict[str, list[str]]:
    """Option -> each text that may be its value; dashes and underscores are the same."""
    found: dict[str, list[str]] = {}
    for place, arg in enumerate(args):
        if not arg.startswith("-"):
            continue
        name, equals, text = arg.partition("=")
        texts = found.setdefault(_plain(name), [])
        if equals:
            texts.append(text)
        elif place + 1 < len(args):
            texts.append(args[place + 1])
    return found


def _ways(written: Written, name: str, texts: Sequence[str] | None, anywhere: Sequence[str]) -> list[Value]:
    """The values that a parameter may have had, the likely ones first; ``texts`` is None where its option is not there.

    What no option of its name tells may be an argument, an option of another name, a list, a flag, or the address of a
    file that was staged.
    """
    choices = written.choices(name)
    if not choices:
        return [value for text in texts or anywhere for value in _number(written, name, text)]
    told = [value for value in choices if any(is_written(value, text) for text in texts or ())]
    return told or sorted(choices, key=lambda value: (value is False or value is None) == (texts is not None))


def _number(written: Written, name: str, text: str) -> list[Value]:
    try:
        return [written.value(name, text)]
    except ValueError:
        return []


def _plain(name: str) -> str:
    return name.strip("-").replace("-", "_")
