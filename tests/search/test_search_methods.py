"""What each search method proposes."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.errors import UserError
from sweeper.model import Choices, Parameter, Range, Repeats, Space, Sweep, Together, Trainer
from sweeper.search import METHODS, each_trial, make, total, trial
from sweeper.space import point_id


def choices(name, *values, when=None):
    return Parameter(name, Choices(values), when=when or {})


LR = Parameter("lr", Range(1e-4, 1e-1, scale="log"))
LAYERS = Parameter("layers", Range(1, 4, integer=True))
MIXED = Space(
    (
        LR,
        LAYERS,
        choices("optimizer", "sgd", "adam"),
        Parameter("momentum", Range(0, 0.99), when={"optimizer": ("sgd",)}),
    ),
    (Together({"width": (64, 128, 256), "depth": (3, 2, 1)}),),
    exclude=({"optimizer": ("adam",), "layers": (4,)},),
    constraints=("width * lr < 20", "momentum + lr < 1"),
)


def sweep(space=MIXED, method="random", trials=40, **settings):
    return Sweep("test", Trainer("trainer.task"), space, method=method, trials=trials, **settings)


def points(search):
    return [search.propose(k) for k in range(search.count)]


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_drawn_points_keep_every_rule_and_reach_every_choice(method):
    found = points(make(sweep(method=method, trials=200)))
    for point in found:
        assert 1e-4 <= point["lr"] <= 1e-1
        assert ("momentum" in point) == (point["optimizer"] == "sgd")
        assert not (point["optimizer"] == "adam" and point["layers"] == 4)
        assert point["width"] * point["lr"] < 20
        assert point.get("momentum", 0) + point["lr"] < 1
        assert (point["width"], point["depth"]) in {(64, 3), (128, 2), (256, 1)}
        assert list(point) == [
            name for name in ("lr", "layers", "optimizer", "momentum", "width", "depth") if name in point
        ]
    assert {point["layers"] for point in found} == {1, 2, 3, 4}
    assert {point["width"] for point in found} == {64, 128, 256}
    assert len({point_id(point) for point in found}) == 200
    assert 40 < sum(point["lr"] < 1e-3 for point in found) < 100


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_a_proposal_depends_on_nothing_but_sweep_seed_and_number(method):
    whole = points(make(sweep(method=method, trials=600)))
    backwards = make(sweep(method=method, trials=600))
    assert [backwards.propose(k) for k in reversed(range(600))] == whole[::-1]
    assert points(make(sweep(method=method, trials=50))) == whole[:50]
    assert points(make(sweep(method=method, trials=50, seed=1))) != whole[:50]


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_a_drawn_search_contains_its_points_and_no_others(method):
    search = make(sweep(method=method))
    assert all(search.contains(point) for point in points(search))
    assert not search.contains({**search.propose(0), "lr": 0.05})
    assert not any(search.contains(point) for point in points(make(sweep(method=method, seed=3))))


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_every_drawn_point_has_a_shape(method):
    search = make(sweep(method=method, trials=200))
    shapes = {shape.present: shape for shape in search.shapes()}
    assert {tuple(point) for point in points(search)} <= set(shapes)
    assert all(shape.count == 200 for shape in shapes.values())


def test_adding_a_parameter_leaves_the_random_values_of_the_others():
    before = Space((LR, choices("b", 1, 2, 3)))
    after = Space((Parameter("new", Range(0, 1)), LR, choices("b", 1, 2, 3)))
    old, new = points(make(sweep(before))), points(make(sweep(after)))
    assert [{name: point[name] for name in ("lr", "b")} for point in new] == old


def test_a_finite_space_is_drawn_without_replacement():
    space = Space((LAYERS, choices("b", *range(5)), Parameter("c", Range(0, 1, num=5))))
    search = make(sweep(space, trials=100))
    found = points(search)
    assert len({point_id(point) for point in found}) == 100
    some = make(sweep(space, trials=30))
    assert points(some) == found[:30]
    assert all(some.contains(point) for point in found[:30])
    assert not any(some.contains(point) for point in found[30:])
    assert not some.contains({"layers": 9, "b": 1, "c": 0.0})


def test_more_random_points_than_there_are_is_refused_with_the_count():
    with pytest.raises(UserError, match="trials: expected at most 8, which is all the points there are, found 9"):
        make(sweep(Space((LAYERS, choices("b", 1, 2))), trials=9))


def test_random_points_of_a_space_that_cannot_be_counted_keep_its_constraint():
    space = Space(tuple(choices(f"p{i}", *range(20)) for i in range(6)), constraints=("p0+p1+p2+p3+p4+p5 < 45",))
    found = points(make(sweep(space, trials=20)))
    assert all(sum(point.values()) < 45 for point in found)


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_rules_that_leave_nothing_are_said(method):
    search = make(sweep(Space((LR,), constraints=("lr > 1",)), method=method))
    with pytest.raises(UserError, match="in a row break the constraints"):
        search.propose(0)


@given(st.integers(0, 10**9))
@settings(max_examples=20, deadline=None)
def test_sobol_points_fill_a_square_evenly(seed):
    space = Space((Parameter("x", Range(0, 1)), Parameter("y", Range(0, 1))))
    found = points(make(sweep(space, method="sobol", trials=64, seed=seed)))
    cells = {(int(point["x"] * 8), int(point["y"] * 8)) for point in found}
    assert len(cells) == 64


def test_sobol_takes_choices_evenly():
    space = Space((choices("a", *range(4)), LR))
    found = [point["a"] for point in points(make(sweep(space, method="sobol", trials=64)))]
    assert [found.count(value) for value in range(4)] == [16] * 4


def test_sobol_on_constants_alone_still_works():
    assert points(make(sweep(Space((choices("a", 1),)), method="sobol", trials=2))) == [{"a": 1}, {"a": 1}]


def test_sobol_without_scipy_says_what_to_install():
    program = """
import sys
sys.modules["scipy"] = sys.modules["scipy.stats"] = None
from sweeper.model import *
from sweeper.search import make
try:
    make(Sweep("s", Trainer("t"), Space((Parameter("a", Range(0, 1)),)), method="sobol", trials=3))
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (
        done.stdout
        == 'UserError method: method: sobol needs scipy, which is not installed\n  pip install "sweeper[search]"\n'
    )


def test_listed_points_come_as_given_or_shuffled():
    listed = (*({"a": i, "b": "x"} for i in range(20)), {"a": 1})
    search = make(sweep(method="list", trials=None, points=listed))
    assert points(search) == list(listed)
    assert search.contains({"b": "x", "a": 3.0})
    assert not search.contains({"a": 2})
    assert [(shape.present, shape.count) for shape in search.shapes()] == [(("a", "b"), 20), (("a",), 1)]
    assert next(search.shapes()).values["b"] == ("x",)
    mixed = points(make(sweep(method="list", trials=None, points=listed, order="shuffled")))
    assert mixed != list(listed)
    assert sorted(map(point_id, mixed)) == sorted(map(point_id, listed))


def test_a_point_that_is_listed_twice_is_refused_with_both_places():
    listed = ({"a": 1, "b": 2}, {"a": 2}, {"b": 2.0, "a": 1})
    with pytest.raises(UserError, match=r"points\[2\] is the same as points\[0\]"):
        make(sweep(method="list", trials=None, points=listed))


REFUSED = [
    (
        {"method": "magic"},
        "method: expected one of grid, list, random, sobol, auto, gp, tpe, cmaes, nsga, service, found 'magic'",
    ),
    ({"method": "random", "trials": None}, "trials: method: random must be told how many points"),
    ({"method": "sobol", "trials": None}, "trials: method: sobol must be told"),
    ({"method": "sobol", "trials": 0}, "expected at least 1, found 0"),
    ({"method": "grid"}, "trials: method: grid runs every point"),
    ({"method": "grid", "trials": None}, "parameters.lr: .* neither num nor step"),
    ({"method": "list", "trials": None}, "points: method: list needs points"),
    ({"method": "random", "order": "shuffled"}, "order: shuffled does not go with method: random"),
    ({"method": "sobol", "order": "coarse-to-fine"}, "does not go with method: sobol"),
    ({"method": "list", "order": "coarse-to-fine"}, "does not go with method: list"),
    ({"space": Space((Parameter("a", Range(2, 1)),))}, "parameters.a: the range's min 2 is greater"),
    ({"space": Space((Parameter("a", Range(2, 1)),)), "method": "sobol"}, "parameters.a: the range's min 2 is greater"),
]


@pytest.mark.parametrize(("settings", "message"), REFUSED)
def test_what_cannot_be_searched_is_refused(settings, message):
    with pytest.raises(UserError, match=message):
        make(sweep(**settings))


@pytest.mark.parametrize("method", sorted(METHODS))
def test_points_outside_the_search_are_an_index_error(method):
    space = Space((choices("a", 1, 2, 3), choices("b", 1, 2, 3)))
    listed = ({"a": 1}, {"a": 2})
    search = make(sweep(space, method, None if method in ("grid", "list") else 2, points=listed))
    for k in (-1, search.count):
        with pytest.raises(IndexError):
            search.propose(k)


def test_all_points_run_once_before_any_runs_again():
    one = sweep(Space((choices("a", 1, 2, 3),)), "grid", None, seed=7, repeats=Repeats(2, "seed"))
    search = make(one)
    found = list(each_trial(search, one))
    assert total(search, one) == 6
    assert found == [trial(search, one, number) for number in range(6)]
    assert [(each.number, each.point["a"], each.repeat, each.seed) for each in found] == [
        (0, 1, 0, 7),
        (1, 2, 0, 7),
        (2, 3, 0, 7),
        (3, 1, 1, 8),
        (4, 2, 1, 8),
        (5, 3, 1, 8),
    ]
    assert found[0].id == f"{point_id({'a': 1})}-0"
    assert found[3].point_id == found[0].point_id == point_id({"a": 1})
    for number in (-1, 6):
        with pytest.raises(IndexError):
            trial(search, one, number)


def test_without_repeats_a_trial_has_its_points_id():
    one = sweep(Space((choices("a", 1, 2, 3),)), "grid", None)
    assert trial(make(one), one, 2).id == point_id({"a": 3})


def test_trials_end_where_an_uncounted_search_runs_out():
    space = Space(
        (choices("a", *range(230)), choices("b", *range(230)), choices("c", 0, 1)),
        constraints=("a % 60 + b + c < 2 and a * 230 + b >= c - 1",),
    )
    one = sweep(space, "grid", None, repeats=Repeats(2, "seed"))
    search = make(one)
    assert not search.exact
    found = list(each_trial(search, one))
    assert [each.repeat for each in found] == [0] * 16 + [1] * 16
    assert [each.point for each in found[:16]] == [each.point for each in found[16:]]
    assert len({each.id for each in found}) == 32


GOLDEN = """
from sweeper.search import make
from tests.search.test_search_methods import MIXED, sweep
for method in ("random", "sobol"):
    search = make(sweep(method=method))
    print([search.propose(k) for k in (0, 1, 39)])
"""


@pytest.mark.parametrize("seed", ["0", "1"])
def test_every_machine_and_every_process_draws_these_points(seed):
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", GOLDEN], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(DRAWN[method]) for method in ("random", "sobol")]


DRAWN = {
    "random": [
        {
            "lr": 0.000105078282385,
            "layers": 1,
            "optimizer": "sgd",
            "momentum": 0.303700456755,
            "width": 256,
            "depth": 1,
        },
        {"lr": 0.000245731103112, "layers": 3, "optimizer": "adam", "width": 128, "depth": 2},
        {"lr": 0.015631646357, "layers": 3, "optimizer": "sgd", "momentum": 0.721346823369, "width": 256, "depth": 1},
    ],
    "sobol": [
        {
            "lr": 0.000136255040133,
            "layers": 2,
            "optimizer": "sgd",
            "momentum": 0.0686568674259,
            "width": 256,
            "depth": 1,
        },
        {"lr": 0.0242299532383, "layers": 1, "optimizer": "sgd", "momentum": 0.316156867426, "width": 64, "depth": 3},
        {"lr": 0.00595631388382, "layers": 2, "optimizer": "adam", "width": 256, "depth": 1},
    ],
}
