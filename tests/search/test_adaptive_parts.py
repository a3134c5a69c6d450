"""The parts of the models: vectors and back, kernels, warping, the process and its improvement, against known truth."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from sweeper.model import Choices, Metric, Parameter, Range, Space, Together
from sweeper.search.adaptive.acquisition import _log_gain, promise
from sweeper.search.adaptive.candidates import search
from sweeper.search.adaptive.coordinates import Coordinate, Coordinates
from sweeper.search.adaptive.gp import _priors, _surprise, condition, fit
from sweeper.search.adaptive.history import history
from sweeper.search.adaptive.kernel import matern, squares
from sweeper.search.adaptive.warp import warped
from sweeper.search.random import drawing
from sweeper.search.told import Told

SPACE = Space(
    (
        Parameter("lr", Range(1e-5, 1.0, scale="log")),
        Parameter("width", Range(8, 4096, scale="log", integer=True)),
        Parameter("layers", Range(1, 6, integer=True)),
        Parameter("steps", Range(1, 100_000, integer=True)),
        Parameter("batch", Choices((32, 64, 128))),
        Parameter("drop", Range(0.0, 0.5, num=6)),
        Parameter("kind", Choices(("a", "b", "c"))),
        Parameter("gamma", Range(-1.0, 1.0), when={"kind": ("a", "b")}),
        Parameter("deep", Choices(("x", "y", "z")), when={"gamma_on": (True,), "kind": ("a",)}),
        Parameter("gamma_on", Choices((True, False))),
        Parameter("fixed", Choices(("data.csv",)), constant=True),
    ),
    (Together({"height": (1, 2, 3), "weight": (9, 8, 7)}),),
)
REAL = tuple(Coordinate(str(i), "real") for i in range(3))
MIXED = (Coordinate("r", "real"), Coordinate("o", "ordinal", 4), Coordinate("n", "nominal", 3))


def test_each_dimension_is_of_the_kind_that_its_values_have():
    assert [(one.name, one.kind, one.levels) for one in Coordinates(SPACE).all] == [
        ("lr", "real", 0),
        ("width", "real", 0),
        ("layers", "ordinal", 6),
        ("steps", "real", 0),
        ("batch", "ordinal", 3),
        ("drop", "ordinal", 6),
        ("kind", "nominal", 3),
        ("gamma", "real", 0),
        ("deep", "nominal", 3),
        ("gamma_on", "nominal", 2),
        ("height,weight", "ordinal", 3),
    ]


def test_a_point_becomes_a_vector_and_the_same_point_again():
    coordinates, draw = Coordinates(SPACE), drawing(SPACE, 3)
    for point in map(draw, range(200)):
        vector = coordinates.encode(point)
        assert all(math.isnan(value) or 0 <= value <= 1 for value in vector)
        again = coordinates.decode(vector)
        assert again is not None
        assert again.keys() == point.keys()
        assert all(again[name] == pytest.approx(point[name]) for name in ("lr", "gamma") if name in point)
        assert {name: again[name] for name in again if name not in ("lr", "gamma")} == {
            name: point[name] for name in point if name not in ("lr", "gamma")
        }
        settled = coordinates.settled(np.array([coordinates.encode(again)]))[0]
        np.testing.assert_allclose(settled, coordinates.encode(again), atol=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {"lr": 2.0},
        {"lr": "0.1"},
        {"width": 8.5},
        {"layers": True},
        {"batch": 33},
        {"fixed": "other.csv"},
        {"height": 1, "weight": 8},
        {"extra": 1},
        {"kind": "c"},  # gamma would have to go
        {"lr": None},
    ],
)
def test_what_is_no_point_of_the_space_is_known_as_such(change):
    coordinates = Coordinates(SPACE)
    point = next(p for p in map(drawing(SPACE, 0), range(99)) if p["kind"] == "a" and p["gamma_on"])
    assert coordinates.contains(point)
    assert not coordinates.contains({**point, **change})
    assert not coordinates.contains({name: point[name] for name in point if name != "deep"})


vectors = arrays(float, (12, 3), elements=st.floats(0, 1) | st.just(math.nan))


@given(vectors, st.lists(st.floats(0.01, 50), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_kernel_is_one_whatever_is_absent(at, rates):
    alike, _ = matern(squares(at, at, MIXED), np.array(rates))
    np.testing.assert_allclose(alike, alike.T)
    np.testing.assert_allclose(np.diag(alike), 1.0)
    assert np.linalg.eigvalsh(alike).min() > -1e-9


def test_the_slope_of_the_posterior_is_its_slope():
    chance = np.random.default_rng(0)
    at, values = chance.random((15, 3)), chance.standard_normal(15)
    apart, logs = squares(at, at, REAL), chance.standard_normal(5)
    middle, spread = _priors(3)
    _, slope = _surprise(logs, apart, values, middle, spread)
    for i in range(5):
        step = np.eye(5)[i] * 1e-5
        high, low = (_surprise(logs + sign * step, apart, values, middle, spread)[0] for sign in (1, -1))
        assert slope[i] == pytest.approx((high - low) / 2e-5, rel=1e-4, abs=1e-6)


def test_a_process_knows_what_it_was_told_and_doubts_what_is_far():
    at = np.array([[0.1, 0.5, 0.5], [0.9, 0.5, 0.5]])
    process = condition(at, np.array([1.0, -1.0]), REAL, rates=np.full(3, 10.0), scale=1.0, noise=1e-6)
    mean, deviation = process.moments(squares(np.array([[0.1, 0.5, 0.5], [0.5, 0.0, 1.0]]), at, REAL))
    assert mean[0] == pytest.approx(1.0, abs=1e-3)
    assert deviation[0] < 0.01 < 0.5 < deviation[1]


def test_lengths_follow_what_matters_and_noise_is_seen():
    chance = np.random.default_rng(1)
    at = chance.random((40, 3))
    clean = fit(at, warped(-np.sin(5 * at[:, 0])), REAL)
    assert clean.rates[0] > 10 * max(clean.rates[1:])
    assert clean.noise < 1e-3
    noisy = fit(at, warped(chance.standard_normal(40)), REAL)
    assert noisy.noise > 0.2


@pytest.mark.parametrize("z", [-30.0, -8.0, -3.0, -1.0, 0.0, 2.0, 9.0])
def test_the_expected_improvement_is_right_also_where_it_is_tiny(z):
    found = _log_gain(np.array([z * 0.7]), np.array([0.7]), 0.0)[0]
    if z > -8:
        truth = math.log(0.7) + math.log(norm.pdf(z) + z * norm.cdf(z))
    else:  # the asymptotic series of pdf(z) - |z| * cdf(z)
        truth = math.log(0.7) + norm.logpdf(z) + math.log(1 / z**2 - 3 / z**4 + 15 / z**6)
    assert found == pytest.approx(truth, rel=2e-3)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_warping_keeps_the_order_and_the_bounds(values):
    given_ = np.array(values)
    found = warped(given_)
    assert np.all(np.isfinite(found))
    order = np.argsort(given_, kind="stable")
    assert np.all(np.diff(found[order]) >= -1e-9)
    assert np.max(np.abs(found)) < 10


def test_bad_values_that_differ_by_orders_of_magnitude_do_not_hide_the_good_ones():
    found = warped(-np.array([1.0, 2.0, 4.0, 8.0, 16.0, 1e6, 1e12, 1e25, 1e300]))
    assert np.all(np.diff(found) < -0.05)


def test_the_search_finds_the_top_of_a_hill_in_a_mixed_space():
    space = Space((*SPACE.parameters[:3], SPACE.parameters[6]), constraints=("width * layers <= 4096",))
    coordinates = Coordinates(space)

    def hill(where):
        top = np.array([0.3, 0.7, 3.5 / 6, 0.5])
        return -np.nansum((where[:, :3] - top[:3]) ** 2, axis=1) - (np.abs(where[:, 3] - top[3]) > 0.01)

    chance = np.random.default_rng(0)
    best = search(coordinates, hill, chance.random((5, 4)), chance)[0]
    point = coordinates.decode(best)
    assert point["kind"] == "b"
    assert point["layers"] == 4
    assert best[0] == pytest.approx(0.3, abs=0.01)
    assert best[1] == pytest.approx(0.7, abs=0.01)


def test_where_trials_run_or_fail_there_is_less_to_expect():
    space = Space((Parameter("x", Range(0.0, 1.0)), Parameter("y", Range(0.0, 1.0))))
    coordinates = Coordinates(space)
    told = [Told(i, {"x": x, "y": 0.5}, "succeeded", 1 - (x - 0.5) ** 2) for i, x in enumerate((0.0, 0.3, 0.6, 1.0))]
    here = np.array([[0.5, 0.5]])

    def expected(*more):
        past = history([*told, *more], coordinates, Metric())
        values = warped(past.values)
        process = condition(past.measured, values, coordinates.all, rates=np.full(2, 8.0), scale=1.0, noise=1e-4)
        return promise([process], values, past, np.random.default_rng(0))(here)[0]

    alone = expected()
    assert expected(Told(9, {"x": 0.5, "y": 0.5}, "running")) < alone - 1
    failures = [Told(9 + i, {"x": 0.5, "y": y}, "failed") for i, y in enumerate((0.4, 0.45, 0.55, 0.6))]
    assert expected(*failures) < alone - 1
