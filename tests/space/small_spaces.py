"""Small spaces for hypothesis, and their points the slow way: every combination, then the rules."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from sweeper.model import Choices, Parameter, Range, Space, Together

CONSTRAINTS = {
    "{a} + {b} <= 3": lambda a, b: a + b <= 3,
    "{a} < {b} or {a} == 2": lambda a, b: a < b or a == 2,
    "not {a} * {b} % 2 == 0": lambda a, b: a * b % 2 != 0,
    "{a} in [0, 1] and 0 <= {b} <= 2": lambda a, b: a in (0, 1) and 0 <= b <= 2,
    "{a} - {b} != 0": lambda a, b: a != b,
}


@dataclass(frozen=True)
class Case:
    """A space, and its constraints as functions."""

    space: Space
    constraints: tuple


@st.composite
def cases(draw, *, ranges=False):
    names = draw(st.permutations(["a", "b", "c", "d", "e"]))[: draw(st.integers(1, 5))]
    linked = names[-2:] if len(names) > 3 and draw(st.booleans()) else []
    together = ()
    if linked:
        pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=3, unique=True)
        together = (Together(dict(zip(linked, zip(*draw(pairs), strict=True), strict=True))),)
    single = [name for name in names if name not in linked]
    # A parameter may depend on those later in this list, wherever they stand in the space: no circles.
    ranked = draw(st.permutations(single)) + linked
    parameters = tuple(_parameter(draw, name, ranked[ranked.index(name) + 1 :], ranges) for name in single)
    values = st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True).map(tuple)
    exclude = draw(st.lists(st.dictionaries(st.sampled_from(names), values, min_size=1, max_size=3), max_size=2))
    chosen = draw(st.lists(st.tuples(st.sampled_from(sorted(CONSTRAINTS)), *[st.sampled_from(names)] * 2), max_size=2))
    texts = tuple(text.format(a=a, b=b) for text, a, b in chosen)
    space = Space(parameters, together, tuple(exclude), texts)
    return Case(space, tuple((CONSTRAINTS[text], a, b) for text, a, b in chosen))


def _parameter(draw, name, others, ranges):
    when = {}
    if others:
        some = st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True).map(tuple)
        when = draw(st.one_of(st.just({}), st.dictionaries(st.sampled_from(others), some, max_size=2)))
    if ranges and draw(st.booleans()):
        return Parameter(name, Range(0, draw(st.integers(0, 6)), step=1, integer=True), when=when)
    values = draw(st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True))
    return Parameter(name, Choices(tuple(values)), when=when)


def brute(case: Case) -> list[dict]:
    """The points in order, by trying every combination."""
    space = case.space
    axes = [[{one.name: value} for value in _values(one)] for one in space.parameters]
    for group in space.together:
        rows = zip(*group.values.values(), strict=True)
        axes.append([dict(zip(group.values, row, strict=True)) for row in rows])
    whens = {one.name: one.when for one in space.parameters}
    points = []
    for parts in product(*axes):
        full = {name: value for part in parts for name, value in part.items()}
        point = {name: full[name] for name in full if _is_present(name, full, whens)}
        if point not in points and _allowed(point, case):
            points.append(point)
    return points


def _values(parameter):
    if isinstance(parameter.domain, Choices):
        return parameter.domain.values
    return range(parameter.domain.min, parameter.domain.max + 1)


def _is_present(name, full, whens):
    return all(
        full[other] in values and _is_present(other, full, whens) for other, values in whens.get(name, {}).items()
    )


def _allowed(point, case):
    for entry in case.space.exclude:
        if all(name in point and point[name] in values for name, values in entry.items()):
            return False
    return all(holds(point[a], point[b]) for holds, a, b in case.constraints if a in point and b in point)
