"""How a tuning service completes the command line of a trial: every value of every parameter, as it may spell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sweeper.driver.asked import Asked
from sweeper.formats.study import Axis, every
from sweeper.model import Range, Value
from sweeper.usage.service_values import Completed
from sweeper.usage.whole_numbers import Listed


def completed(asked: Asked, extras: tuple[str, ...]) -> list[Completed]:
    """A line for each value that is listed and for the ends of each range; ``extras`` come last in each."""
    study, dictionary = asked.study, asked.dictionary
    found: dict[tuple[str, ...], Completed] = {}
    for axis, chosen in _choices(study.axes, {}):
        value = chosen[axis.name]
        for text in dict.fromkeys(_texts(axis, value)):
            given = {one: text if one == axis.name else spelled for one, spelled in _all(study.axes, chosen)}
            argv = (*dictionary.args, *(f"--{one}={spelled}" for one, spelled in given.items()), *extras)
            parameter = dictionary.axes[axis.name].parameter
            line = Completed(parameter, f"--{axis.name}", text, argv, certain=text == _texts(axis, value)[0])
            found.setdefault(argv, line)
    return list(found.values())


def listed(asked: Asked) -> list[Listed]:
    """The options whose listed values are whole numbers."""
    found = []
    for axis in every(asked.study.axes):
        texts = [_texts(axis, value) for value in _values(axis)]
        unlike = [spellings[1] for spellings in texts if len(set(spellings)) > 1]
        if len(unlike) == len(texts):
            found.append(Listed(asked.dictionary.axes[axis.name].parameter, f"--{axis.name}", unlike[0]))
    return list({one.option: one for one in found}.values())


def _choices(axes: Iterable[Axis], above: Mapping[str, Value]) -> Iterator[tuple[Axis, dict[str, Value]]]:
    """Each axis with each of its values, and what its parents must be for it to be there."""
    for axis in axes:
        for value in _values(axis):
            yield axis, {**above, axis.name: value}
        for branch in axis.branches:
            yield from _choices([branch.axis], {**above, axis.name: branch.values[0]})


def _all(axes: Iterable[Axis], chosen: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Every parameter of a trial, by its first value where nothing else is chosen."""
    for axis in axes:
        value = chosen.get(axis.name, _values(axis)[0])
        yield axis.name, _texts(axis, value)[0]
        yield from _all((branch.axis for branch in axis.branches if value in branch.values), chosen)


def _values(axis: Axis) -> tuple[Value, ...]:
    domain = axis.domain
    return (domain.min, domain.max) if isinstance(domain, Range) else domain.values


def _texts(axis: Axis, value: Value) -> tuple[str, ...]:
    """How the service writes it, and how it may write it: numbers that are listed are doubles to it."""
    if isinstance(value, str):
        return (value,)
    assert isinstance(value, (int, float))
    whole = str(int(value)) if value == int(value) else repr(value)
    if not isinstance(axis.domain, Range):
        return (whole, repr(float(value)))
    return (whole,) if axis.domain.integer else (repr(float(value)),)
