"""Through the parameters of a study, as far as their conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sweeper.emulator.tuning.spec import Axis, Param

Choose = Callable[[Axis], Param]


def walk(axes: Iterable[Axis], choose: Choose) -> dict[str, Param]:
    """One value for each parameter that is there; a parent is chosen before those below it."""
    found: dict[str, Param] = {}
    for axis in axes:
        value = found[axis.name] = choose(axis)
        found |= walk((branch.axis for branch in axis.branches if value in branch.values), choose)
    return found


def combinations(axes: Iterable[Axis]) -> Iterator[dict[str, Param]]:
    """Every one, the last parameter fastest."""
    listed = tuple(axes)
    if not listed:
        yield {}
        return
    first, rest = listed[0], listed[1:]
    for value in values(first):
        below = tuple(branch.axis for branch in first.branches if value in branch.values)
        for more in combinations((*below, *rest)):
            yield {first.name: value, **more}


def values(axis: Axis) -> Iterable[Param]:
    """Every value of a parameter that is no continuous range."""
    return range(int(axis.low), int(axis.high) + 1) if axis.kind == "integer" else axis.values
