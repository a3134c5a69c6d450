"""The few points where a trainer is most likely to break: a space's extremes and its choices, the dearest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sweeper.errors import UserError
from sweeper.lean import dataclass, field
from sweeper.model import Point, Space, Sweep, Value
from sweeper.search.reach import Places, Reach
from sweeper.search.scales import Scale, scales_among, scales_of
from sweeper.space.identity import point_id, value_text
from sweeper.space.sampling import Sampler

MOST = 16
"""Points, of a space of any size."""


@dataclass(frozen=True)
class Choice:
    """One place of a scale that has to occur."""

    scale: Scale
    place: float

    @property
    def values(self) -> tuple[Value, ...]:
        """Of its names."""
        return self.scale.dimension.at(self.place)

    def occurs(self, point: Point) -> bool:
        """Whether the point has it."""
        named = zip(self.scale.dimension.names, self.values, strict=True)
        return all(name in point and value_text(point[name]) == value_text(value) for name, value in named)

    def __str__(self) -> str:
        named = zip(self.scale.dimension.names, self.values, strict=True)
        return ", ".join(f"{name}={value}" for name, value in named)


@dataclass(frozen=True)
class Corners:
    """What a smoke run tries."""

    points: tuple[Point, ...]
    """The dearest first: that with the most parameters at their high end."""
    missing: tuple[Choice, ...] = ()
    """What none of them has, where there are too many choices for so few points."""


@dataclass
class _Kept:
    points: dict[str, Point] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return len(self.points) >= MOST

    def add(self, point: Point | None) -> None:
        if point is not None and not self.is_full:
            self.points.setdefault(point_id(point), point)

    def lacks(self, choice: Choice) -> bool:
        return not any(map(choice.occurs, self.points.values()))


def corners(sweep: Sweep) -> Corners:
    """Of the listed points; or of the space, whatever the method would draw from it. At most ``MOST``.

    All numbers at their high end; all at their low end; every choice at least once, with the numbers high; each number
    high, and low, with the others in the middle: all of it as near as the rules of the space allow. UserError where
    they leave nothing.
    """
    found = _listed(sweep.points) if sweep.method == "list" else _spanned(sweep.space)
    if not found.points:
        raise UserError("the rules of the space leave no point to try", where=sweep.path, path="parameters")
    return found


def _spanned(space: Space) -> Corners:
    sampler, kept = Sampler(space), _Kept()
    scales = scales_of(sampler)
    reach = Reach(space, sampler, scales)
    high, middle, low = ({one.name: one.end(height) for one in scales} for height in (1.0, 0.5, 0.0))
    kept.add(reach.near(high))
    kept.add(reach.near(low))
    choices = _choices(scales, frozenset(sampler.presence))
    missing = _cover(choices, high, reach, kept)
    for height in (1.0, 0.0):
        for one in (one for one in scales if one.is_number):
            kept.add(None if kept.is_full else reach.near(middle, (one, one.end(height))))
    return Corners(_dearest_first(kept.points.values(), scales), missing)


def _choices(scales: Iterable[Scale], conditional: frozenset[str]) -> list[Choice]:
    """What has to occur: each place of what is no number, and every parameter that some points do without."""
    found = []
    for one in scales:
        if not one.is_number:
            found += [Choice(one, place) for place in one.rungs]
        elif one.name in conditional:
            found.append(Choice(one, one.end(1.0)))
    return found


def _cover(choices: Sequence[Choice], high: Places, reach: Reach, kept: _Kept) -> tuple[Choice, ...]:
    """Points until every choice has occurred, as many of them at once as go together. Returns what is left over."""
    open_ = [one for one in choices if kept.lacks(one)]
    while open_ and not kept.is_full:
        first = open_.pop(0)
        others = {one.scale.name: one.place for one in reversed(open_)}  # of each scale the first
        kept.add(reach.near({**high, **others}, (first.scale, first.place)))
        open_ = [one for one in open_ if kept.lacks(one)]
    return tuple(open_)


def _listed(points: Sequence[Point]) -> Corners:
    scales, kept = scales_among(points), _Kept()
    dear = _dearest_first(points, scales)
    for point in (*dear[:1], *dear[-1:]):
        kept.add(point)
    conditional = frozenset(one.name for one in scales if any(one.name not in point for point in points))
    choices = _choices(scales, conditional)
    numbers = [one for one in scales if one.is_number]
    ends = [Choice(one, one.end(height)) for height in (1.0, 0.0) for one in numbers]
    for choice in (*choices, *ends):
        if kept.lacks(choice):
            kept.add(next(filter(choice.occurs, dear)))
    missing = tuple(filter(kept.lacks, choices))
    for point in dear if len(dear) <= MOST else ():
        kept.add(point)
    return Corners(_dearest_first(kept.points.values(), scales), missing)


def _dearest_first(points: Iterable[Point], scales: Sequence[Scale]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: -sum(one.height(point) for one in scales)))
