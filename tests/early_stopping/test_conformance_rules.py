"""What every stopping rule promises, held by all of the registry."""

import math
import random

import pytest
from curves import LOSS, judge, one_after_the_other, side_by_side, told

from sweeper.early_stopping.registry import RULES
from sweeper.model import Metric

SETTINGS = {
    "asha": {},
    "asha, promotion": {"resumes": True},
    "median": {},
    "hyperband": {"max_steps": 30},
    "hyperband, promotion": {"max_steps": 30, "resumes": True},
    "patience": {"patience": 5},
    "threshold": {"threshold": 0.5, "min_steps": 4},
}
COMPARES = [name for name in SETTINGS if name.partition(",")[0] not in ("patience", "threshold")]


def made(name, metric=None):
    return judge(name.partition(",")[0], metric, **SETTINGS[name])


def curves(trials=40, steps=30, seed=0):
    """Saturating curves with noise, as training makes them."""
    draw = random.Random(seed)
    ends, speeds = [draw.random() for _ in range(trials)], [draw.uniform(0.05, 1) for _ in range(trials)]
    return {
        f"t{i}": [end * (1 - math.exp(-speed * step)) + draw.gauss(0, 0.01) for step in range(1, steps + 1)]
        for i, (end, speed) in enumerate(zip(ends, speeds, strict=True))
    }


every_rule = pytest.mark.parametrize("name", SETTINGS)


def test_every_rule_of_the_registry_is_held_to_this():
    assert {name.partition(",")[0] for name in SETTINGS} == set(RULES)


@every_rule
@pytest.mark.parametrize("order", [side_by_side, one_after_the_other])
def test_it_stops_some_and_the_best_go_on(name, order):
    one = made(name)
    all_of_them = curves()
    told(one, *order(all_of_them))
    best = max(all_of_them, key=lambda trial: all_of_them[trial][-1])
    assert one.stopped
    assert best not in one.stopped or name == "patience"


@every_rule
def test_another_one_that_hears_the_same_comes_to_the_same_at_any_time(name):
    """A launcher that was killed reads everything again."""
    reports = side_by_side(curves(12, 20))
    one = made(name)
    for cut in range(0, len(reports), 7):
        told(one, *reports[cut : cut + 7])
        again = made(name)
        told(again, *reports[: cut + 7])
        assert again.stopped == one.stopped


@every_rule
def test_less_is_more_where_the_metric_is_minimized(name):
    found = curves()
    upside_down = {trial: [-value for value in values] for trial, values in found.items()}
    settings = {**SETTINGS[name], **({"threshold": -0.5} if "threshold" in SETTINGS[name] else {})}
    low, high = judge(name.partition(",")[0], LOSS, **settings), made(name)
    told(low, *side_by_side(upside_down))
    told(high, *side_by_side(found))
    assert low.stopped.keys() == high.stopped.keys()


@every_rule
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_worse_than_all_others_whatever_the_goal(name, bad):
    for metric, good in ((Metric(), 0.9), (LOSS, -0.9)):
        settings = {**SETTINGS[name], **({"threshold": -0.5} if "threshold" in SETTINGS[name] and good < 0 else {})}
        one = judge(name.partition(",")[0], metric, **settings)
        found = {f"t{i}": [good] * 12 for i in range(20)} | {"bad": [bad] * 12}
        told(one, *side_by_side(found))
        assert "bad" in one.stopped
        if "promotion" not in name and name != "patience":
            assert one.stopped.keys() == {"bad"}  # nobody is stopped for being as good as the others


@every_rule
def test_a_trial_alone_runs_to_its_end(name):
    one = made(name)
    told(one, *(("alone", step, step / 30 + 0.5) for step in range(1, 31)))
    assert not one.stopped or "promotion" in name  # where it waits for others to come


@every_rule
def test_what_is_told_twice_counts_once(name):
    reports = side_by_side(curves(12, 20))
    once, twice = made(name), made(name)
    told(once, *reports)
    for start in range(0, len(reports), 24):
        told(twice, *reports[start : start + 24], *reports[start : start + 24])
    assert twice.stopped.keys() == once.stopped.keys()


@pytest.mark.parametrize("name", COMPARES)
def test_the_order_of_arrival_decides_and_nothing_else(name):
    """The same reports in another order may end others, but the same order never does."""
    found = curves()
    forwards, backwards = made(name), made(name)
    told(forwards, *one_after_the_other(found))
    told(backwards, *one_after_the_other(dict(reversed(found.items()))))
    again = made(name)
    told(again, *one_after_the_other(found))
    assert again.stopped == forwards.stopped
    assert backwards.stopped.keys() != forwards.stopped.keys()


@every_rule
def test_a_trial_that_is_stopped_is_told_why(name):
    one = made(name)
    told(one, *side_by_side(curves()))
    assert all(why and "\n" not in why and "step" in why for why in one.stopped.values())


def test_without_a_rule_nobody_is_stopped():
    one = judge("none")
    told(one, *side_by_side(curves()))
    assert one.stopped == {}
