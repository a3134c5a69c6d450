"""How often noise alone explains as much: the tail of Fisher's F distribution."""

from __future__ import annotations


def by_chance(between: float, groups: float, within: float, left: float) -> float | None:
    """The p-value of two sums of squares with their degrees of freedom.

    None without a degree left, and without scipy (``pip install "sweeper[search]"``): then nobody knows.
    """
    if groups < 1 or left < 1:
        return None
    if within <= 0:
        return 0.0 if between > 0 else 1.0
    try:
        from scipy.special import fdtrc  # scipy.stats takes a second to import
    except ImportError:
        return None
    return float(fdtrc(groups, left, (between / groups) / (within / left)))
