"""The value of a parameter from the text of it in a table or on a command line."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sweeper.model import Choices, Range, Space, Value
from sweeper.space.sampling import is_continuous
from sweeper.space.values import grid_values, within


class Written:
    """The parameters of a space by name."""

    def __init__(self, space: Space) -> None:
        self._ranges = {one.name: one.domain for one in space.parameters if is_continuous(one)}
        listed = {one.name: _values(one.domain) for one in space.parameters if not is_continuous(one)}
        linked = {name: values for group in space.together for name, values in group.values.items()}
        self._values: Mapping[str, tuple[Value, ...]] = listed | linked
        self.names = (*(one.name for one in space.parameters), *linked)
        """All of them, in the order of a point."""

    def choices(self, name: str) -> tuple[Value, ...]:
        """All values of a parameter; none where it is a continuous range."""
        return self._values.get(name, ())

    def value(self, name: str, text: str) -> Value:
        """The value that is written so. ValueError where the parameter has none."""
        if (domain := self._ranges.get(name)) is not None and isinstance(domain, Range):
            number = int(text) if domain.integer and text.lstrip("-").isdecimal() else float(text)
            if within(number, domain):
                return int(number) if domain.integer else number
            raise ValueError(text)
        for value in self._values[name]:
            if is_written(value, text):
                return value
        raise ValueError(text)


def is_written(value: Value, text: str) -> bool:
    """Whether this is one of the ways to write the value: as it is, as JSON, a number in any way Python writes it."""
    return text in _texts(value)


def _values(domain: Choices | Range) -> tuple[Value, ...]:
    return domain.values if isinstance(domain, Choices) else grid_values(domain)


def _texts(value: Value) -> set[str]:
    if isinstance(value, str):
        return {value}
    return {json.dumps(value), str(value), repr(float(value)) if isinstance(value, (int, float)) else str(value)}
