"""``metric:``, what trials are ranked by: a name, a mapping, or a list of either; and the conditions on metrics."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator
from typing import Any

from sweeper.config.check import Section
from sweeper.config.names import listed
from sweeper.config.nodes import Mark, Sequence
from sweeper.config.report import Report, join
from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.model import Metric

_WORDS = (
    ("the constraint names no parameter", "the condition names no metric"),
    ("expected a parameter, a number", "expected a metric, a number"),
)
"""A constraint's complaints, and what they are called here."""


def build_metric(root: Section, parameters: Collection[str], report: Report) -> Metric:
    """All metrics as one, the first. ``parameters`` are names that a condition cannot speak of."""
    checked = root.values.get("metric")
    if checked is None:
        return Metric()
    entries: tuple[Any, ...] = checked if isinstance(checked, tuple) else (checked,)
    found = [_metric(entry, report) for entry in entries]
    _check_names(root, found, report)
    for entry in entries[1:]:
        _check_place(entry, found[0], report)
    names = [one.name for one in found]
    where, watched = [], dict[str, None]()
    for text, mark, path in _conditions(entries):
        where.append(text)
        watched |= dict.fromkeys(_spoken_of(text, names, parameters, mark, path, report))
    others = tuple(name for name in watched if name not in names)
    whole = replace(found[0], more=tuple(found[1:]), where=tuple(where), watched=others)
    _check_reach(entries[0], whole, report)
    return whole


def _metric(checked: Any, report: Report) -> Metric:
    if not isinstance(checked, Section):
        return Metric(checked)
    fields = {{"from": "source"}.get(key, key): value for key, value in checked.values.items() if key != "where"}
    if checked.values.get("from") == "stdout" and not checked.has("pattern"):
        message = "from: stdout needs a pattern that finds the number in what the trainer prints"
        hint = "pattern: 'accuracy=(?P<value>[0-9.]+)'"
        report.add(checked.mark("from"), checked.at("pattern"), message, hint)
    if checked.has("pattern") and checked.values.get("from", "stdout" if checked.has("from") else "auto") != "stdout":
        report.add(
            checked.mark("pattern"), checked.at("pattern"), "pattern belongs to from: stdout", "add from: stdout"
        )
    if "pattern" in fields:
        _check_pattern(fields["pattern"], checked.mark("pattern"), checked.at("pattern"), report)
    return Metric(**fields)


def _check_pattern(pattern: str, mark: Mark, path: str, report: Report) -> None:
    groups = _groups(pattern)
    if isinstance(groups, str):
        report.add(mark, path, f"not a regular expression: {groups}")
        return
    names, count = groups
    if "value" in names:
        return
    if count == 1:
        hint = f"name it: {pattern.replace('(', '(?P<value>', 1)}" if not names else "call it value"
        report.add(mark, path, "the group that finds the number must be named value", hint)
    else:
        report.add(mark, path, "expected a group named value, found none", "write (?P<value>...) around the number")


def _groups(pattern: str) -> tuple[set[str], int] | str:
    """The names of its groups and their number; or why it is no pattern."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's plans with odd patterns the user need not hear
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return set(compiled.groupindex), compiled.groups


def _check_names(root: Section, found: list[Metric], report: Report) -> None:
    """Each once; the same number cannot be better both ways."""
    node = root.node.entries["metric"].node
    seen: set[str] = set()
    for i, one in enumerate(found):
        if one.name in seen and isinstance(node, Sequence):
            path = join(root.at("metric"), i)
            report.add(node.items[i].mark, path, f"{one.name} is an objective already", "keep one of them")
        seen.add(one.name)


def _check_place(checked: Any, first: Metric, report: Report) -> None:
    for key in ("from", "pattern") if isinstance(checked, Section) else ():
        if checked.has(key):
            message = f"all metrics are read where the first one is, {first.name}"
            hint = "write it there; a pattern with a group named name finds several"
            report.add(checked.mark(key), checked.at(key), message, hint)


def _check_reach(checked: Any, metric: Metric, report: Report) -> None:
    """A pattern that says no names finds one metric."""
    others = [name for name in metric.names if name != metric.name]
    if not others or metric.pattern is None or isinstance(groups := _groups(metric.pattern), str):
        return
    if "name" not in groups[0]:
        message = f"this pattern finds {metric.name} alone, and {listed(others, 'and')} is wanted too"
        hint = f"let it find the name as well: (?P<name>{'|'.join(map(re.escape, metric.names))})=(?P<value>[0-9.]+)"
        report.add(checked.mark("pattern"), checked.at("pattern"), message, hint)


def _conditions(entries: tuple[Any, ...]) -> Iterator[tuple[str, Mark, str]]:
    for entry in entries:
        where = entry.values.get("where") if isinstance(entry, Section) else None
        if where is None:
            continue
        node, path = entry.node.entries["where"].node, entry.at("where")
        if isinstance(node, Sequence):
            yield from (
                (text, item.mark, join(path, i)) for i, (text, item) in enumerate(zip(where, node.items, strict=True))
            )
        else:
            yield where, node.mark, path


def _spoken_of(
    text: str, names: list[str], parameters: Collection[str], mark: Mark, path: str, report: Report
) -> tuple[str, ...]:
    """The metrics that a condition names; none after a complaint."""
    # Here, because most configs have no conditions.
    from sweeper.space.constraints import parse
    from sweeper.space.tokens import tokens

    try:
        known = {*names, *(token.text for token in tokens(text, names) if token.kind == "name")}
        found = parse(text, known).names
    except UserError as error:
        message, hint = error.problems[0].message, error.problems[0].hint
        for theirs, ours in _WORDS:
            message = message.replace(theirs, ours)
        report.add(mark, path, message, hint)
        return ()
    if wrong := [name for name in found if name in parameters and name not in names]:
        message = f"{wrong[0]} is a parameter, and this is about what trials report"
        report.add(mark, path, message, f"write constraints: ['{text}'], which leaves points out before they run")
    return found
