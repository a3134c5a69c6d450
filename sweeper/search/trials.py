"""From a number to the trial that has it: all points once, then all points again with the next seed."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.model import Point, Sweep, Trial
from sweeper.search.protocol import Search
from sweeper.space.identity import point_id, trial_id


def total(search: Search, sweep: Sweep) -> int:
    """How many trials; an upper bound where the search is not exact."""
    return search.count * sweep.repeats.count


def trial(search: Search, sweep: Sweep, number: int) -> Trial:
    """Trial ``number``, from 0: point ``number % count`` in its run ``number // count`` (added to the seed).

    Of a search that adapts, as it would be if nothing were known.

    IndexError past the last and, where the search is not exact, for the numbers that turn out to have no point.
    """
    if not 0 <= number < total(search, sweep):
        raise IndexError(number)
    if search.adapts:  # how many points there will be may change: all runs of a point come one after another
        k, repeat = divmod(number, sweep.repeats.count)
    else:
        repeat, k = divmod(number, search.count)
    return trial_of(sweep, search.propose(k), number=number, repeat=repeat)


def trial_of(sweep: Sweep, point: Point, *, number: int, repeat: int) -> Trial:
    """One run of a point."""
    name = point_id(point)
    return Trial(
        id=trial_id(name, repeat, sweep.repeats.count),
        number=number,
        point_id=name,
        point=point,
        repeat=repeat,
        seed=sweep.seed + repeat,
    )


def each_trial(search: Search, sweep: Sweep) -> Iterator[Trial]:
    """All trials in order, made as they are asked for; it knows what to do where the search is not exact."""
    for repeat in range(sweep.repeats.count):
        for k in range(search.count):
            try:
                found = trial(search, sweep, repeat * search.count + k)
            except IndexError:
                break
            yield found
