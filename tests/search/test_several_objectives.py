"""Searches for several objectives: they find the front, heed conditions, and follow from what is told alone."""

import math
from random import Random

import pytest

from sweeper.model import Choices, Metric, Parameter, Range, Space, StopWhen, Sweep, Trainer
from sweeper.search import make
from sweeper.search.adaptive.coordinates import Coordinates
from sweeper.search.adaptive.history import history
from sweeper.search.enough import enough
from sweeper.search.told import Told

SPACE = Space(
    (
        *(Parameter(f"x{i}", Range(0.0, 1.0)) for i in range(5)),
        Parameter("kind", Choices(("a", "b"))),
        Parameter("deep", Range(1, 9, integer=True), when={"kind": ("b",)}),
    )
)
METRIC = Metric("first", "minimize", more=(Metric("second", "maximize"),))
several = pytest.mark.parametrize("method", ["tpe", "nsga"])


def sweep(method, trials=40, seed=0, metric=METRIC):
    return Sweep("s", Trainer("t"), SPACE, method=method, trials=trials, seed=seed, metric=metric)


def values(point):
    """ZDT1 of Zitzler et al. (2000), the second turned round; the kind costs something."""
    first = point["x0"]
    weight = 1 + 9 * sum(point[f"x{i}"] for i in range(1, 5)) / 4 + (point["kind"] == "b")
    return first, -weight * (1 - math.sqrt(first / weight))


def run(one, *, judge=lambda point: "succeeded", batch=2, chance=0):
    search, order, told, running = make(one), Random(chance), {}, []
    for k in range(one.trials):
        if len(running) == batch:
            done = running.pop(order.randrange(batch))
            point, (first, *others) = told[done].point, values(told[done].point)
            told[done] = Told(done, point, "succeeded", first, tuple(others), int(judge(point) == "violates"))
            if judge(point) == "failed":
                told[done] = Told(done, point, "failed")
        told[k] = Told(k, search.propose(k, tuple(told[i] for i in sorted(told))), "running")
        running.append(k)
    return [told[k] for k in sorted(told)]


def volume(points):
    """What the points dominate, up to (1, -10)."""
    covered, best = 0.0, -10.0
    for first, second in sorted(map(values, points), key=lambda pair: pair[0]):
        if second > best:
            covered += (1 - first) * (second - best)
            best = second
    return covered


@several
def test_it_finds_more_of_the_front_than_points_that_fill_the_space(method):
    learnt = [volume(one.point for one in run(sweep(method, 40, seed))) for seed in range(2)]
    spread = [volume(make(sweep("sobol", 40, seed)).propose(k) for k in range(40)) for seed in range(2)]
    assert sum(learnt) > sum(spread)


@several
def test_a_proposal_follows_from_what_is_told_alone(method):
    told = run(sweep(method, 24))
    for k in (9, 17, 23):
        assert make(sweep(method, 24)).propose(k, told[:k]) == make(sweep(method, 24)).propose(k, told[:k])


@several
def test_both_objectives_are_heeded(method):
    told = run(sweep(method, 24))
    other = [Told(one.number, one.point, one.state, one.value, tuple(-v for v in one.values)) for one in told]
    proposals = {tuple(make(sweep(method, 30)).propose(24, known).items()) for known in (told, other)}
    assert len(proposals) == 2


@several
@pytest.mark.parametrize("verdict", ["violates", "failed"])
def test_it_avoids_what_breaks_conditions_and_what_fails(method, verdict):
    found = run(sweep(method, 48), judge=lambda point: verdict if point["x1"] < 0.5 else "succeeded")
    assert sum(one.point["x1"] < 0.5 for one in found[-20:]) < 10


@several
def test_all_that_fail_or_lack_an_objective_leave_it_sound(method):
    one = sweep(method, 20)
    search = make(one)
    for wrong in (lambda k, p: Told(k, p, "failed"), lambda k, p: Told(k, p, "succeeded", 1.0, (None,))):
        told = []
        for k in range(20):
            told.append(wrong(k, search.propose(k, told)))
            assert search.contains(told[-1].point)


def test_one_objective_takes_what_breaks_a_condition_for_a_failure():
    metric = Metric("m", where=("size < 3",), watched=("size",))
    point = make(sweep("sobol")).propose(0)
    told = [Told(0, point, "succeeded", 9.0, (), 1), Told(1, point, "succeeded", 1.0)]
    past = history(told, Coordinates(SPACE), metric)
    assert (past.values.tolist(), len(past.failed)) == ([1.0], 1)
    both = history([Told(0, point, "succeeded", 9.0, (2.0,), 1)], Coordinates(SPACE), METRIC)
    assert (both.objectives.tolist(), both.violated.tolist(), len(both.failed)) == ([[-9.0, 2.0]], [1], 0)


def test_what_breaks_a_condition_is_no_better_than_the_best_however_good():
    told = [Told(0, {}, "succeeded", 0.5), Told(1, {}, "succeeded", 0.9, (), 1)]
    assert enough(told, StopWhen(1), maximize=True).startswith("stop_when")
    assert enough([told[0], Told(1, {}, "succeeded", 0.9)], StopWhen(1), maximize=True) == ""
