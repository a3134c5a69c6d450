"""A metric on any scale becomes one that a Gaussian process likes: about normal, whatever its tail of bad values."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from sweeper.search.adaptive.coordinates import Array

LEAST = 4
"""Different values without which no power can be told from another."""


def warped(values: Array) -> Array:
    """Mean 0, deviation 1, the order kept; all 0 where the values are all the same.

    The values below the median, which may lie anywhere, are put where as many of a normal distribution would lie whose
    upper half is that of the values (half-rank warping: Song et al. 2024, The Vizier Gaussian Process Bandit Algorithm,
    arXiv:2408.11527, appendix B). The power that makes all of them most nearly normal does the rest (Yeo and Johnson
    2000; Cowen-Rivers et al. 2022, HEBO, arXiv:2012.03826, 3.1).
    """
    return _standard(_powered(_standard(_half_ranked(_scaled(values)))))


def _half_ranked(values: Array) -> Array:
    middle = float(np.median(values))
    upper = values[values >= middle] - middle
    deviation = float(np.sqrt(np.mean(upper**2)))
    return np.where(values < middle, middle + deviation * _quantiles(values), values) if deviation > 0 else values


def _powered(values: Array) -> Array:
    # Here, since it takes a third of a second to import.
    from scipy.stats import yeojohnson

    if len(np.unique(values)) < LEAST:
        return values
    found: Array = yeojohnson(values)[0]
    return found if np.all(np.isfinite(found)) else values


def _standard(values: Array) -> Array:
    spread = float(np.std(values))
    return (values - np.mean(values)) / spread if spread > 0 else np.zeros_like(values)


def _scaled(values: Array) -> Array:
    """Within 0 and 1, so that the numbers of a wild metric can be squared."""
    low, high = float(np.min(values)), float(np.max(values))
    half = high / 2 - low / 2
    return (values / 2 - low / 2) / half if half > 0 else np.zeros_like(values)


def _quantiles(values: Array) -> Array:
    """Of a standard normal distribution, by rank; equal values get the same."""
    ranks = np.searchsorted(np.sort(values), values, side="left") + 0.5
    normal = NormalDist()
    return np.array([normal.inv_cdf(min(rank / len(values), 0.5)) for rank in ranks])
