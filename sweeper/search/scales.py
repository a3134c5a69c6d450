"""What is low and what is high in one dimension of a space, and which of its choices have to be tried one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from sweeper.lean import dataclass
from sweeper.model import Point, Range, Value
from sweeper.space.axes import Axis
from sweeper.space.identity import value_text
from sweeper.space.sampling import Dimension, Sampler
from sweeper.space.shapes import distinct
from sweeper.space.values import fraction_of

RUNGS = 17
"""Of a number's way from low to high: as finely as rules are tried for how far one can go."""
HIGHEST = 1 - 2.0**-53
"""The last fraction below 1, which gives a range's upper end."""


@dataclass(frozen=True)
class Scale:
    """One dimension, its places in order from the cheapest to the dearest."""

    dimension: Dimension
    rungs: tuple[float, ...]
    """The fractions of its places; of a long list of numbers, some of them, both ends among them."""
    is_ordered: bool
    """One can tell by the values which is low and which is high; else they are in the order written."""
    is_number: bool
    """It is enough to try its ends."""
    heights: tuple[float, ...] = ()
    """Of an axis, how high each row is, from 0 to 1."""

    @property
    def name(self) -> str:
        """That of the dimension."""
        return self.dimension.name

    def end(self, height: float) -> float:
        """The fraction of its place at ``height``, from 0 to 1; where nobody can tell, the first one's."""
        return self.rungs[round(height * (len(self.rungs) - 1))] if self.is_ordered else self.rungs[0]

    def between(self, wanted: float, given: float) -> Iterator[float]:
        """The fractions to try, from the wanted one back to that which is given; the last is known to be allowed."""
        yield wanted
        if self.is_ordered and wanted in self.rungs:
            place = self.rungs.index(wanted)
            nearest = sorted(range(len(self.rungs)), key=lambda one: abs(one - place))
            yield from (self.rungs[one] for one in nearest if one != place)
        yield given

    def fraction(self, point: Point) -> float:
        """Where the point is in this dimension; 0 where it has none of its names."""
        if self.dimension.names[0] not in point:
            return 0.0
        domain, value = self.dimension.domain, point[self.dimension.names[0]]
        if isinstance(domain, Axis):
            return _middle_of(self._row(domain, point), domain.size)
        assert isinstance(value, (int, float))
        return min(max(fraction_of(domain, value), 0.0), HIGHEST) if domain.min < domain.max else 0.0

    def height(self, point: Point) -> float:
        """How dear the point is in this dimension, from 0 to 1."""
        if not self.is_ordered or self.dimension.names[0] not in point:
            return 0.0
        domain = self.dimension.domain
        return self.heights[self._row(domain, point)] if isinstance(domain, Axis) else self.fraction(point)

    def _row(self, axis: Axis, point: Point) -> int:
        return axis.rows[tuple(value_text(point[name]) for name in axis.names)]


def scales_of(sampler: Sampler) -> tuple[Scale, ...]:
    """One for each dimension that leaves something to choose or that some points do without."""
    wanted = (one for one in sampler.dimensions if one.varies or one.name in sampler.presence)
    return tuple(_scale(one) for one in wanted)


def scales_among(points: Sequence[Point]) -> tuple[Scale, ...]:
    """One for each name whose values differ between listed points, or that some of them do without."""
    names = dict.fromkeys(name for point in points for name in point)
    columns = {name: distinct(point[name] for point in points if name in point) for name in names}
    some = [name for name in names if len(columns[name]) > 1 or any(name not in point for point in points)]
    return tuple(_scale(Dimension((name,), Axis((name,), (columns[name],)))) for name in some)


def _scale(dimension: Dimension) -> Scale:
    domain = dimension.domain
    if isinstance(domain, Range):
        return Scale(dimension, (*(i / (RUNGS - 1) for i in range(RUNGS - 1)), HIGHEST), True, True)
    sizes = _sizes(domain)
    rows = sorted(range(domain.size), key=sizes.__getitem__) if sizes else list(range(domain.size))
    heights = [0.0] * domain.size
    for place, row in enumerate(rows):
        heights[row] = place / max(1, domain.size - 1)
    is_number = len(domain.names) == 1 and all(_is_number(value) for value in domain.columns[0])
    if is_number and len(rows) > RUNGS:
        rows = [rows[round(i * (len(rows) - 1) / (RUNGS - 1))] for i in range(RUNGS)]
    rungs = tuple(_middle_of(row, domain.size) for row in rows)
    return Scale(dimension, rungs, bool(sizes), is_number, tuple(heights))


def _middle_of(row: int, size: int) -> float:
    return (row + 0.5) / size


def _sizes(axis: Axis) -> list[float]:
    """Of each row; of linked parameters, the sum of their places in order. Empty where it has no sizes."""
    columns = [sizes for column in axis.columns if (sizes := _sizes_in(column))]
    if len(columns) < 2:
        return columns[0] if columns else []
    places = [{size: place for place, size in enumerate(sorted(set(column)))} for column in columns]
    return [
        float(sum(place[size] for place, size in zip(places, row, strict=True))) for row in zip(*columns, strict=True)
    ]


def _sizes_in(column: Iterable[Value]) -> list[float]:
    sizes = [_size(value) for value in column]
    return [size for size in sizes if size is not None] if None not in sizes else []


def _size(value: Value) -> float | None:
    """A number's own; of a list of numbers, as ``64,32`` is one, their sum."""
    if _is_number(value):
        return float(value)  # type: ignore[arg-type]
    parts: Sequence[Value] = value.split(",") if isinstance(value, str) else value if isinstance(value, tuple) else ()
    try:
        total = math.fsum(float(part) for part in parts)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return total if parts and math.isfinite(total) else None


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
