"""W&B's own engine beside what is made of its files; skipped where the library ``sweeps`` is not installed."""

from __future__ import annotations

import random

import pytest

from sweeper.commands.importing.tool import carried
from sweeper.config import parse
from sweeper.search import registry as searches
from tests.formats.foreign.golden import HERE

sweeps = pytest.importorskip("sweeps")
yaml = pytest.importorskip("yaml")


def theirs(text):
    from sweeps.grid_search import grid_search_next_runs

    found = grid_search_next_runs([], yaml.safe_load(text), n=100_000)
    return [run.config for run in found if run is not None]


def ours(text):
    made = carried(text, tool="wandb", file="w.yaml", lossy=True).text
    return parse(made, path="sweep.yaml")


def test_a_grid_has_as_many_points_as_theirs():
    text = (HERE / "wandb" / "grid.yaml").read_text()
    assert searches.make(ours(text)).count == len(theirs(text)) == 384


@pytest.mark.parametrize(
    "spec",
    [
        "{min: 1, max: 7}",
        "{distribution: q_uniform, min: 0, max: 1, q: 0.3}",
        "{distribution: q_uniform, min: 0, max: 9, q: 3}",
        "{values: [1, 1.0, 2, 1]}",
    ],
)
def test_an_axis_has_the_values_of_theirs(spec):
    text = f"method: grid\nprogram: t.py\nparameters:\n  x: {spec}\n"
    want = [config["x"]["value"] for config in theirs(text)]
    search = searches.make(ours(text))
    assert [search.propose(i)["x"] for i in range(search.count)] == pytest.approx(want)


@pytest.mark.parametrize(
    "spec",
    [
        "{distribution: log_uniform, min: -5, max: 1}",
        "{distribution: log_uniform_values, min: 0.001, max: 10}",
        "{distribution: inv_log_uniform, min: -1, max: 4}",
        "{distribution: inv_log_uniform_values, min: 0.001, max: 10}",
        "{distribution: q_uniform, min: 1, max: 30, q: 4}",
        "{distribution: q_log_uniform_values, min: 1, max: 100, q: 1}",
        "{distribution: uniform, min: 1, max: 3}",
        "{min: 1, max: 3}",
    ],
)
def test_a_draw_stays_within_the_ends_that_theirs_has(spec):
    from sweeps.params import HyperParameter

    random.seed(1)
    theirs_drawn = [HyperParameter("x", yaml.safe_load(spec)).sample() for _ in range(3000)]
    text = f"method: random\nrun_cap: 5\nprogram: t.py\nparameters:\n  x: {spec}\n"
    domain = ours(text).space.parameters[0].domain
    assert min(theirs_drawn) >= domain.min * (1 - 1e-9)
    assert max(theirs_drawn) <= domain.max * (1 + 1e-9)
    width = domain.max / domain.min if domain.scale == "log" else domain.max - domain.min
    drawn = max(theirs_drawn) / min(theirs_drawn) if domain.scale == "log" else max(theirs_drawn) - min(theirs_drawn)
    assert drawn > width * 0.95


def test_what_is_written_for_wandb_is_what_its_schema_takes():
    from sweeps.config.cfg import SweepConfig

    from sweeper.formats.foreign.registry import WRITERS
    from sweeper.formats.yamltext import yaml_text
    from sweeper.usage.binding import bind

    text = (
        "trainer: {module: m, usage: none, env: {A: b}}\nmethod: random\ntrials: 9\nmetric: {name: x, goal: minimize}\n"
        "early_stopping: asha\nparameters: {a: {min: 1, max: 9, scale: log}, b: {min: 1.0, max: 9.0, scale: log}, "
        "c: {min: 1, max: 9}, d: {min: 0.5, max: 1.5}, e: [x, y], f: 3, g: true}\n"
    )
    sweep = parse(text, path="sweep.yaml")
    document, _ = WRITERS["wandb"].write(sweep, bind(None, "abcdefg"))
    assert SweepConfig(yaml.safe_load(yaml_text(document)))["run_cap"] == 9
