"""Who proposes trials: within bounds, of the right kind, where conditions hold, and the same when asked again."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.emulator.tuning.engines import registry
from sweeper.emulator.tuning.engines.random import at
from sweeper.emulator.tuning.engines.walk import combinations
from sweeper.emulator.tuning.spec import Axis, Branch, Spec
from sweeper.emulator.tuning.trial import Measurement, TrialState, TuningTrial

MOMENTUM = Axis("momentum", "double", 0.5, 0.9)
AXES = (
    Axis("rate", "double", 1e-4, 0.1, scale="log"),
    Axis("decay", "double", 0.001, 1.0, scale="reverse_log"),
    Axis("layers", "integer", 1, 5),
    Axis("size", "discrete", values=(16.0, 32.0)),
    Axis("opt", "categorical", values=("sgd", "adam"), branches=(Branch(("sgd",), MOMENTUM),)),
)
COUNTED = (AXES[2], AXES[3], Axis("opt", "categorical", values=("sgd", "adam"), branches=(Branch(("sgd",), AXES[3]),)))


def spec(algorithm="bayesian", axes=AXES, **fields):
    return Spec(axes, "accuracy", True, algorithm, 100, **fields)


def told(number, params, value=None):
    final = None if value is None else Measurement(1, 1.0, {"accuracy": value})
    state = TrialState.ACTIVE if value is None else TrialState.SUCCEEDED
    return TuningTrial("s", number, params, state, 0, final=final)


def fits(params):
    names = {"rate", "decay", "layers", "size", "opt"} | ({"momentum"} if params["opt"] == "sgd" else set())
    return (
        params.keys() == names
        and 1e-4 <= params["rate"] <= 0.1
        and 0.001 <= params["decay"] <= 1
        and type(params["layers"]) is int
        and 1 <= params["layers"] <= 5
        and params["size"] in (16.0, 32.0)
        and 0.5 <= params.get("momentum", 0.5) <= 0.9
    )


def _installed(engine):
    """Whether it can be tried here: one of them is an extra that few have."""
    return engine != "vizier" or importlib.util.find_spec("vizier") is not None


ENGINES = [
    pytest.param(one, marks=[] if _installed(one) else pytest.mark.skip(reason=f"{one} is not installed"))
    for one in registry.BAYESIAN
]
SLOW_ENGINES = ("vizier",)


@pytest.mark.parametrize("engine", ENGINES)
def test_proposals_lie_in_the_space_and_are_the_same_when_asked_again(engine):
    history = []
    for number in range(1, 4 if engine in SLOW_ENGINES else 16):
        params = registry.propose(spec(), engine, 7, number, history)
        assert params == registry.propose(spec(), engine, 7, number, history)
        assert fits(params), params
        history.append(told(number, params, None if number % 4 == 0 else params["layers"] / 5))
    number = len(history) + 1
    assert registry.propose(spec(), engine, 8, number, history) != registry.propose(spec(), engine, 7, number, history)


def test_a_bayesian_search_comes_nearer_to_what_has_done_well():
    history = []
    for number in range(1, 31):
        params = registry.propose(spec(), "auto", 1, number, history)
        history.append(told(number, params, -abs(params["layers"] - 5) - abs(params["size"] - 32) / 16))
    late = [one.params["layers"] for one in history[15:]]
    assert sum(late) / len(late) > 3.5


def test_a_grid_has_every_combination_once_and_then_none():
    wanted = spec("grid", (Axis("a", "integer", 1, 2), *COUNTED[1:2]))
    found = [registry.propose(wanted, "auto", 0, number, ()) for number in range(1, 6)]
    assert found == [
        {"a": 1, "size": 16.0},
        {"a": 1, "size": 32.0},
        {"a": 2, "size": 16.0},
        {"a": 2, "size": 32.0},
        None,
    ]


def test_a_conditional_parameter_is_varied_only_where_it_is_there():
    axis = Axis("opt", "categorical", values=("sgd", "adam"), branches=(Branch(("sgd",), Axis("m", "integer", 1, 3)),))
    assert list(combinations((axis,))) == [
        {"opt": "sgd", "m": 1},
        {"opt": "sgd", "m": 2},
        {"opt": "sgd", "m": 3},
        {"opt": "adam"},
    ]


@given(st.floats(0, 1), st.floats(1e-6, 1e3), st.floats(1e-6, 1e3), st.sampled_from(["none", "log", "reverse_log"]))
@settings(max_examples=200, deadline=None)
def test_every_scale_stays_between_its_ends(fraction, one, other, scale):
    low, high = sorted((one, other))
    assert low <= at(Axis("x", "double", low, high, scale=scale), fraction) <= high


def test_a_log_scale_is_dense_at_its_low_end_and_a_reversed_one_at_its_high_end():
    ends = {scale: at(Axis("x", "double", 1.0, 100.0, scale=scale), 0.5) for scale in ("none", "log", "reverse_log")}
    assert ends["log"] == pytest.approx(10.0)
    assert ends["none"] == pytest.approx(50.5)
    assert ends["reverse_log"] == pytest.approx(91.0)
