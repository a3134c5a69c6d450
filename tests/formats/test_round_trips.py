"""Random spaces through a format and back: the same space; and what is read is written as it was."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from studies import document, meaning, round_trip

from sweeper.errors import UserError
from sweeper.formats.yamltext import yaml_text
from sweeper.lean import replace
from sweeper.model import Choices, EarlyStopping, Limits, Metric, Parameter, Range, Space, Sweep, Trainer

NAMES = st.sampled_from(
    ["n", "y", "no", "on", "null", "true", "x", "x.y", "lr", "batch-size", "a_b", "_", "1", "1e5", "ä"]
)
# What a config can hold as text, but for what sweeper itself fills in, and "True", which a bare flag is.
TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="{\ufeff\ufffe\uffff"), max_size=6
)
WHOLE = st.integers(-(2**53), 2**53)
FLOATS = st.floats(-1e300, 1e300).map(lambda number: number + 0.0)
SMALL = st.integers(1, 50)


@st.composite
def ranges(draw, *, cut):
    integer, log = draw(st.booleans()), draw(st.booleans())
    low, high = sorted(draw(st.lists(SMALL if log or cut else WHOLE, min_size=2, max_size=2, unique=True)))
    if not integer:
        low, high = float(low) / 8, float(high) / 8
    scale = "log" if log else "linear"
    if not cut:
        return Range(low, high, scale, integer=integer)
    if not log and draw(st.booleans()):
        step = draw(st.integers(1, 7)) if integer else draw(st.sampled_from([0.1, 0.25, 1.0, 3.0]))
        assume(low + step <= high)
        return Range(low, high, scale, step=step, integer=integer)
    most = int(high - low) + 1 if integer else 20
    return Range(low, high, scale, num=draw(st.integers(2, max(2, min(most, 20)))), integer=integer)


def choices():
    numbers = st.lists(WHOLE | FLOATS, min_size=1, max_size=5, unique=True)
    words = st.lists(TEXTS, min_size=1, max_size=5, unique=True)
    return st.one_of(numbers, words).map(lambda values: Choices(tuple(values)))


@st.composite
def sweeps(draw, *, conditions, resume=False):
    method = draw(st.sampled_from(["grid", "random", "service"]))
    algorithm = draw(st.sampled_from(["service", "grid", "random"])) if method == "service" else "service"
    grid = "grid" in (method, algorithm)
    own = draw(services(resume=resume)) if method == "service" else {}
    max_failed = draw(st.none() | st.integers(1, 2**31 - 1)) if own else None
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique_by=lambda name: name.replace("-", "_")))
    domains = choices() | ranges(cut=True) | (st.nothing() if grid else ranges(cut=False))
    parameters = []
    for name in names:
        parents = [one for one in parameters if isinstance(one.domain, Choices) and len(one.domain.values) > 1]
        when = {}
        if conditions and parents and draw(st.booleans()):
            parent = draw(st.sampled_from(parents))
            some = st.lists(st.sampled_from(parent.domain.values), min_size=1, unique=True)
            when = {parent.name: tuple(draw(some))}
        domain = draw(domains)
        alone = isinstance(domain, Choices) and len(domain.values) == 1
        parameters.append(Parameter(name, domain, when, constant=alone and not when))
    assume(any(not one.constant for one in parameters))
    return Sweep(
        name="s",
        trainer=Trainer("trainer.task", usage="none"),
        space=Space(tuple(parameters)),
        method=method,
        algorithm=algorithm,
        trials=None if grid else draw(st.integers(1, 2**31 - 1)),
        **own,
        metric=Metric(
            draw(st.sampled_from(["accuracy", "n", "1e5", "a/b", "ä"])), draw(st.sampled_from(["maximize", "minimize"]))
        ),
        limits=Limits(parallel=draw(st.integers(1, 1000)), max_failed=max_failed),
    )


@st.composite
def services(draw, *, resume):
    """What only a service has."""
    jobs = st.none() | st.sampled_from(["digits_1", "no", "1e5"])
    stopping = st.none() | st.just(EarlyStopping("service"))
    return {"early_stopping": draw(stopping), "resume": draw(jobs) if resume else None}


@pytest.mark.parametrize("to", ["mlengine", "vertex"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_space_comes_back_as_it_went(to, data):
    sweep = data.draw(sweeps(conditions=to == "vertex", resume=to == "mlengine"))
    first, losses = _sayable(sweep, to)
    assume(losses == ())
    written, back, second = round_trip(sweep, to)
    assert written == first
    assert meaning(back) == meaning(sweep)
    algorithm = sweep.algorithm if sweep.method == "service" else sweep.method
    assert (back.method, back.algorithm) == ("service", algorithm)
    assert algorithm == "grid" or back.trials == sweep.trials
    assert (back.early_stopping, back.resume) == (sweep.early_stopping, sweep.resume)
    assert (back.limits.parallel, back.limits.max_failed) == (
        min(sweep.limits.parallel, back.trials),
        sweep.limits.max_failed,
    )
    assert (back.metric.name, back.metric.goal) == (sweep.metric.name, sweep.metric.goal)
    assert second == {**first, **({"displayName": back.name} if to == "vertex" else {})}


@pytest.mark.parametrize("to", ["mlengine", "vertex"])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_same_sweep_is_written_to_the_byte(to, data):
    sweep = data.draw(sweeps(conditions=to == "vertex", resume=to == "mlengine"))
    first, second = (yaml_text(_sayable(one, to)[0]) for one in (sweep, replace(sweep, path="elsewhere")))
    assert first == second


def _sayable(sweep, to):
    try:
        return document(sweep, to)
    except UserError as error:
        # numbers that no double holds, all of them; a grid of more points than a service counts
        assert "no parameter is left" in str(error) or "more than a service counts" in str(error)  # noqa: PT017
        assume(False)
