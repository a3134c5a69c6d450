"""Who dominates whom: vectors of several objectives, sorted into Pareto fronts.

The non-dominated sorting of NSGA-II (Deb et al. 2002, IEEE Transactions on Evolutionary Computation 6, 182-197), by
the efficient sort of Zhang et al. (2015, ibid. 19, 201-213): in lexicographic order none is dominated by a later one,
so each is compared only with the fronts so far, and which front is its own is found by bisection.
"""

from __future__ import annotations

from collections.abc import Sequence

Vector = Sequence[float]


def fronts(vectors: Sequence[Vector]) -> list[int]:
    """The front of each, 0 for those that none dominates; lower is better in every place, and all are finite.

    One dominates another where it is nowhere worse and somewhere better: equal ones share a front.
    """
    members: list[list[Vector]] = []
    found = [0] * len(vectors)
    for place in sorted(range(len(vectors)), key=lambda i: tuple(vectors[i])):
        mine = vectors[place]
        low, high = 0, len(members)
        while low < high:
            middle = (low + high) // 2
            if _any_dominates(members[middle], mine):
                low = middle + 1
            else:
                high = middle
        if low == len(members):
            members.append([])
        members[low].append(mine)
        found[place] = low
    return found


def dominates(one: Vector, other: Vector) -> bool:
    """Nowhere worse and somewhere better."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and any(a < b for a, b in zip(one, other, strict=True))


def _any_dominates(front: Sequence[Vector], mine: Vector) -> bool:
    if len(mine) <= 2:  # along a front of two objectives the last to come is the best in the second
        return dominates(front[-1], mine)
    return any(dominates(one, mine) for one in reversed(front))
