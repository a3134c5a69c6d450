"""One axis of the counting machine: what must be remembered of the rows chosen so far, and how a row changes it.

A rule over several axes is followed by one bit from its first axis to its last: for an exclusion or a constraint, that
it can no longer strike; for a conditional parameter, before its own axis that it is absent, and after it that its
condition must still come true. A constraint also remembers its finished parts (``cuts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import TypeAlias

from sweeper.lean import dataclass
from sweeper.space.cuts import Known, Stage, verdict
from sweeper.space.identity import value_text
from sweeper.space.operators import Wrong
from sweeper.space.rules import Bound, Rows, Rules, When

Memory: TypeAlias = tuple[Known, ...]
"""For each constraint what is known of its parts; empty where nothing needs to be."""
State: TypeAlias = tuple[int, Memory]


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one axis that no rule tells apart."""

    misses: int
    """The bits of the rules whose condition these rows fail."""
    first: bool
    """Row 0, the only one an absent parameter may have."""
    noted: tuple[tuple[int, ...], ...]
    """For each constraint that is watched here, the rows of the names that it gets from this axis."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A constraint that this axis has a say in."""

    number: int
    bit: int
    bound: Bound
    stage: Stage | None
    """None where the axis only decides whether the constraint applies."""
    last: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one axis."""

    kinds: tuple[Kind, ...]
    segments: tuple[tuple[int, int, int], ...]
    """Runs of rows of one kind: start (a place in the list of rows), length, kind."""
    can_miss: int
    """Rules whose bit a failing row sets."""
    must_hold: int
    """Rules that refuse a failing row if their bit is set."""
    owner: int
    """The bit of the parameter of this axis, if it is conditional."""
    owner_waits: bool
    """Its condition is not yet decided here."""
    strike: int
    """Exclusions that strike here if their bit is not set."""
    watched: tuple[Watch, ...]
    keep: int
    """The bits of rules that go on."""

    def after(self, state: State, kind: Kind) -> State | None:
        """The state after a row of this kind; None where no point has one."""
        bits, memory = state
        if bits & kind.misses & self.must_hold:
            return None
        bits |= kind.misses & self.can_miss
        if self.owner and not kind.first:
            if bits & self.owner:
                return None
            bits |= self.owner if self.owner_waits else 0
        elif self.owner:
            bits &= ~self.owner
        if self.strike & ~bits:
            return None
        if self.watched:
            noted = self._note(bits, memory, kind)
            if noted is None:
                return None
            memory = noted
        return bits & self.keep, memory

    def _note(self, bits: int, memory: Memory, kind: Kind) -> Memory | None:
        changed = list(memory)
        for watch, rows in zip(self.watched, kind.noted, strict=True):
            known: Known = ()
            if not bits & watch.bit:
                known = memory[watch.number]
                if watch.last:
                    if not _holds(watch, known, rows):
                        return None
                    known = ()
                elif watch.stage is not None:
                    known = watch.stage.after(known, rows)
            changed[watch.number] = known
        return tuple(changed)


def steps_of(rows: Sequence[Sequence[int]], rules: Rules) -> tuple[Step, ...]:
    """The machine for these rows of each axis; it starts in ``start(rules)``."""
    return tuple(_step(i, axis_rows, rules) for i, axis_rows in enumerate(rows))


def start(rules: Rules) -> State:
    """Nothing chosen, nothing known."""
    return 0, ((),) * len(rules.bounds)


def _step(i: int, rows: Sequence[int], rules: Rules) -> Step:
    whens, excludes, bounds = _numbered(rules)
    conditions = [(bit, when.condition) for bit, when in whens] + excludes
    conditions += [(bit, bound.condition) for _, bit, bound in bounds]
    watching = [(n, bit, bound) for n, bit, bound in bounds if i in bound.axes]
    kinds, segments = _kinds(i, rows, conditions, [bound for _, _, bound in watching], _bit_at(whens, i))
    must_hold = _union(bit for bit, when in whens if when.axis < i)
    ends = _union(bit for bit, when in whens if max((when.axis, *when.condition)) <= i)
    ends |= _union(bit for bit, entry in excludes if max(entry, default=0) <= i)
    ends |= _union(bit for _, bit, bound in bounds if max(bound.axes, default=0) <= i)
    return Step(
        kinds=kinds,
        segments=segments,
        can_miss=~must_hold,
        must_hold=must_hold,
        owner=_bit_at(whens, i),
        owner_waits=any(when.axis == i < max(when.condition, default=-1) for _, when in whens),
        strike=_union(bit for bit, entry in excludes if max(entry, default=0) == i),
        watched=tuple(Watch(n, bit, bound, bound.stages.get(i), max(bound.axes) == i) for n, bit, bound in watching),
        keep=~ends,
    )


def _numbered(rules: Rules) -> tuple[list[tuple[int, When]], list[tuple[int, Rows]], list[tuple[int, int, Bound]]]:
    first_exclude = len(rules.whens)
    first_bound = first_exclude + len(rules.excludes)
    return (
        [(1 << n, when) for n, when in enumerate(rules.whens)],
        [(1 << (first_exclude + n), entry) for n, entry in enumerate(rules.excludes)],
        [(n, 1 << (first_bound + n), bound) for n, bound in enumerate(rules.bounds)],
    )


def _kinds(
    i: int, rows: Sequence[int], conditions: list[tuple[int, Rows]], watching: list[Bound], owner: int
) -> tuple[tuple[Kind, ...], tuple[tuple[int, int, int], ...]]:
    here = [(bit, condition[i]) for bit, condition in conditions if i in condition]
    if not (here or watching or owner):
        return (Kind(0, True, ()),), ((0, len(rows), 0),) if rows else ()
    twins = [_first_twins(i, bound) for bound in watching]
    kinds: dict[Kind, int] = {}
    segments: list[tuple[int, int, int]] = []
    for place, row in enumerate(rows):
        misses = _union(bit for bit, allowed in here if row not in allowed)
        noted = tuple(tuple(first[row] for first in columns) for columns in twins)
        kind = kinds.setdefault(Kind(misses, row == 0 or not owner, noted), len(kinds))
        if segments and segments[-1][2] == kind:
            segments[-1] = (segments[-1][0], segments[-1][1] + 1, kind)
        else:
            segments.append((place, 1, kind))
    return tuple(kinds), tuple(segments)


def _first_twins(i: int, bound: Bound) -> list[list[int]]:
    """For each name of the constraint on this axis, the first row with the same value."""
    columns = [column for (axis, _), column in zip(bound.slots, bound.columns, strict=True) if axis == i]
    found = []
    for column in columns:
        first: dict[str, int] = {}
        found.append([first.setdefault(value_text(value), row) for row, value in enumerate(column)])
    return found


def _holds(watch: Watch, known: Known, rows: Sequence[int]) -> bool:
    try:
        return watch.stage.holds(known, rows) if watch.stage is not None else verdict(known)
    except Wrong as wrong:
        watch.bound.refuse(wrong)


def _bit_at(whens: list[tuple[int, When]], i: int) -> int:
    return next((bit for bit, when in whens if when.axis == i), 0)


def _union(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)
