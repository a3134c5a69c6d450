"""The keys of one mapping in another tool's file: each read as what it must be, the rest told by name."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.config.names import did_you_mean, listed
from sweeper.config.nodes import Mapping, Mark, Node, Scalar, found, is_number
from sweeper.config.nodes import Sequence as ListNode
from sweeper.config.report import join
from sweeper.config.scalars import Unclear, resolve
from sweeper.formats.foreign.draft import Draft
from sweeper.model import Value

LARGEST_NUMBER = 1.7976931348623157e308
"""Of a float: a whole number above it cannot be reckoned with."""


class Keys:
    """A mapping. What is wrong goes to the draft's report, and reads as if it were not there."""

    def __init__(self, node: Node, path: str, draft: Draft) -> None:
        self.node, self.path, self.draft = node, path, draft
        self._seen: set[str] = set()
        self._nodes: dict[str, Node] = {}
        self._marks: dict[str, Mark] = {}
        if not isinstance(node, Mapping):
            draft.wrong(node.mark, path, f"expected keys and values, got {found(node)}")
            return
        for key, entry in node.entries.items():
            self._marks[key] = entry.mark
            if not is_null(entry.node):
                self._nodes[key] = entry.node

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def get(self, key: str) -> Node | None:
        """The value's node; None where the key is not there or null."""
        self._seen.add(key)
        return self._nodes.get(key)

    def mark(self, key: str) -> Mark:
        """Where the key stands, else the mapping."""
        return self._marks.get(key, self.node.mark)

    def at(self, key: str) -> str:
        """The dotted path of a key."""
        return join(self.path, key)

    def wrong(self, key: str, message: str, hint: str = "") -> None:
        """The tool itself would refuse this."""
        self.draft.wrong(self.mark(key), self.at(key), message, hint)

    def lose(self, key: str, message: str, instead: str) -> None:
        """A sweep cannot say this."""
        self.draft.lose(self.mark(key), self.at(key), message, instead)

    def warn(self, key: str, message: str) -> None:
        """A trap."""
        self.draft.warn(self.mark(key), self.at(key), message)

    def text(self, key: str) -> str | None:
        """Text; a number is taken as it was spelt."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar):
            return node.text
        self.wrong(key, f"expected text, got {found(node)}")
        return None

    def number(self, key: str) -> int | float | None:
        """A number. Where the tool reads text that is a number to people, the trap is told."""
        node = self.get(key)
        return None if node is None else number(node, self.at(key), self.draft)

    def whole(self, key: str, least: int = 0) -> int | None:
        """A whole number."""
        value = self.number(key)
        if value is None:
            return None
        if value != value or abs(value) == float("inf") or value != int(value) or value < least:
            self.wrong(key, f"expected a whole number from {least}, got {value}")
            return None
        return int(value)

    def word(self, key: str, choices: tuple[str, ...]) -> str | None:
        """One of the tool's words."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and node.text in choices:
            return node.text
        near = did_you_mean(node.text, choices) if isinstance(node, Scalar) else ""
        self.wrong(key, f"expected {listed(choices)}, got {found(node)}", near)
        return None

    def truth(self, key: str) -> bool | None:
        """True or false."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.wrong(key, f"expected true or false, got {found(node)}")
        return None

    def below(self, key: str) -> Keys | None:
        """A mapping inside."""
        node = self.get(key)
        return None if node is None else Keys(node, self.at(key), self.draft)

    def items(self, key: str) -> list[Node]:
        """The entries of a list."""
        node = self.get(key)
        if node is None:
            return []
        if not isinstance(node, ListNode):
            self.wrong(key, f"expected a list, got {found(node)}")
            return []
        return list(node.items)

    def leave(self, *keys: str) -> None:
        """Keys that have no bearing on a sweep."""
        self._seen.update(keys)

    def rest(self) -> None:
        """Tell what nobody asked for: it may have had a say in which trials there are."""
        for key in self._nodes:
            if key not in self._seen:
                self.lose(key, f"{key} means nothing to a sweep", "it is left out")

    def others(self) -> None:
        """Note what nobody asked for: it is about where trials run, not about which there are."""
        for key in self._nodes:
            if key not in self._seen:
                self.draft.notes.append(f"{self.draft.at(self.mark(key))}: {self.at(key)} is not taken over")


def is_null(node: Node) -> bool:
    """``null``, or nothing at all."""
    return isinstance(node, Scalar) and node.value is None and node.plain


def number(node: Node, path: str, draft: Draft) -> int | float | None:
    """A node's number; None after a complaint."""
    value = meant(node, path, draft) if isinstance(node, Scalar) else None
    if isinstance(value, (int, float)) and is_number(value) and abs(value) <= LARGEST_NUMBER:
        return value
    draft.wrong(node.mark, path, f"expected a number, got {found(node)}")
    return None


def meant(node: Scalar, path: str, draft: Draft) -> Value:
    """The value of a scalar, as the person who wrote it means it: ``1e-5`` is a number whatever the reader says.

    Text that YAML 1.1 makes something else of (``no``, ``010``, ``12:30``) stays what the tool reads. Both are told.
    """
    value = node.value
    if not node.plain or node.broken:
        return value
    try:
        plain = resolve(node.text)
    except Unclear:
        plain = node.text
    if type(plain) is type(value) and plain == value:
        return value
    if plain != plain and value != value:
        return value
    if isinstance(value, str) and isinstance(plain, (int, float)):
        if draft.reads_numbers:
            return plain
        draft.warn(
            node.mark, path, f"{draft.tool} reads {node.text} as text, not as a number; it is taken as {plain!r}"
        )
        return plain
    draft.warn(node.mark, path, f"{draft.tool} reads {node.text} as {value!r} (YAML 1.1); quote it to mean the word")
    return value


def plain_value(node: Node, path: str, draft: Draft) -> object:
    """A node as Python's own data: mappings as dicts, lists as lists."""
    if isinstance(node, Scalar):
        return meant(node, path, draft)
    if isinstance(node, ListNode):
        return [plain_value(one, join(path, i), draft) for i, one in enumerate(node.items)]
    return {key: plain_value(entry.node, join(path, key), draft) for key, entry in node.entries.items()}
