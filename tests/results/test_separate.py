"""Which values of parameters tell the failed trials from the others, and what kinds of failure there are."""

from __future__ import annotations

import pytest

from sweeper.model import Reason, State
from sweeper.results.order import Run
from sweeper.results.separate import Sign, signs
from sweeper.results.triage import Failure, gathered, kind_of, without_values


def grid(**where):
    """Points of two parameters, in two heaps: those for which ``fails`` holds, and the others."""
    points = [{"x": x, "opt": opt} for x in range(10) for opt in ("sgd", "adam")]
    fails = where["fails"]
    return [point for point in points if fails(point)], [point for point in points if not fails(point)]


@pytest.mark.parametrize(
    ("fails", "found"),
    [
        (lambda p: p["x"] >= 7, [Sign("x", ">=", 7, 0)]),
        (lambda p: p["x"] <= 3, [Sign("x", "<=", 3, 0)]),
        (lambda p: p["x"] == 4, [Sign("x", "in", [4], 0)]),
        (lambda p: p["opt"] == "sgd", [Sign("opt", "in", ["sgd"], 0)]),
        (lambda p: p["opt"] == "sgd" and p["x"] > 4, [Sign("x", ">=", 5, 5), Sign("opt", "in", ["sgd"], 5)]),
        (lambda p: p["x"] in (0, 9), [Sign("x", "in", [0, 9], 0)]),
        (lambda p: p["x"] % 2 and p["opt"] == "adam" and p["x"] not in (3, 5), [Sign("x", "in", [1, 7, 9], 3)]),
    ],
)
def test_what_all_failures_have_and_few_successes_is_told(fails, found):
    assert signs(*grid(fails=fails))[: len(found)] == found


def test_what_is_absent_from_all_failures_is_told():
    group = [{"opt": "adam"}] * 5
    others = [{"opt": "sgd", "momentum": 0.5}] * 5
    assert Sign("momentum", "absent", None, 0) in signs(group, others)


def test_one_failure_among_few_says_nothing_and_true_is_not_one():
    assert signs([{"x": 3}], [{"x": 1}, {"x": 2}]) == []
    assert signs([{"x": True}] * 6, [{"x": 1}] * 6) == [Sign("x", "in", [True], 0)]


def test_what_most_successes_have_too_is_not_told():
    assert signs([{"x": 1}] * 30, [{"x": 1}] * 60 + [{"x": 0}] * 40) == []
    assert signs([{"x": 1}] * 30, [{"x": 1}] * 40 + [{"x": 0}] * 60) != []


def test_without_a_success_there_is_nothing_to_compare_with():
    assert signs([{"x": 1}] * 5, []) == []


@pytest.mark.parametrize(
    ("state", "reason", "metric", "note", "kind"),
    [
        (State.FAILED, Reason.CODE, None, "", "code"),
        (State.FAILED, Reason.NONE, None, "", "code"),
        (State.FAILED, Reason.OOM, None, "", "out of memory"),
        (State.FAILED, Reason.STOPPED, None, "", "killed"),
        (State.FAILED, Reason.TIMEOUT, None, "", "timeout"),
        (State.FAILED, Reason.PREEMPTED, None, "", "preempted"),
        (State.FAILED, Reason.QUOTA, None, "", "quota"),
        (State.FAILED, Reason.DIVERGED, None, "", "diverged"),
        (State.FAILED, Reason.STALLED, None, "", "stalled"),
        (State.LOST, Reason.NONE, None, "", "lost"),
        (State.SUCCEEDED, Reason.NONE, None, "no measurement named 'a'", "metric missing"),
        (State.SUCCEEDED, Reason.NONE, float("inf"), "inf", "diverged"),
        (State.SUCCEEDED, Reason.NONE, None, "nan", "diverged"),
        (State.SUCCEEDED, Reason.NONE, 0.5, "", None),
        (State.CANCELLED, Reason.USER, None, "", None),
        (State.RUNNING, Reason.NONE, None, "", None),
    ],
)
def test_every_end_has_its_class(state, reason, metric, note, kind):
    assert kind_of(Run("t", 0, "p", state, reason, metric, note, "")) == kind


def test_what_only_names_the_trials_own_values_is_one_failure():
    def failure(optimizer, text):
        params = {"optimizer": optimizer, "x": 1}
        return Failure(optimizer, "code", text, params, text, without_values(text, params))

    names_it = [failure(name, f"  raise Unknown(name)\nUnknown: {name} is no optimizer") for name in ("sgd", "adam")]
    assert [len(group.failures) for group in gathered(names_it)] == [2]
    elsewhere = [failure(name, f"  torch.{name}(x)\nTypeError: x") for name in ("sgd", "adam")]
    assert [len(group.failures) for group in gathered(elsewhere)] == [1, 1], "another line of code"
    by_chance = [failure("mean", "ValueError: mean of nothing"), failure("sum", "ValueError: mean of nothing")]
    assert [len(group.failures) for group in gathered(by_chance)] == [2], "the same text is the same failure"
    assert without_values("ValueError: adamw", {"optimizer": "adam"}) == "ValueError: adamw"


def test_groups_are_by_kind_and_signature_the_largest_first():
    made = [Failure(f"t{n}", kind, "", {}, sign) for n, (kind, sign) in enumerate(["aX", "bX", "bY", "bX"])]
    assert [[one.trial for one in group.failures] for group in gathered(made)] == [["t1", "t3"], ["t0"], ["t2"]]
