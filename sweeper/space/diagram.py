"""A counted decision diagram: how many points there are, which is the k-th, and which number a point has.

The axes are walked in order by a small state machine (``transitions``) that remembers only what the rules still need.
States are explored axis by axis, then counted from the end; states from which the same points follow become one node.
This is ranking and unranking on a (quasi-reduced, multi-valued) decision diagram; see Knuth, The Art of Computer
Programming 4A, section 7.1.4, algorithm C and exercise 25.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from sweeper.space.rules import Rules
from sweeper.space.transitions import State, Step, start, steps_of

MOST_STATES = 50_000
"""Where counting stops being a matter of a second and a few MB. Counted, not timed, so that every machine agrees."""
MOVES_PER_STATE = 7
"""The rows tried may be this many times the states."""


class TooManyStates(Exception):
    """The rules entangle too many axes to be counted exactly."""


class Run(NamedTuple):
    """Consecutive rows after which the same points follow."""

    first: int
    """Its place in the axis's list of rows."""
    length: int
    each: int
    """How many points each row has."""
    then: Node


class Node(NamedTuple):
    """What may follow from here on."""

    starts: tuple[int, ...]
    """For each run, how many points come before it."""
    runs: tuple[Run, ...]
    points: int


_END = Node((), (), 1)
_first = attrgetter("first")


class Diagram:
    """The points that the rules leave, as rows of the axes, in order; ``rows`` lists the rows that an axis may have."""

    def __init__(self, rows: Sequence[Sequence[int]], rules: Rules, *, most: int | None = None) -> None:
        self.rows = rows
        self.root = _build(rows, rules, most=most)
        self.count = self.root.points

    def at(self, k: int) -> list[int]:
        """The row of each axis at point k."""
        node, found = self.root, []
        for rows in self.rows:
            i = bisect_right(node.starts, k) - 1
            run = node.runs[i]
            row, k = divmod(k - node.starts[i], run.each)
            found.append(rows[run.first + row])
            node = run.then
        return found

    def rank(self, chosen: Sequence[int]) -> int | None:
        """The number of the point with these rows of the axes; None where there is none."""
        node, rank = self.root, 0
        for rows, row in zip(self.rows, chosen, strict=True):
            place = rows.index(row)
            i = bisect_right(node.runs, place, key=_first) - 1
            if i < 0 or place >= node.runs[i].first + node.runs[i].length:
                return None
            run = node.runs[i]
            rank += node.starts[i] + (place - run.first) * run.each
            node = run.then
        return rank

    def past(self, k: int, axis: int) -> int:
        """The number of the first point after k that differs from it on ``axis`` or before."""
        node, rest = self.root, k
        for _ in range(axis + 1):
            i = bisect_right(node.starts, rest) - 1
            run = node.runs[i]
            rest = (rest - node.starts[i]) % run.each
            node = run.then
        return k - rest + node.points

    def used(self) -> list[list[int]]:
        """For each axis the rows that at least one point has."""
        found, layer = [], {id(self.root): self.root}
        for rows in self.rows:
            places: set[int] = set()
            below: dict[int, Node] = {}
            for node in layer.values():
                for run in node.runs:
                    places.update(range(run.first, run.first + run.length))
                    below[id(run.then)] = run.then
            found.append([rows[place] for place in sorted(places)])
            layer = below
        return found


def _build(rows: Sequence[Sequence[int]], rules: Rules, *, most: int | None) -> Node:
    steps = steps_of(rows, rules)
    layer: dict[State, int] = {start(rules): 0}
    moves: list[list[list[int]]] = []
    states = made = 0
    for step in steps:
        below: dict[State, int] = {}
        moves.append([_moves(step, state, below) for state in layer])
        states, made, layer = states + len(below), made + len(moves[-1]) * len(step.kinds), below
        if most is not None and (states > most or made > most * MOVES_PER_STATE):
            raise TooManyStates
    nodes: list[Node | None] = [_END] * len(layer)
    while moves:
        nodes = _count(steps[len(moves) - 1], moves.pop(), nodes)
    return nodes[0] or Node((), (), 0)


def _moves(step: Step, state: State, below: dict[State, int]) -> list[int]:
    """For each kind of row the number of the state it leads to, or -1."""
    found = []
    for kind in step.kinds:
        after = step.after(state, kind)
        found.append(-1 if after is None else below.setdefault(after, len(below)))
    return found


def _count(step: Step, moves: list[list[int]], below: list[Node | None]) -> list[Node | None]:
    """The nodes of one axis; None where no point follows."""
    twins: dict[tuple[tuple[int, int, int], ...], Node] = {}
    nodes: list[Node | None] = []
    for targets in moves:
        runs = _runs(step, targets, below)
        key = tuple((run.first, run.length, id(run.then)) for run in runs)
        if runs and key not in twins:
            twins[key] = _node(runs)
        nodes.append(twins[key] if runs else None)
    return nodes


def _runs(step: Step, targets: list[int], below: list[Node | None]) -> list[Run]:
    runs: list[Run] = []
    for first, length, kind in step.segments:
        node = below[targets[kind]] if targets[kind] >= 0 else None
        if node is None:
            continue
        if runs and runs[-1].then is node and runs[-1].first + runs[-1].length == first:
            runs[-1] = runs[-1]._replace(length=runs[-1].length + length)
        else:
            runs.append(Run(first, length, node.points, node))
    return runs


def _node(runs: list[Run]) -> Node:
    starts, count = [], 0
    for run in runs:
        starts.append(count)
        count += run.length * run.each
    return Node(tuple(starts), tuple(runs), count)
