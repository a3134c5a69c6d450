"""A mapping of a foreign file, key by key: camelCase or snake_case, each value of the kind that its key takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sweeper.config.names import did_you_mean, listed, nearest
from sweeper.config.nodes import Entry, Mapping, Mark, Node, Scalar, found, is_number
from sweeper.config.nodes import Sequence as ListNode
from sweeper.config.report import Report, join
from sweeper.config.scalars import Unclear, resolve

# YAML 1.1, which is gcloud's, has them as truth values: https://yaml.org/type/bool.html
_TRUE, _FALSE = ("true", "yes", "on", "y"), ("false", "no", "off", "n")
_MEANT = {"FLOAT": "DOUBLE", "REAL": "DOUBLE", "INT": "INTEGER", "STRING": "CATEGORICAL", "ENUM": "CATEGORICAL"}
"""What people write for a type."""


def camel(key: str) -> str:
    """``max_trials`` as ``maxTrials``; the services' servers take both."""
    return re.sub("_([a-z0-9])", lambda found: found[1].upper(), key)


class Fields:
    """The keys of one mapping. What is wrong goes to the report, and reads as if it were not there."""

    def __init__(self, node: Node, path: str, known: Iterable[str], report: Report) -> None:
        self.node, self.path, self.report = node, path, report
        self._entries: dict[str, tuple[str, Entry]] = {}
        if not isinstance(node, Mapping):
            report.add(node.mark, path, f"expected keys and values, got {found(node)}")
            return
        names = tuple(known)
        for key, entry in node.entries.items():
            name = camel(key)
            if name not in names:
                report.add(entry.mark, join(path, key), f"unknown key '{key}'", did_you_mean(name, names))
            elif name in self._entries:
                report.add(entry.mark, join(path, key), f"the same as {self._entries[name][0]}", "keep one of them")
            elif not (isinstance(entry.node, Scalar) and entry.node.value is None and entry.node.plain):
                self._entries[name] = key, entry

    def besides(self, *keys: str) -> list[str]:
        """The other keys that are there, as dotted paths."""
        return [self.at(key) for key in self._entries if key not in keys]

    def has(self, key: str) -> bool:
        """The key is there and not null."""
        return key in self._entries

    def at(self, key: str) -> str:
        """The dotted path of a key, as the file spells it."""
        return join(self.path, self._entries[key][0] if key in self._entries else key)

    def mark(self, key: str) -> Mark:
        """Where the value stands, else the mapping."""
        return self._entries[key][1].node.mark if key in self._entries else self.node.mark

    def place(self, key: str) -> str:
        """The same as ``line:column``."""
        mark = self.mark(key)
        return f"{mark.line}:{mark.column}"

    def wrong(self, key: str, message: str, hint: str = "") -> None:
        """Report something about one key."""
        self.report.add(self.mark(key), self.at(key), message, hint)

    def need(self, *keys: str) -> bool:
        """Whether all are there; those that are missing are reported."""
        missing = [key for key in keys if not self.has(key)]
        for key in missing:
            self.wrong(key, "missing")
        return not missing

    def text(self, key: str) -> str | None:
        """Text. What gcloud would read as something else is refused."""
        return text(self.get(key), self.at(key), self.report) if self.has(key) else None

    def version(self, key: str) -> str | None:
        """Text that looks like a number, which people write without quotes."""
        node = self.get(key) if self.has(key) else None
        return node.text if isinstance(node, Scalar) and is_number(node.value) else self.text(key)

    def seconds(self, key: str) -> float | None:
        """A duration as the services write it: ``7200s``."""
        written = self.text(key)
        if written is None:
            return None
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?s", written):
            self.wrong(key, f"expected seconds, got '{written}'", "for example 7200s")
            return None
        return float(written[:-1])

    def number(self, key: str) -> int | float | None:
        """A number; in quotes it is one as well."""
        return number(self.get(key), self.at(key), self.report) if self.has(key) else None

    def whole(self, key: str, least: int = 0) -> int | None:
        """A whole number."""
        value = self.number(key)
        if value is not None and (value != int(value) or value < least):
            self.wrong(key, f"expected a whole number from {least}, got {value}")
            return None
        return None if value is None else int(value)

    def truth(self, key: str) -> bool:
        """True or false, in any spelling of YAML 1.1; false where it is not there."""
        if not self.has(key):
            return False
        node = self.get(key)
        word = node.text.lower() if isinstance(node, Scalar) else ""
        if word not in (*_TRUE, *_FALSE):
            self.wrong(key, f"expected true or false, got {found(node)}")
        return word in _TRUE

    def word(self, key: str, choices: Sequence[str]) -> str | None:
        """One of the service's words."""
        if not self.has(key):
            return None
        node = self.get(key)
        if isinstance(node, Scalar) and node.text in choices:
            return node.text
        written = node.text.upper() if isinstance(node, Scalar) else ""
        close = _MEANT.get(written) or nearest(written, choices)
        hint = f"did you mean {close}?" if close in choices else ""
        self.wrong(key, f"expected {listed(choices)}, got {found(node)}", hint)
        return None

    def items(self, key: str) -> list[tuple[Node, str]]:
        """The entries of a list, each with its path."""
        if not self.has(key):
            return []
        node = self.get(key)
        if not isinstance(node, ListNode):
            self.wrong(key, f"expected a list, got {found(node)}")
            return []
        return [(one, join(self.at(key), i)) for i, one in enumerate(node.items)]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of text."""
        found = [text(node, path, self.report) for node, path in self.items(key)]
        return tuple(one for one in found if one is not None)

    def numbers(self, key: str) -> tuple[int | float, ...]:
        """A list of numbers."""
        found = [number(node, path, self.report) for node, path in self.items(key)]
        return tuple(one for one in found if one is not None)

    def below(self, key: str, known: Iterable[str]) -> Fields | None:
        """A mapping inside."""
        return Fields(self.get(key), self.at(key), known, self.report) if self.has(key) else None

    def each(self, key: str, known: Iterable[str]) -> list[Fields]:
        """The mappings of a list."""
        names = tuple(known)
        return [Fields(node, path, names, self.report) for node, path in self.items(key)]

    def get(self, key: str) -> Node:
        """The node of a key that is there."""
        return self._entries[key][1].node


def no_study(root: Node, what: str, report: Report) -> None:
    """Report that a file has nothing to tune."""
    report.add(root.mark, what, "missing: there is nothing to tune")


def text(node: Node, path: str, report: Report) -> str | None:
    """A node's text; None after a complaint."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and not node.broken:
        if node.plain and node.text.lower() in (*_TRUE, *_FALSE):
            hint = f"write '{node.text}' to mean the word"
            report.add(node.mark, path, f"gcloud reads {node.text} without quotes as true or false", hint)
            return None
        return node.value
    hint = f"quote it: '{node.text}'" if isinstance(node, Scalar) and node.text else ""
    report.add(node.mark, path, f"expected text, got {found(node)}", hint)
    return None


def number(node: Node, path: str, report: Report) -> int | float | None:
    """A node's number, quoted or not; None after a complaint."""
    value: object = None
    if isinstance(node, Scalar) and not node.broken:
        value = node.value
        if isinstance(value, str) and not node.plain:
            try:
                value = resolve(node.text) if node.text else None
            except Unclear:
                value = None
    if isinstance(value, (int, float)) and is_number(value) and abs(value) <= 1.7976931348623157e308:
        return value
    report.add(node.mark, path, f"expected a number, got {found(node)}")
    return None
