"""A metric on any scale becomes one that a Gaussian process likes: spread where it is good, tame where it is bad."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from sweeper.search.adaptive.coordinates import Array

MOST = 1e300
"""Of a distance in units of the median one, so that its logarithm is a number."""


def warped(values: Array) -> Array:
    """Mean 0, deviation 1, the order kept; all 0 where the values are all the same.

    The distance from the best counts by its logarithm, from the median distance on: values that differ by orders of
    magnitude stay apart. The half below the median, which may lie anywhere, is put where as many of a normal
    distribution would lie whose upper half is that of the values. Both after Song et al. 2024, The Vizier Gaussian
    Process Bandit Algorithm, arXiv:2408.11527, appendix B.
    """
    return _standard(_half_ranked(_distances(values)))


def _distances(values: Array) -> Array:
    """Minus the logarithms; halves, because the distance of two numbers may be more than a number can be."""
    gaps = np.max(values) / 2 - values / 2
    unit = np.median(gaps)
    if unit <= 0:
        unit = np.min(gaps[gaps > 0], initial=np.inf)
    if not np.isfinite(unit):
        return np.zeros_like(values)
    with np.errstate(over="ignore"):
        return -np.log1p(np.minimum(gaps / unit, MOST))


def _half_ranked(values: Array) -> Array:
    middle = float(np.median(values))
    upper = values[values >= middle] - middle
    deviation = float(np.sqrt(np.mean(upper**2)))
    return np.where(values < middle, middle + deviation * _quantiles(values), values) if deviation > 0 else values


def _quantiles(values: Array) -> Array:
    """Of a standard normal distribution, by rank; equal values get the same."""
    ranks = np.searchsorted(np.sort(values), values, side="left") + 0.5
    normal = NormalDist()
    return np.array([normal.inv_cdf(min(rank / len(values), 0.5)) for rank in ranks])


def _standard(values: Array) -> Array:
    spread = float(np.std(values))
    return (values - np.mean(values)) / spread if spread > 0 else np.zeros_like(values)
