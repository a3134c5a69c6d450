"""Holds a tree of nodes against its kind: plain values come back, everything wrong goes to the report."""

from __future__ import annotations

import math
import re
from typing import Any

from sweeper.config.kinds import Fields, Forms, Kind, ListOf, MapOf, Plain
from sweeper.config.leaf import BAD, NOT_YET, check_leaf
from sweeper.config.names import did_you_mean, listed
from sweeper.config.nodes import Mapping, Mark, Node, Scalar, Sequence, found
from sweeper.config.report import Report, join
from sweeper.lean import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A checked mapping: the values that are right, and where each was written."""

    path: str
    node: Mapping
    values: dict[str, Any]

    @property
    def whole(self) -> bool:
        """All that was written is right."""
        return len(self.values) == len(self.node.entries)

    def has(self, key: str) -> bool:
        """The key was written, right or wrong."""
        return key in self.node.entries

    def mark(self, key: str = "") -> Mark:
        """Where the value of ``key`` stands, else the section."""
        entry = self.node.entries.get(key)
        return entry.node.mark if entry else self.node.mark

    def at(self, key: str) -> str:
        """The dotted path of ``key``."""
        return join(self.path, key)


def check(kind: Kind, node: Node, path: str, report: Report) -> Any:
    """The value of ``node``; BAD where it is not of this kind.

    Lists come back as tuples, mappings as a Section that holds only what was right.
    """
    if not isinstance(node, Sequence) and node.broken:
        return BAD
    match kind:
        case Forms():
            return _form(kind, node, path, report)
        case Plain():
            return _plain(node, path, report)
        case ListOf():
            return _list(kind, node, path, report)
        case MapOf() | Fields():
            return _mapping(kind, node, path, report)
        case _:
            return check_leaf(kind, node, path, report)


def _form(kind: Forms, node: Node, path: str, report: Report) -> Any:
    inner = {Scalar: kind.scalar, Sequence: kind.sequence, Mapping: kind.mapping}[type(node)]
    return check(inner or kind.scalar or Plain(), node, path, report)


def _plain(node: Node, path: str, report: Report) -> Any:
    if isinstance(node, Sequence):
        parts = [check(Plain(), item, join(path, i), report) for i, item in enumerate(node.items)]
        return BAD if BAD in parts else tuple(parts)
    if isinstance(node, Mapping):
        report.add(node.mark, path, "expected text, a number, true, false or a list, got a mapping")
        return BAD
    if node.missing:
        report.add(node.mark, path, "expected a value, got nothing", "write '' for empty text")
        return BAD
    if isinstance(node.value, float) and not math.isfinite(node.value):
        report.add(node.mark, path, f"{node.text} is not a number to sweep", f"to pass it as text: '{node.text}'")
        return BAD
    return node.value


def _list(kind: ListOf, node: Node, path: str, report: Report) -> Any:
    if not isinstance(node, Sequence):
        hint = f"write [{node.text}]" if isinstance(node, Scalar) and not node.missing else ""
        report.add(node.mark, path, f"expected a list, got {found(node)}", hint)
        return BAD
    if len(node.items) < kind.least:
        report.add(node.mark, path, "expected at least one entry, got an empty list")
        return BAD
    items = [check(kind.item, item, join(path, i), report) for i, item in enumerate(node.items)]
    return BAD if BAD in items else tuple(items)


def _mapping(kind: MapOf | Fields, node: Node, path: str, report: Report) -> Any:
    if isinstance(node, Scalar) and node.missing and isinstance(kind, Fields):
        node = Mapping(node.mark, {})  # a section whose lines are all commented out
    if not isinstance(node, Mapping):
        report.add(node.mark, path, f"expected a mapping, got {found(node)}", "write key: value")
        return BAD
    section = Section(path, node, {})
    for key, entry in node.entries.items():
        inner = _named(kind, key, entry.mark, section, report)
        if inner is not None and (value := check(inner, entry.node, section.at(key), report)) is not BAD:
            section.values[key] = value
    for known in kind.keys if isinstance(kind, Fields) else ():
        if known.required and not section.has(known.name):
            report.add(node.mark, section.at(known.name), "missing", known.doc)
    if isinstance(kind, MapOf) and len(node.entries) < kind.least:
        report.add(node.mark, path, f"expected at least one {kind.says}, got an empty mapping")
        return BAD
    return section


def _named(kind: MapOf | Fields, key: str, mark: Mark, section: Section, report: Report) -> Kind | None:
    """The kind of what ``key`` holds, or None after a complaint."""
    if isinstance(kind, MapOf):
        if re.fullmatch(kind.names, key):
            return kind.item
        bare = re.sub(r"\W+", "_", key.strip("-<> "))
        hint = f"write {bare}" if re.fullmatch(kind.names, bare) else ""
        report.add(mark, section.at(key), f"{key!r} is no name of {_an(kind.says)}", hint)
        return None
    known = {each.name: each for each in kind.keys}
    if key not in known:
        report.add(mark, section.at(key), f"unknown key {key!r}", _unknown_hint(kind, key))
    elif known[key].kind is None:
        report.add(mark, section.at(key), NOT_YET, "leave it out")
    return known[key].kind if key in known else None


def _unknown_hint(kind: Fields, key: str) -> str:
    """What to write for a key that does not exist here."""
    if foreign := dict(kind.foreign).get(key):
        return foreign
    names = [each.name for each in kind.keys if each.kind is not None]
    inside = [f"{each.name}.{key}" for each in kind.keys if key in _keys_of(each.kind)]
    if inside:
        return f"it belongs to a section: {listed(inside)}"
    return did_you_mean(key, names)


def _keys_of(kind: Kind | None) -> set[str]:
    if isinstance(kind, Forms):
        kind = kind.mapping
    return {key.name for key in kind.keys} if isinstance(kind, Fields) else set()


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
