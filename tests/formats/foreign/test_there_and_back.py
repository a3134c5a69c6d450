"""What is written for another tool and read again is the same space."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.commands.importing.tool import carried
from sweeper.config import parse
from sweeper.formats.foreign.registry import WRITERS
from sweeper.formats.yamltext import yaml_text
from sweeper.search import registry as searches
from sweeper.space.identity import canonical
from sweeper.usage.binding import bind

words = st.text("abyn01.e-: #{}'\"é", min_size=1, max_size=6).filter(lambda text: "{" not in text)
numbers = st.one_of(st.integers(-(2**40), 2**40), st.floats(-1e9, 1e9, allow_subnormal=False))
choices = st.one_of(
    st.lists(words, min_size=1, max_size=4, unique=True),
    st.lists(numbers, min_size=1, max_size=4, unique=True),
    st.just([True, False]),
)
stepped = st.builds(lambda low, n, step: {"min": low, "max": low + n * step, "step": step}, *[st.integers(1, 9)] * 3)
spaced = st.builds(
    lambda low, width, num: {"min": low, "max": low + width, "num": num, "scale": "log"},
    st.floats(0.001, 1),
    st.floats(0.5, 9),
    st.integers(2, 4),
)
drawn = st.builds(
    lambda low, width, scale: {"min": low, "max": low + width, "scale": scale},
    st.one_of(st.integers(1, 99), st.floats(0.001, 9)),
    st.integers(1, 99),
    st.sampled_from(["linear", "log"]),
)
constants = st.one_of(words, numbers.filter(lambda number: number == number))
names = st.from_regex(r"[a-z][a-z0-9_.\-]{0,5}", fullmatch=True).filter(lambda name: name not in ("job-dir", "job_dir"))


def spaces(domains):
    def unique(space):
        return len({name.replace("-", "_") for name in space}) == len(space)

    return st.dictionaries(names, domains, min_size=1, max_size=3).filter(unique)


def config(method, space, **more):
    return parse(
        yaml_text({"trainer": {"module": "m", "usage": "none"}, "method": method, **more, "parameters": space}),
        path="s",
    )


def there_and_back(sweep, tool):
    rendering = bind(None, [one.name for one in sweep.space.parameters])
    document, made = WRITERS[tool].write(sweep, rendering)
    assert made.losses == []
    found = carried(yaml_text(document), tool=tool, file="f", lossy=False)
    return parse(found.text, path="s")


def points(sweep):
    search = searches.make(sweep)
    return {canonical(search.propose(i)) for i in range(search.count)}


def varies(space):
    return any(isinstance(domain, dict) or (isinstance(domain, list) and len(domain) > 1) for domain in space.values())


@settings(max_examples=60, deadline=None)
@given(spaces(st.one_of(choices, stepped, spaced, constants)).filter(varies))
def test_a_grid_has_the_same_points_at_wandb(space):
    sweep = config("grid", space)
    assert points(there_and_back(sweep, "wandb")) == points(sweep)


@settings(max_examples=60, deadline=None)
@given(spaces(st.one_of(choices, drawn, constants)).filter(varies))
def test_draws_come_from_the_same_space_at_wandb(space):
    sweep = config("random", space, trials=7)
    back = there_and_back(sweep, "wandb")
    assert (back.method, back.trials) == ("random", 7)
    ours = {one.name: one.domain for one in sweep.space.parameters}
    assert {one.name: one.domain for one in back.space.parameters} == ours


@pytest.mark.parametrize("method", ["random", "sobol", "tpe", "gp", "cmaes"])
def test_katib_gets_ranges_lists_method_and_counts_back(method):
    space = {
        "lr": {"min": 0.001, "max": 0.1, "scale": "log"},
        "n": {"min": 1, "max": 9},
        "act": ["relu", "1"],
        "w": [8, 16],
    }
    sweep = config(method, space, trials=9, limits={"parallel": 2})
    back = there_and_back(sweep, "katib")
    assert (back.method, back.trials, back.limits.parallel, back.space) == (method, 9, 2, sweep.space)


def test_katibs_grid_has_the_same_points():
    sweep = config(
        "grid", {"lr": {"min": 0.001, "max": 0.1, "scale": "log", "num": 3}, "n": {"min": 1, "max": 9, "step": 4}}
    )
    back = there_and_back(sweep, "katib")
    assert points(back) == points(sweep)
    assert back.limits.trials == 9
