"""The argvs that stand for all argvs of a sweep: every shape of argv, with every distinct value in one of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias

from sweeper.command import BadValue, Rendering, Step
from sweeper.lean import dataclass, field
from sweeper.model import Point, Value
from sweeper.usage.classes import Detail, Structure, classifier, shown


class Shape(Protocol):
    """Points that have the same parameters: which, the values each takes in them, and how many points they are."""

    @property
    def present(self) -> tuple[str, ...]:
        """The parameters these points have."""
        ...

    @property
    def values(self) -> Mapping[str, tuple[Value, ...]]:
        """The distinct values of each."""
        ...

    @property
    def count(self) -> int:
        """How many points."""
        ...


Occurs: TypeAlias = "Callable[[Shape, Mapping[str, tuple[Value, ...]]], int | None]"
"""How many points of a shape have these values; None = cannot be told."""


@dataclass(frozen=True, slots=True)
class OnePoint:
    """The shape of a single listed point: exact also where the points are no product of their values."""

    present: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]]
    count: int = 1


def each_point(points: Iterable[Point]) -> Iterator[OnePoint]:
    """A shape for every listed point."""
    return (OnePoint(tuple(point), {name: (value,) for name, value in point.items()}) for point in points)


@dataclass
class Cover:
    """The points that something stands for: counted where a shape is a full grid, kept to be asked where not."""

    exact: int = 0
    asked: list[tuple[Shape, Mapping[str, tuple[Value, ...]]]] = field(default_factory=list)

    def add(self, shape: Shape, some: Mapping[str, tuple[Value, ...]]) -> None:
        """Adds the points of a shape that have one of ``some`` values in each named parameter."""
        sizes = {name: len(shape.values[name]) for name in shape.present}
        if math.prod(sizes.values()) != shape.count:
            self.asked.append((shape, some))
            return
        self.exact += math.prod(len(some[name]) if name in some else size for name, size in sizes.items())

    def points(self, occurs: Occurs | None) -> int | None:
        """How many points; None = cannot be told."""
        counts = [occurs(shape, some) if occurs else None for shape, some in self.asked]
        known = [count for count in counts if count is not None]
        return self.exact + sum(known) if len(known) == len(counts) else None


@dataclass
class Case:
    """One point to parse, and the points it stands for."""

    point: dict[str, Value]
    varied: str | None = None
    """The parameter whose value is on trial; None = the combination."""
    values: tuple[Value, ...] = ()
    """Some of the values on trial."""
    cover: Cover = field(default_factory=Cover)


@dataclass
class Bad:
    """Values of one parameter that cannot be written at all, for one reason."""

    name: str
    reason: BadValue
    values: dict[str, None] = field(default_factory=dict)
    """As people write them."""
    cover: Cover = field(default_factory=Cover)


@dataclass
class Cases:
    """All that must be parsed, and what needs no parser to be wrong."""

    parse: list[Case]
    bad: list[Bad]
    total: int
    mentioned: dict[str, int]
    """In how many points each parameter is present."""
    silent: set[str]
    """Parameters that have several values, none of which writes anything."""
    varying: set[str]
    """Parameters on which the shape of argv depends."""


def cases(rendering: Rendering, shapes: Iterable[Shape], placeholders: Mapping[str, str]) -> Cases:
    """The cases of a sweep.

    A parameter whose presence can change nothing else on the line (``Option.free``) is tried once with each
    structure and detail; of the others, every combination of structures that some shape has.
    """
    return _Collector(rendering, placeholders).run(shapes)


class _Collector:
    def __init__(self, rendering: Rendering, placeholders: Mapping[str, str]) -> None:
        self.steps = {step.name: step for step in rendering.steps}
        self.classify = classifier(rendering.schema, placeholders)
        self.combinations: dict[frozenset[tuple[str, Structure]], Case] = {}
        self.singles: dict[tuple[str, Structure, Detail], Case] = {}
        self.bad: dict[tuple[str, str], Bad] = {}
        self.remembered: dict[tuple[str, type, Value], tuple[Structure, Detail] | BadValue] = {}
        self.structures: dict[str, set[Structure]] = {}
        self.unwritten: dict[str, set[str]] = {}
        self.stand_ins: set[str] = set()

    def run(self, shapes: Iterable[Shape]) -> Cases:
        total, mentioned = 0, dict.fromkeys(self.steps, 0)
        for shape in shapes:
            total += shape.count
            for name in shape.present:
                mentioned[name] = mentioned.get(name, 0) + shape.count
            self.add(shape)
        silent = {name for name, seen in self.unwritten.items() if len(seen) > 1 and self.structures[name] == {()}}
        varying = {
            name
            for name, seen in self.structures.items()
            if not self.steps[name].free and (len(seen) > 1 or mentioned[name] < total)
        }
        parse = [*self.combinations.values(), *self.singles.values()]
        return Cases(parse, list(self.bad.values()), total, mentioned, silent, varying)

    def add(self, shape: Shape) -> None:
        groups = {name: self.group(shape, self.steps[name]) for name in shape.present if name in self.steps}
        bound = [name for name in groups if not self.steps[name].free]
        # Each group is the first of its values under each structure; then each other detail, one at a time.
        first = {name: next(iter(next(iter(group.values())).values()))[0] for name, group in groups.items()}
        home: dict[tuple[str, Structure], Case] = {}
        for combination in itertools.product(*(groups[name] for name in bound)):
            chosen = dict(zip(bound, combination, strict=True))
            key = frozenset((name, structure) for name, structure in chosen.items() if structure)
            some = {n: _all(groups[n][structure]) for n, structure in chosen.items() if n not in self.stand_ins}
            case = self.combinations.get(key)
            if case is None:
                picked = {name: next(iter(groups[name][structure].values()))[0] for name, structure in chosen.items()}
                case = self.combinations[key] = Case({**first, **picked})
            case.cover.add(shape, some)
            for name, structure in chosen.items():
                home.setdefault((name, structure), case)
        base = next(iter(home.values()), next(iter(self.combinations.values())))
        for name, group in groups.items():
            for structure, details in group.items():
                self.add_singles(shape, name, structure, details, home.get((name, structure), base))
        for name, step in self.steps.items():
            if step.free and name not in groups:
                # Free: the line without it is as good as any other that lacks it.
                self.singles.setdefault((name, (), ()), Case({k: v for k, v in base.point.items() if k != name}, name))

    def add_singles(
        self, shape: Shape, name: str, structure: Structure, details: Mapping[Detail, list[Value]], base: Case
    ) -> None:
        for detail, values in details.items():
            key = (name, structure, detail)
            case = self.singles.get(key)
            if case is None:
                case = self.singles[key] = Case({**base.point, name: values[0]}, name, tuple(values[:4]))
            case.cover.add(shape, {name: tuple(values)} if name not in self.stand_ins else {})

    def group(self, shape: Shape, step: Step) -> dict[Structure, dict[Detail, list[Value]]]:
        found: dict[Structure, dict[Detail, list[Value]]] = {}
        wrong: dict[str, list[Value]] = {}
        for value in shape.values[step.name]:
            kind = self.kind(step, value)
            if isinstance(kind, BadValue):
                bad = self.bad.setdefault((step.name, kind.message), Bad(step.name, kind))
                bad.values[shown(value)] = None
                wrong.setdefault(kind.message, []).append(value)
                continue
            structure, detail = kind
            found.setdefault(structure, {}).setdefault(detail, []).append(value)
            self.structures.setdefault(step.name, set()).add(structure)
            if not structure:
                self.unwritten.setdefault(step.name, set()).add(shown(value))
        for message, values in wrong.items():
            self.bad[step.name, message].cover.add(shape, {step.name: tuple(values)})
        self.stand_ins.discard(step.name)
        if not found:
            self.stand_ins.add(step.name)
            # Nothing it takes can be written; something that can stands in, so that the rest is still checked.
            stand_in: Value = True if step.kind in ("flag", "command") else "1"
            structure, detail = self.classify(step, stand_in)
            return {structure: {detail: [stand_in]}}
        return found

    def kind(self, step: Step, value: Value) -> tuple[Structure, Detail] | BadValue:
        key = (step.name, type(value), value)
        if type(value) is not tuple and key in self.remembered:  # (1,) equals (True,), so lists are looked at again
            return self.remembered[key]
        try:
            kind: tuple[Structure, Detail] | BadValue = self.classify(step, value)
        except BadValue as bad:
            kind = bad
        self.remembered[key] = kind
        return kind


def _all(details: Mapping[Detail, list[Value]]) -> tuple[Value, ...]:
    return tuple(itertools.chain.from_iterable(details.values()))
