"""The allowed point that is nearest to what is wanted, and has for certain what it must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.model import Choices, Parameter, Point, Range, Space, Together, Value
from sweeper.search.hashing import fraction
from sweeper.search.scales import Scale
from sweeper.space.grid import Grid
from sweeper.space.identity import value_text
from sweeper.space.sampling import Sampler
from sweeper.space.standins import as_grid, representative
from sweeper.space.values import grid_values

Places: TypeAlias = Mapping[str, float]
"""A fraction for each dimension, by its name."""
Texts: TypeAlias = Mapping[str, frozenset[str]]
"""For some parameters, the canonical texts of the values that they may have."""
DRAWS = 1000
"""Points drawn in search of one that the rules allow, where no list of points can tell."""


class Reach:
    """A space, its rules, and the scales of its dimensions."""

    def __init__(self, space: Space, sampler: Sampler, scales: tuple[Scale, ...]) -> None:
        self._space, self._sampler, self._scales = space, sampler, scales
        self._is_continuous = as_grid(space) is None
        self._by_name = {name: one for one in scales for name in one.dimension.names}

    def near(self, wanted: Places, must: tuple[Scale, float] | None = None) -> Point | None:
        """A point as wanted as far as the rules allow it, those of the earlier dimensions first.

        ``must``: a scale and its place, which the point has in any case. None where no such point was found.
        """
        texts = self._needed(must)
        wanted = {**self._with_parents(wanted, texts), **({must[0].name: must[1]} if must else {})}
        direct = self._point(wanted, texts)
        if direct is not None:
            return direct
        given = next(self._allowed(texts, must), None)
        if given is None:
            return None
        for scale in self._scales:
            tries = ({**given, scale.name: place} for place in scale.between(wanted[scale.name], given[scale.name]))
            given = next(one for one in tries if self._point(one, texts) is not None)
        return self._point(given, texts)

    def _needed(self, must: tuple[Scale, float] | None) -> Texts:
        """What must be so that the scale has that place: its values, and those that its presence hangs on."""
        if must is None:
            return {}
        scale, place = must
        values = zip(scale.dimension.names, scale.dimension.at(place), strict=True)
        own = {name: frozenset([value_text(value)]) for name, value in values}
        return {**self._sampler.presence.get(scale.name, {}), **own}

    def _with_parents(self, wanted: Places, texts: Texts) -> dict[str, float]:
        """What is wanted, but where it would be in the way, another place that the texts allow."""
        found = dict(wanted)
        for name in texts.keys() & self._by_name.keys():
            scale = self._by_name[name]
            tries = (found[scale.name], *reversed(scale.rungs))
            found[scale.name] = next((one for one in tries if _fits(scale, one, texts)), found[scale.name])
        return found

    def _point(self, places: Places, texts: Texts) -> Point | None:
        point = self._sampler.point(lambda name: places[name])
        if point is None or any(
            value_text(point[name]) not in texts[name] if name in point else True for name in texts
        ):
            return None
        return point

    def _allowed(self, texts: Texts, must: tuple[Scale, float] | None) -> Iterator[Places]:
        """Places of points that the rules allow, however far from what is wanted."""
        first = _first(self._space, texts, must)
        if first is not None:
            yield from self._if_allowed({one.name: one.fraction(first) for one in self._scales}, texts)
        for i in range(DRAWS if self._is_continuous else 0):
            drawn = {one.name: fraction("corner", i, one.name) for one in self._scales}
            yield from self._if_allowed({**drawn, **({must[0].name: must[1]} if must else {})}, texts)

    def _if_allowed(self, places: Places, texts: Texts) -> Iterator[Places]:
        if self._point(self._with_parents(places, texts), texts) is not None:
            yield self._with_parents(places, texts)


def _fits(scale: Scale, place: float, texts: Texts) -> bool:
    values = zip(scale.dimension.names, scale.dimension.at(place), strict=True)
    return all(value_text(value) in texts[name] for name, value in values if name in texts)


def _first(space: Space, texts: Texts, must: tuple[Scale, float] | None) -> Point | None:
    """The first point of a grid in place of the space, with those texts."""
    exact = dict(zip(must[0].dimension.names, must[0].dimension.at(must[1]), strict=True)) if must else {}
    listed = representative(space)
    parameters = tuple(_only(one, texts, exact) for one in listed.parameters)
    together = tuple(_rows(group, texts) for group in listed.together)
    try:
        return Grid(replace(listed, parameters=parameters, together=together)).point(0)
    except (IndexError, UserError):  # none, or none that could be found
        return None


def _only(parameter: Parameter, texts: Texts, exact: Mapping[str, Value]) -> Parameter:
    if parameter.name in exact:
        return replace(parameter, domain=Choices((exact[parameter.name],)))
    if parameter.name not in texts:
        return parameter
    domain = parameter.domain
    values = grid_values(domain) if isinstance(domain, Range) else domain.values
    return replace(parameter, domain=Choices(tuple(one for one in values if value_text(one) in texts[parameter.name])))


def _rows(group: Together, texts: Texts) -> Together:
    rows = [
        row
        for row in zip(*group.values.values(), strict=True)
        if all(value_text(one) in texts[name] for name, one in zip(group.values, row, strict=True) if name in texts)
    ]
    return Together({name: tuple(row[i] for row in rows) for i, name in enumerate(group.values)})
