"""A constraint computed axis by axis: all that is remembered on the way is the values of its finished parts.

After three axes of ``a + b + c + d <= 9`` that is one number, however many values a, b and c have. Where a part goes
wrong (a division by zero) the fault is remembered in its place, since ``or`` and ``and`` may never look at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sweeper.lean import dataclass
from sweeper.model import Value
from sweeper.space.expressions import Evaluate, Fault, Fold, Key, Name, Node, compiled, folded, key_of, parts_of
from sweeper.space.identity import value_text
from sweeper.space.operators import Wrong, truth

Known: TypeAlias = tuple[Any, ...]
"""Values, then as many tags that tell apart what Python takes for equal: true from 1."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One axis's share in a constraint."""

    columns: tuple[tuple[Value, ...], ...]
    """Of the names that the axis adds."""
    parts: tuple[Evaluate, ...]
    """What is finished then, from the values known before and those added."""

    def after(self, known: Known, rows: Sequence[int]) -> Known:
        """What is known with these rows of the added names."""
        at = self._at(known, rows)
        values = [_value(part, at) for part in self.parts]
        return (*values, *map(_tag, values))

    def holds(self, known: Known, rows: Sequence[int]) -> bool:
        """The verdict, at the last axis, without remembering anything; Wrong where there is none."""
        return truth(self.parts[0](self._at(known, rows)))

    def _at(self, known: Known, rows: Sequence[int]) -> Sequence[Any]:
        return [*known[: len(known) // 2], *[column[row] for column, row in zip(self.columns, rows, strict=True)]]


def verdict(known: Known) -> bool:
    """Whether the constraint holds, all its parts being known; Wrong where that cannot be said."""
    if isinstance(known[0], Fault):
        raise Wrong(known[0].message, hint=known[0].hint)
    return truth(known[0])


def stages(tree: Node, names: Sequence[Sequence[str]], columns: Sequence[Sequence[tuple[Value, ...]]]) -> list[Stage]:
    """For each axis that adds names, in order, its share; the last leaves the verdict."""
    found, known, before = [], frozenset[str](), list[tuple[Key, Node]]()
    for added, its_columns in zip(names, columns, strict=True):
        known |= frozenset(added)
        slots = {key: i for i, key in enumerate([*(key for key, _ in before), *added])}
        finished = list(dict(_finished(tree, known)).items())
        found.append(Stage(tuple(its_columns), tuple(_part(key, node, slots) for key, node in finished)))
        before = finished
    return found


def _finished(node: Node, known: frozenset[str]) -> list[tuple[Key, Node]]:
    """The largest parts that are made of known names only; of a fold also a finished beginning."""
    names = _names(node)
    if not names:
        return []
    if names <= known:
        return [(key_of(node), node)]
    parts = parts_of(node)
    if isinstance(node, Fold):
        steps = next(n for n in range(len(parts)) if not _names(parts[n]) <= known) - 1
        if steps > 0 and any(map(_names, parts[: steps + 1])):
            beginning: list[tuple[Key, Node]] = [((id(node), steps), node)]
            return beginning + [item for part in parts[steps + 1 :] for item in _finished(part, known)]
    return [item for part in parts for item in _finished(part, known)]


def _part(key: Key, node: Node, slots: dict[Key, int]) -> Evaluate:
    if isinstance(node, Fold) and not isinstance(key, str) and key[1] > 0:
        return folded(node, key[1], slots)
    return compiled(node, slots)


def _names(node: Node) -> frozenset[str]:
    if isinstance(node, Name):
        return frozenset((node.name,))
    return frozenset().union(*map(_names, parts_of(node)))


def _value(part: Evaluate, at: Sequence[Any]) -> Value | Fault:
    try:
        return part(at)
    except Wrong as wrong:
        return Fault(str(wrong), wrong.hint)


def _tag(value: object) -> object:
    return value_text(value) if isinstance(value, tuple) else type(value)
