"""A Gaussian process: the likeliest lengths and noise for what was measured, then mean and deviation anywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweeper.search.adaptive.coordinates import Array, Coordinate
from sweeper.search.adaptive.kernel import matern, squares

DRAWS = 4
"""Processes besides the likeliest one."""
JITTER = 1e-8
MOST_STEPS = 40
"""Of the optimiser, for each of the starts."""
NOISE = (-7.0, 2.0)
"""Prior of the logarithm of the noise's variance, as (mean, deviation); the values have variance 1."""
SCALE = (0.0, 0.5)
"""The same of the signal's variance."""
LENGTH = (-0.35, 0.35, 0.9)
"""Of a length, in a unit cube of d dimensions: mean a + b * log(d) and deviation c. Lengths that grow with the
dimensions keep the process from believing that everything is far from everything (Hvarfner et al. 2024, Vanilla
Bayesian Optimization Performs Great in High Dimensions, arXiv:2402.02229)."""


@dataclass(frozen=True)
class Process:
    """A fitted process: prior mean 0."""

    coordinates: Sequence[Coordinate]
    at: Array
    """(n, d): where something is known."""
    rates: Array
    scale: float
    noise: float
    lower: Array
    """Cholesky factor of the covariance, noise included."""
    weights: Array
    """(n,) or (n, f): covariance^-1 times the values, f sets of them."""

    def mean(self, where: Array) -> Array:
        """(m,) or (m, f)."""
        return self.like(where) @ self.weights

    def moments(self, apart: Array) -> tuple[Array, Array]:
        """Mean, as above, and deviation (m,) without noise, at (d, m, n) squared distances from what is known."""
        from scipy.linalg import solve_triangular

        like = self.scale * matern(apart, self.rates)[0]
        part = solve_triangular(self.lower, like.T, lower=True, check_finite=False)
        variance = self.scale - np.sum(part**2, axis=0)
        return like @ self.weights, np.sqrt(np.maximum(variance, 1e-12))

    def like(self, where: Array) -> Array:
        """(m, n): covariance with what is known."""
        return self.scale * matern(squares(where, self.at, self.coordinates), self.rates)[0]


def fit(at: Array, values: Array, coordinates: Sequence[Coordinate]) -> Process:
    """The process that maximises the posterior of its lengths, scale and noise."""
    return _process(at, values, coordinates, _likeliest(squares(at, at, coordinates), values).x)


def likely(
    at: Array, values: Array, coordinates: Sequence[Coordinate], *, chance: np.random.Generator
) -> list[Process]:
    """That process, and some others that are about as likely: few trials leave much open.

    Drawn from the normal distribution that the optimiser's curvature makes of the posterior (Laplace's approximation).
    """
    best = _likeliest(squares(at, at, coordinates), values)
    drawn = [np.clip(best.x + step, *_bounds(len(coordinates)).T) for step in _steps(best, chance)]
    return [_process(at, values, coordinates, logs) for logs in (best.x, *drawn)]


def _process(at: Array, values: Array, coordinates: Sequence[Coordinate], logs: Array) -> Process:
    rates, scale, noise = _read(logs)
    return condition(at, values, coordinates, rates=rates, scale=scale, noise=noise)


def _steps(best: Any, chance: np.random.Generator) -> list[Array]:
    """Away from the likeliest settings, none much further than is usual."""
    size = len(best.x)
    try:
        root = np.linalg.cholesky(best.hess_inv.todense() + 1e-9 * np.eye(size))
    except np.linalg.LinAlgError:
        return []
    found = [root @ chance.standard_normal(size) for _ in range(DRAWS)]
    return [step * min(1.0, 2 * math.sqrt(size) / max(float(np.linalg.norm(step)), 1e-9)) for step in found]


def _bounds(dimensions: int) -> Array:
    return np.array([(-4.0, 4.0)] * dimensions + [(-3.0, 3.0), (math.log(1e-6), 0.5)])


def _likeliest(apart: Array, values: Array) -> Any:
    """What scipy's optimiser found, from the better of two starts."""
    from scipy.optimize import minimize

    dimensions = len(apart)
    middle, spread = _priors(dimensions)
    bounds = _bounds(dimensions)
    starts = [middle, middle - np.array([1.0] * dimensions + [0.0, 2.0])]
    found = [
        minimize(
            _surprise,
            np.clip(start, *bounds.T),
            args=(apart, values, middle, spread),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": MOST_STEPS},
        )
        for start in starts
    ]
    return min(found, key=lambda one: one.fun)


def condition(
    at: Array, values: Array, coordinates: Sequence[Coordinate], *, rates: Array, scale: float, noise: float
) -> Process:
    """The process with these settings that has seen these values, (n,) or (n, f)."""
    from scipy.linalg import cho_solve

    like = scale * matern(squares(at, at, coordinates), rates)[0]
    lower = cholesky_of(like, noise)
    return Process(coordinates, at, rates, scale, noise, lower, cho_solve((lower, True), values))


def _priors(dimensions: int) -> tuple[Array, Array]:
    length = LENGTH[0] + LENGTH[1] * math.log(max(dimensions, 1))
    return (
        np.array([length] * dimensions + [SCALE[0], NOISE[0]]),
        np.array([LENGTH[2]] * dimensions + [SCALE[1], NOISE[1]]),
    )


def _read(logs: Array) -> tuple[Array, float, float]:
    return np.exp(-2 * logs[:-2]), float(np.exp(logs[-2])), float(np.exp(logs[-1]))


def _surprise(logs: Array, apart: Array, values: Array, middle: Array, spread: Array) -> tuple[float, Array]:
    """Minus the log posterior and its slope (Rasmussen and Williams 2006, equations 2.30 and 5.9)."""
    from scipy.linalg import cho_solve

    rates, scale, noise = _read(logs)
    alike, slope = matern(apart, rates)
    try:
        lower = _cholesky(scale * alike + (noise + JITTER) * np.eye(len(values)))
    except np.linalg.LinAlgError:
        return 1e25, np.zeros_like(logs)
    weights = cho_solve((lower, True), values, check_finite=False)
    inverse = cho_solve((lower, True), np.eye(len(values)), check_finite=False)
    outer = inverse - np.outer(weights, weights)
    likelihood = 0.5 * values @ weights + np.sum(np.log(np.diag(lower)))
    by_length = 0.5 * scale * np.tensordot(apart, outer * slope, axes=2) * -2 * rates
    by_scale = 0.5 * scale * np.sum(outer * alike)
    by_noise = 0.5 * noise * np.trace(outer)
    off = (logs - middle) / spread
    gradient = np.concatenate([by_length, [by_scale, by_noise]]) + off / spread
    return float(likelihood + 0.5 * np.sum(off**2)), gradient


def cholesky_of(like: Array, noise: float) -> Array:
    """Of the covariance with noise; with more of it where points lie too close together for floating-point numbers."""
    for more in (JITTER, 1e-6, 1e-4):
        try:
            return _cholesky(like + (noise + more) * np.eye(len(like)))
        except np.linalg.LinAlgError:
            continue
    return _cholesky(like + (noise + 1e-2) * np.eye(len(like)))


def _cholesky(matrix: Array) -> Array:
    from scipy.linalg import cholesky

    lower: Array = cholesky(matrix, lower=True, check_finite=False)
    return lower
