"""A constraint as a tree, and the closures that compute it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sweeper.lean import dataclass
from sweeper.model import Value
from sweeper.space.operators import COMPARISONS, Wrong, calculate, number, same, truth

Evaluate: TypeAlias = Callable[[Sequence[Any]], Value]
"""From the values at hand, each in its slot."""
Key: TypeAlias = "str | tuple[int, int]"
"""Of a value that may be at hand: a parameter's name; or a node's identity and, of a fold, how many steps are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A number, a string, true, false or null."""

    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A parameter."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """A number with + or - before it."""

    mark: str
    inner: Node


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Arithmetic from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Comparisons in a row; ``in`` and ``not in`` have several right sides, the others one."""

    first: Node
    links: tuple[tuple[str, tuple[Node, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Junction:
    """Parts joined by ``and`` or by ``or``."""

    every: bool
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not:
    """The opposite."""

    inner: Node


Node: TypeAlias = Constant | Name | Sign | Fold | Chain | Junction | Not


@dataclass(frozen=True, slots=True)
class Fault:
    """In place of a value: computing it went wrong, which matters only where the value is needed."""

    message: str
    hint: str


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Constant() | Name():
            return ()
        case Sign() | Not():
            return (node.inner,)
        case Fold():
            return (node.first, *(part for _, part in node.rest))
        case Chain():
            return (node.first, *(part for _, parts in node.links for part in parts))
        case Junction():
            return node.parts


def key_of(node: Node) -> Key:
    """What a finished node's value is known by."""
    return node.name if isinstance(node, Name) else (id(node), -1)


def compiled(node: Node, slots: Mapping[Key, int]) -> Evaluate:
    """The closure of a node; what ``slots`` knows is read from there."""
    if key_of(node) in slots:
        return _reading(slots[key_of(node)])
    match node:
        case Constant():
            value = node.value
            return lambda at: value
        case Name():
            raise KeyError(node.name)
        case Sign():
            inner = compiled(node.inner, slots)
            return (lambda at: -number(inner(at))) if node.mark == "-" else (lambda at: number(inner(at)))
        case Fold():
            return folded(node, len(node.rest), slots)
        case Chain():
            links = [(mark, [compiled(part, slots) for part in parts]) for mark, parts in node.links]
            return _chain(compiled(node.first, slots), links)
        case Junction():
            return _junction([compiled(part, slots) for part in node.parts], every=node.every)
        case Not():
            opposite = compiled(node.inner, slots)
            return lambda at: not truth(opposite(at))


def folded(fold: Fold, steps: int, slots: Mapping[Key, int]) -> Evaluate:
    """The first steps of a fold, going on from the furthest that ``slots`` knows."""
    done = next((n for n in range(steps, 0, -1) if (id(fold), n) in slots), 0)
    first = _reading(slots[id(fold), done]) if done else compiled(fold.first, slots)
    rest = [(mark, compiled(part, slots)) for mark, part in fold.rest[done:steps]]

    def evaluate(at: Sequence[Any]) -> Value:
        left = first(at)
        for mark, right in rest:
            left = calculate(mark, left, right(at))
        return left

    return evaluate


def _reading(slot: int) -> Evaluate:
    def evaluate(at: Sequence[Any]) -> Value:
        value: Value | Fault = at[slot]
        if type(value) is Fault:
            raise Wrong(value.message, hint=value.hint)
        return value  # type: ignore[return-value]

    return evaluate


def _chain(first: Evaluate, links: list[tuple[str, list[Evaluate]]]) -> Evaluate:
    def evaluate(at: Sequence[Any]) -> bool:
        left = first(at)
        for mark, rights in links:
            if mark in COMPARISONS:
                right = rights[0](at)
                if not COMPARISONS[mark](left, right):
                    return False
                left = right
            elif any(same(left, item(at)) for item in rights) != (mark == "in"):
                return False
        return True

    return evaluate


def _junction(parts: list[Evaluate], *, every: bool) -> Evaluate:
    if every:
        return lambda at: all(truth(part(at)) for part in parts)
    return lambda at: any(truth(part(at)) for part in parts)
