"""What every search method promises: held for all of them by a small sweep whose trials end in a chosen order."""

import math
from random import Random

import pytest

from sweeper.model import Choices, Metric, Parameter, Range, Space, Sweep, Together, Trainer
from sweeper.search import METHODS, make
from sweeper.search.registry import ADAPTIVE
from sweeper.search.told import Told
from sweeper.space import point_id

NUMBERS = (
    Parameter("lr", Range(1e-4, 1e-1, scale="log")),
    Parameter("layers", Range(1, 6, integer=True)),
    Parameter("width", Range(8, 512, scale="log", integer=True)),
    Parameter("batch", Choices((16, 32, 64, 128))),
)
PLAIN = Space(NUMBERS, constraints=("layers * width <= 2000",))
MIXED = Space(
    (
        *NUMBERS,
        Parameter("optimizer", Choices(("sgd", "adam"))),
        Parameter("momentum", Range(0, 0.99), when={"optimizer": ("sgd",)}),
        Parameter("nesterov", Choices((True, False)), when={"optimizer": ("sgd",)}),
        Parameter("data", Choices(("data.csv",)), constant=True),
    ),
    (Together({"height": (64, 128, 256), "depth": (3, 2, 1)}),),
    exclude=({"optimizer": ("adam",), "layers": (6,)},),
    constraints=("layers * width <= 2000", "momentum + lr < 1"),
)
GRID = Space(tuple(Parameter(name, Choices((1, 2, 3, 4))) for name in ("a", "b")), exclude=({"a": (4,), "b": (4,)},))
LISTED = tuple({"a": a, "b": b} for a in (1, 2, 3, 4) for b in (1, 2, 3))

every_method = pytest.mark.parametrize("method", sorted(METHODS))
every_adaptive = pytest.mark.parametrize("method", ADAPTIVE)


def sweep(method, space=None, trials=22, seed=0, goal="maximize"):
    if method in ("grid", "list"):
        return Sweep("s", Trainer("t"), GRID, method=method, points=LISTED, seed=seed)
    space = space or (PLAIN if method == "cmaes" else MIXED)
    metric = Metric("m", goal, more=(Metric("n", goal),) if method == "nsga" else ())
    return Sweep("s", Trainer("t"), space, method=method, trials=trials, seed=seed, metric=metric)


def ended(number, point, value):
    """What a search is told of a trial; where it asks for a second objective, that is the same number."""
    return Told(number, point, "failed" if value is None else "succeeded", value, (value,))


def worth(point):
    """A valley in the learning rate, a hill in the layers; the optimizer moves both."""
    found = -((math.log10(point.get("lr", 0.01)) + 2.5) ** 2) - 0.1 * (point.get("layers", 3) - 4) ** 2
    return found - (0.5 if point.get("optimizer") == "sgd" else 0.0) - point.get("a", 0) * 0.1


def run(one, *, value=worth, batch=4, count=None, chance=0):
    """(told at each proposal, the point proposed), with ``batch`` trials under way; they end in an order of chance."""
    search, order = make(one), Random(chance)
    told, proposals, running = {}, [], []
    for k in range(search.count if count is None else count):
        if len(running) == batch:
            done = running.pop(order.randrange(batch))
            got = value(told[done].point)
            told[done] = ended(done, told[done].point, got)
        known = tuple(told[i] for i in sorted(told))
        point = search.propose(k, known)
        proposals.append((known, point))
        told[k] = Told(k, point, "running")
        running.append(k)
    return proposals


def points(one, **how):
    return [point for _, point in run(one, **how)]


@every_method
def test_every_point_lies_in_the_space_with_its_types_and_its_parameters_in_order(method):
    one = sweep(method)
    search = make(one)
    for point in points(one):
        assert search.contains(point)
        if "lr" not in point:
            continue
        assert 1e-4 <= point["lr"] <= 1e-1
        assert type(point["layers"]) is int
        assert point["layers"] in range(1, 7)
        assert type(point["width"]) is int
        assert point["layers"] * point["width"] <= 2000
        if one.space is MIXED:
            assert ("momentum" in point) == ("nesterov" in point) == (point["optimizer"] == "sgd")
            assert not (point["optimizer"] == "adam" and point["layers"] == 6)
            assert (point["height"], point["depth"]) in {(64, 3), (128, 2), (256, 1)}
        names = [*(parameter.name for parameter in one.space.parameters), "height", "depth"]
        assert list(point) == [name for name in names if name in point]


@every_method
def test_no_point_comes_twice_whatever_runs(method):
    for batch in (1, 16):
        found = points(sweep(method), batch=batch)
        assert len(set(map(point_id, found))) == len(found)


@every_method
def test_a_proposal_follows_from_the_sweep_its_number_and_what_is_told_alone(method):
    proposals = run(sweep(method))
    for k in reversed(range(0, len(proposals), 4)):
        known, point = proposals[k]
        assert make(sweep(method)).propose(k, known) == point


@every_method
def test_one_seed_is_one_history(method):
    assert points(sweep(method, seed=5)) == points(sweep(method, seed=5))
    if method not in ("grid", "list"):
        assert points(sweep(method, seed=6)) != points(sweep(method, seed=5))


@every_method
def test_only_a_search_that_adapts_heeds_what_is_told(method):
    one, other = run(sweep(method)), run(sweep(method), value=lambda point: -worth(point))
    assert make(sweep(method)).adapts == ([point for _, point in one] != [point for _, point in other])


@every_adaptive
def test_more_trials_go_on_where_fewer_stopped(method):
    assert points(sweep(method, trials=14)) == points(sweep(method, trials=24))[:14]


@every_adaptive
def test_it_learns(method):
    found = points(sweep(method, trials=30), batch=2)
    early, late = [worth(point) for point in found[:10]], [worth(point) for point in found[-10:]]
    assert sorted(late)[5] > sorted(early)[5]


@every_adaptive
def test_it_minimizes_as_well(method):
    up = points(sweep(method, trials=18))
    down = points(sweep(method, trials=18, goal="minimize"), value=lambda point: -worth(point))
    assert up == down


@every_adaptive
@pytest.mark.parametrize(
    "value",
    [
        lambda point: None,
        lambda point: math.nan,
        lambda point: 0.5,
        lambda point: None if point["lr"] > 0.01 else worth(point),
        lambda point: math.inf if point["lr"] > 0.01 else worth(point),
        lambda point: 1e300 * worth(point),
        lambda point: -math.exp(min(700.0, -30 * worth(point))),
        lambda point: 1e-300 * worth(point),
        lambda point: 1 + 1e-15 * worth(point),
        lambda point: float(round(worth(point))),
    ],
    ids=["all fail", "NaN", "constant", "some fail", "infinite", "huge", "wild", "tiny", "hardly differs", "steps"],
)
def test_a_metric_of_any_kind_leaves_it_sound(method, value):
    one = sweep(method, trials=14)
    search = make(one)
    found = points(one, value=value)
    assert all(map(search.contains, found))
    assert len(set(map(point_id, found))) == 14


@every_adaptive
def test_it_avoids_what_fails(method):
    def value(point):
        return None if point["lr"] > 0.01 else worth(point)

    found = points(sweep(method, trials=40), value=value, batch=2)
    assert sum(point["lr"] > 0.01 for point in found[-20:]) < 10


@every_adaptive
def test_a_cancelled_trial_and_one_outside_the_space_say_nothing(method):
    one = sweep(method)
    known, point = run(one)[-1]
    outside = ended(-2, {**known[0].point, "lr": 5.0}, 99.0)
    cancelled = Told(-1, make(sweep(method, seed=9)).propose(3), "cancelled")
    assert make(one).propose(len(known), (outside, cancelled, *known)) == point


@every_adaptive
def test_sixty_four_at_once_are_sixty_four_points(method):
    found = points(sweep(method, trials=72), batch=64)
    assert len(set(map(point_id, found))) == 72


@every_adaptive
def test_a_finite_space_is_used_up_and_then_says_so(method):
    one = sweep(method, GRID, trials=15)
    told = []
    for k in range(15):
        point = make(one).propose(k, tuple(told))
        told.append(ended(k, point, worth(point)))
    assert len({point_id(one.point) for one in told}) == 15
    assert make(sweep(method, GRID, trials=99)).count == 15
    earlier = ended(-1, told[0].point, 1.0)
    with pytest.raises(IndexError):
        make(one).propose(14, (earlier, *told[1:]))


@every_adaptive
def test_an_earlier_sweeps_points_are_not_run_again_and_count(method):
    one = sweep(method, trials=20)
    earlier = [ended(i - 20, point, worth(point)) for i, point in enumerate(points(one))]
    first = make(one).propose(0, earlier)
    assert point_id(first) not in {point_id(told.point) for told in earlier}
    assert first != make(one).propose(0)
