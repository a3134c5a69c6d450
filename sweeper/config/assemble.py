"""Puts the events of a YAML parser together to nodes, and refuses what a config has no use for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from sweeper.config.nodes import Entry, Mapping, Mark, Node, Scalar, Sequence
from sweeper.config.report import Report
from sweeper.config.scalars import Unclear
from sweeper.lean import dataclass, field

Resolved: TypeAlias = "str | int | float | bool | None"
_DEEPEST = 50
_PLAIN_TAGS = ("!!str", "!!int", "!!float", "!!bool", "!!null")
_MOST_COPIES = 100_000
"""Nodes that aliases may add; nine lines of nested aliases would make a billion."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong inside ``owner``, whose path is known only once the tree is complete."""

    owner: Node
    mark: Mark
    message: str
    hint: str
    key: str


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    mark: Mark
    mapping: bool
    flow: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    size: int = 1


class Builder:
    """Takes events one by one; afterwards ``root`` is the tree."""

    def __init__(
        self,
        report: Report,
        resolved: Callable[[str], Resolved],
        tagged: Callable[[str, str], Resolved] | None = None,
    ) -> None:
        self.root: Node | None = None
        self.ended = False
        """The stream came to its end: nothing in it was invalid YAML."""
        self.complaints: list[Complaint] = []
        self._report, self._resolved, self._tagged = report, resolved, tagged
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._copies = 0

    def take(self, event: Any) -> bool:
        """Add one event; False where the rest is not worth reading, and the report says why."""
        kind = type(event).__name__
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if getattr(event, "tag", None) is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            if self._tagged is not None and kind == "ScalarEvent" and tag in _PLAIN_TAGS:
                return self._tag(tag, event, mark)
            return self._stop(mark, f"the tag {tag} is not allowed", "write the plain value; quote text")
        match kind:
            case "ScalarEvent":
                self._place(self._scalar(event, mark), 1, event.anchor)
            case "AliasEvent":
                return self._alias(event.anchor, mark)
            case "SequenceStartEvent" | "MappingStartEvent":
                return self._start(event, mark, mapping=kind == "MappingStartEvent")
            case "SequenceEndEvent" | "MappingEndEvent":
                top = self._stack.pop()
                node = self._mapping(top) if top.mapping else Sequence(top.mark, tuple(top.items))
                self._place(node, top.size, top.anchor)
            case "DocumentStartEvent" if self.root is not None:
                return self._stop(mark, "a second document starts here: one file is one sweep", "make it two files")
            case "StreamEndEvent":
                self.ended = True
            case _:
                pass
        return True

    def _tag(self, tag: str, event: Any, mark: Mark) -> bool:
        """A scalar whose type was said."""
        assert self._tagged is not None
        try:
            value = self._tagged(tag.removeprefix("!!"), event.value)
        except ValueError:
            return self._stop(mark, f"{event.value!r} is no {tag}")
        self._place(Scalar(mark, value, event.value, plain=False), 1, event.anchor)
        return True

    def _stop(self, mark: Mark, message: str, hint: str = "") -> bool:
        self._report.add(mark, "", message, hint)
        return False

    def _place(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if self._stack:
            self._stack[-1].items.append(node)
            self._stack[-1].size += size
        else:
            self.root = node

    def _start(self, event: Any, mark: Mark, *, mapping: bool) -> bool:
        if len(self._stack) >= _DEEPEST:
            return self._stop(mark, f"nested more than {_DEEPEST} deep")
        self._stack.append(_Open(mark, mapping, bool(event.flow_style), event.anchor))
        return True

    def _alias(self, name: str, mark: Mark) -> bool:
        if any(top.anchor == name for top in self._stack):
            return self._stop(mark, f"*{name} refers to itself")
        if name not in self._anchors:
            return self._stop(mark, f"*{name} refers to nothing: no &{name} before it", f"quote it: '*{name}'")
        node, size = self._anchors[name]
        self._copies += size
        if self._copies > _MOST_COPIES:
            return self._stop(mark, f"aliases make more than {_MOST_COPIES} copies", "write the values once")
        self._place(node, size, None)
        return True

    def _scalar(self, event: Any, mark: Mark) -> Scalar:
        text, plain = event.value, not event.style
        if not plain:
            broken = "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
            node = Scalar(mark, text, text, plain=False, broken=broken)
            if broken:
                self._complain(node, mark, "no command line can carry this character", "delete the escape")
            return node
        try:
            return Scalar(mark, self._resolved(text), text)
        except Unclear as unclear:
            node = Scalar(mark, text, text, broken=True)
            self._complain(node, mark, *unclear.args)
            return node

    def _mapping(self, top: _Open) -> Mapping:
        entries: dict[str, Entry] = {}
        empty = [key.text for key, node in _pairs(top) if top.flow and isinstance(key, Scalar) and _is_empty(node)]
        mapping = Mapping(top.mark, entries, broken=bool(empty))
        if empty:
            self._complain(mapping, top.mark, *_no_value(empty[0], alone=len(top.items) == 2))
        merged: list[Node] = []
        for key, node in _pairs(top):
            if not isinstance(key, Scalar) or not isinstance(key.value, str) or key.broken:
                shown = repr(key.text) if isinstance(key, Scalar) else "this"
                self._complain(mapping, key.mark, f"expected a name as the key, {shown} is none", "quote it")
            elif key.plain and key.text == "<<":
                merged.append(node)
            elif key.text in entries:
                first = entries[key.text].mark
                message = f"written twice, first in line {first.line}"
                self._complain(mapping, key.mark, message, "keep one of them", key.text)
            else:
                entries[key.text] = Entry(key.mark, node)
        for node in merged:
            self._merge(mapping, entries, node)
        return mapping

    def _merge(self, mapping: Mapping, entries: dict[str, Entry], node: Node) -> None:
        """Add what ``<<`` brings; the keys of the mapping itself, and the earlier of several sources, win."""
        for source in node.items if isinstance(node, Sequence) else (node,):
            if not isinstance(source, Mapping):
                self._complain(mapping, source.mark, "expected a mapping to merge", "write <<: *name", "<<")
                continue
            for key, entry in source.entries.items():
                entries.setdefault(key, entry)

    def _complain(self, owner: Node, mark: Mark, message: str, hint: str, key: str = "") -> None:
        self.complaints.append(Complaint(owner, mark, message, hint, key))


def _pairs(top: _Open) -> Iterator[tuple[Node, Node]]:
    return zip(top.items[::2], top.items[1::2], strict=True)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.missing


def _no_value(key: str, *, alone: bool) -> tuple[str, str]:
    name, colon, value = key.partition(":")
    if colon:
        hint = f"write a space after the colon: {{{name}: {value}}}"
    else:
        hint = f'text in braces needs quotes: "{{{key}}}"' if alone else f"write {{{key}: value}}"
    return f"{{{key}}} without quotes is a mapping in YAML, and {key!r} has no value", hint
