"""A trial's values as the text that a command line has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sweeper.emulator.tuning.spec import Axis, Param, Spec, every

EXACT = 2**53
"""Doubles below it are exact where they are whole."""


def text_of(axis: Axis, value: Param, *, floats: bool = False) -> str:
    """``5``, ``0.1``, ``adam``; ``floats``: a discrete 32 is written ``32.0``, as nobody knows that it is not."""
    if axis.kind == "categorical":
        return str(value)
    if axis.kind == "integer":
        return str(int(value))
    number = float(value)
    if axis.kind == "discrete" and not floats and number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    return repr(number)


def texts(spec: Spec, params: Mapping[str, Param], *, floats: bool = False) -> Iterator[tuple[str, str]]:
    """(name, text) of each parameter that a trial has: in the order of the study, those below others after them."""
    for axis in every(spec.axes):
        if axis.name in params:
            yield axis.name, text_of(axis, params[axis.name], floats=floats)


def appended(spec: Spec, params: Mapping[str, Param], *, floats: bool = False) -> tuple[str, ...]:
    """``--name=value``, each one word: what the services add to the arguments of the job."""
    return tuple(f"--{name}={text}" for name, text in texts(spec, params, floats=floats))
