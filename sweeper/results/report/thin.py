"""Fewer of what there is too much of to draw: the first ones all, the rest evenly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def first_and_evenly(many: int, *, most: int, first: int) -> list[int]:
    """At most ``most`` of the places below ``many``, in order: the ``first`` first, the others evenly spread."""
    if many <= most:
        return list(range(many))
    return [*range(first), *(first + place for place in evenly(many - first, most - first))]


def evenly(many: int, most: int) -> list[int]:
    """At most ``most`` of the places below ``many``, both ends among them."""
    if many <= most:
        return list(range(many))
    return [place * (many - 1) // (most - 1) for place in range(most)]


def some(values: Sequence[T], most: int) -> list[T]:
    """At most ``most`` of the values, both ends among them."""
    return [values[place] for place in evenly(len(values), most)]
