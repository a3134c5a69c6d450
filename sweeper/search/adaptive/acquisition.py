"""How promising a point is: the expected improvement, over what may still come of the trials that run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sweeper.search.adaptive.coordinates import Array, Coordinate
from sweeper.search.adaptive.gp import Process, cholesky_of, condition, fit
from sweeper.search.adaptive.history import History
from sweeper.search.adaptive.kernel import matern, squares

MOST = 150
"""Trials of either kind that tell where others will fail."""
CAUTION = 2.0
"""A trial that fails costs what others cost and tells less: its chance weighs double."""
FANTASIES = 8
"""Ways in which the running trials may end that are looked at."""


def promise(
    processes: Sequence[Process], values: Array, past: History, chance: np.random.Generator
) -> Callable[[Array], Array]:
    """Of (m, d) vectors the logarithm of the improvement to expect, less where trials are likely to fail.

    Averaged over the processes, and over draws from each of what the running trials may come to (Snoek et al. 2012,
    Practical Bayesian Optimization, 3.2). The improvement is over the best that a process itself believes in, which
    noise does not flatter.
    """
    filled = [fancied(process, values, past.running, chance) for process in processes]
    bests = [process.mean(process.at).max(axis=0) for process in filled]
    feasible = _feasible(processes[0].coordinates, past)

    def measure(where: Array) -> Array:
        apart = squares(where, filled[0].at, filled[0].coordinates)
        gains = [gain for process, best in zip(filled, bests, strict=True) for gain in _gains(process, best, apart)]
        mixed: Array = np.logaddexp.reduce(gains, axis=0) - math.log(len(gains)) + feasible(where)
        return mixed

    return measure


def _gains(process: Process, bests: Array, apart: Array) -> list[Array]:
    mean, deviation = process.moments(apart)
    return list(_log_gain(mean, deviation[:, None], bests).T)


def fancied(process: Process, values: Array, running: Array, chance: np.random.Generator) -> Process:
    """The process with the running trials ended in several ways, each a column of values."""
    if not len(running):
        return replace(process, weights=process.weights[:, None])
    like = process.like(running)
    own = process.scale * matern(squares(running, running, process.coordinates), process.rates)[0]
    from scipy.linalg import cho_solve

    joint = own - like @ cho_solve((process.lower, True), like.T)
    root = cholesky_of(joint, process.noise)
    draws = like @ process.weights[:, None] + root @ chance.standard_normal((len(running), FANTASIES))
    known = np.concatenate([np.repeat(values[:, None], FANTASIES, axis=1), draws])
    at = np.concatenate([process.at, running])
    return condition(at, known, process.coordinates, rates=process.rates, scale=process.scale, noise=process.noise)


def _log_gain(mean: Array, deviation: Array, best: Array) -> Array:
    """log of the expected improvement, also where it is tiny (Ament et al. 2023, arXiv:2310.20708, equation 9)."""
    from scipy.special import erfcx, log_ndtr

    z = (mean - best) / deviation
    density = -0.5 * z**2 - 0.5 * math.log(2 * math.pi)
    near = np.log(np.maximum(np.exp(density) + z * np.exp(log_ndtr(z)), 1e-300))
    # Below -1 the two terms cancel: z * cdf / density = -|z| * sqrt(pi / 2) * erfcx(|z| / sqrt(2)).
    ratio = np.abs(z) * math.sqrt(math.pi / 2) * erfcx(np.abs(z) / math.sqrt(2))
    far = density + np.log(np.maximum(1 - ratio, 1 / (np.abs(z) ** 2 + 3)))
    found: Array = np.where(z > -1, near, far) + np.log(deviation)
    return found


def _feasible(coordinates: Sequence[Coordinate], past: History) -> Callable[[Array], Array]:
    """log of the chance that a trial does not fail: a process of its own over what went well (1) and what did not (-1).

    Least-squares classification, Rasmussen and Williams 2006, section 6.5.
    """
    from scipy.special import log_ndtr

    if not len(past.failed):
        return lambda where: np.zeros(len(where))
    at = np.concatenate([past.measured[-MOST:], past.failed[-MOST:]])
    ended = np.concatenate([np.ones(len(past.measured[-MOST:])), -np.ones(len(past.failed[-MOST:]))])
    process = fit(at, ended, coordinates)

    def measure(where: Array) -> Array:
        mean, deviation = process.moments(squares(where, at, coordinates))
        chance: Array = CAUTION * log_ndtr(mean / np.sqrt(deviation**2 + process.noise))
        return chance

    return measure
