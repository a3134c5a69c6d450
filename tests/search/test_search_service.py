"""What ``method: service`` runs where there is no service."""

import pytest

from sweeper.errors import UserError
from sweeper.model import Choices, EarlyStopping, Limits, Parameter, Range, Space, Sweep, Trainer
from sweeper.search import each_trial, make, total
from sweeper.search.service import note

FINITE = Space((Parameter("a", Choices((1, 2, 3))), Parameter("b", Choices(("x", "y")))))
ENDLESS = Space((*FINITE.parameters, Parameter("lr", Range(1e-3, 1e-1, scale="log"))))


def sweep(space=FINITE, method="service", **settings):
    return Sweep("test", Trainer("trainer.task"), space, method=method, **settings)


def points(one):
    search = make(one)
    return [search.propose(k) for k in range(search.count)]


def test_its_points_are_those_of_our_own_adaptive_search():
    search = make(sweep(ENDLESS, trials=20, seed=3))
    assert search.adapts
    assert search.propose(0) == make(sweep(ENDLESS, method="auto", trials=20, seed=3)).propose(0)


def test_random_search_is_random_search():
    here = points(sweep(ENDLESS, trials=20, seed=3, algorithm="random"))
    assert here == points(sweep(ENDLESS, method="random", trials=20, seed=3))


def test_on_a_cloud_this_machine_proposes_nothing():
    assert not make(sweep(ENDLESS, trials=20, backend="vertex")).adapts


def test_a_grid_search_is_the_grid():
    assert points(sweep(algorithm="grid")) == points(sweep(method="grid"))


def test_trials_bound_a_grid():
    whole = points(sweep(method="grid"))
    assert points(sweep(algorithm="grid", trials=4)) == whole[:4]
    assert points(sweep(algorithm="grid", trials=40)) == whole
    assert total(make(sweep(algorithm="grid", trials=4)), sweep(algorithm="grid", trials=4)) == 4
    assert len(list(each_trial(make(sweep(algorithm="grid", trials=4)), sweep(algorithm="grid", trials=4)))) == 4


def test_more_trials_than_there_are_points_are_all_points_once():
    found = points(sweep(trials=40, algorithm="random"))
    assert sorted(found, key=str) == sorted(points(sweep(method="grid")), key=str)


def test_it_must_be_told_how_many_points():
    with pytest.raises(UserError, match="trials: method: service must be told how many"):
        make(sweep(ENDLESS))


def test_only_the_algorithm_of_the_service_itself_is_a_stand_in_here():
    assert note(sweep(trials=4)).endswith("its place is taken by method: auto")
    assert [note(sweep(trials=4, algorithm=word)) for word in ("grid", "random")] == ["", ""]
    assert note(sweep(method="random", trials=4)) == ""


def test_what_only_a_service_heeds_is_named():
    one = sweep(trials=4, algorithm="random", early_stopping=EarlyStopping("service"))
    assert note(one) == "method: service has no service on this machine: trials are stopped by rule median"
    both = sweep(trials=4, resume="digits_1", limits=Limits(max_failed=2))
    assert note(both).endswith("taken by method: auto, resume and limits.max_failed do nothing")
