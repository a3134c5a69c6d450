"""What a service answers becomes the sweep's own values again, however it spells them, also from a stored ledger."""

from __future__ import annotations

import json

import pytest

from sweeper.config import parse
from sweeper.driver.asked import asked, from_json
from sweeper.errors import UserError
from sweeper.formats.addressed import addressed
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.lean import replace
from sweeper.space.identity import point_id
from sweeper.usage.binding import bind

CONFIG = """
trainer: {module: trainer.task, usage: none}
method: random
trials: 4
stage: [a.csv, b.csv]
parameters:
  epochs: 3
  data: [a.csv, b.csv]
  units: ["64", "64,32"]
  batch: [32, 128]
  rate: [0.003, 1]
  layers: {min: 1, max: 5}
  lr: {min: 1e-4, max: 1e-1, scale: log}
  steps: {min: 10, max: 50, step: 10}
"""


def made(text=CONFIG, addresses=None):
    sweep = parse(text, path="sweep.yaml")
    theirs = addressed(sweep, addresses or {})
    rendering = bind(None, [one.name for one in sweep.space.parameters], seed_parameter=None)
    return asked(sweep, theirs, translate(theirs, rendering, FORMATS["vertex"].can), rendering)


@pytest.mark.parametrize(
    "said",
    [
        {"batch": 32.0, "units": "64,32", "rate": 1.0, "layers": 5.0, "lr": 0.01, "steps": 20.0},
        {"batch": "32", "units": "64,32", "rate": "1", "layers": "5", "lr": "0.01", "steps": "20.0"},
        {"lr": "1e-2", "steps": "2e1", "layers": "5", "rate": "1.0", "units": "64,32", "batch": "32.0"},
    ],
    ids=["numbers", "text", "another order and spelling"],
)
def test_a_trial_has_the_point_that_the_config_means_however_the_service_spells_it(said):
    found = from_json(json.loads(json.dumps(made().dictionary.as_json())))
    point = found.point(said)
    wanted = {"epochs": 3, "units": "64,32", "batch": 32, "rate": 1, "layers": 5, "lr": 0.01, "steps": 20}
    assert point == wanted
    assert point_id(point) == point_id(wanted)
    assert all(type(point[name]) is type(wanted[name]) for name in wanted)


def test_its_command_line_has_the_arguments_of_all_trials_and_what_the_service_appends():
    found = made().dictionary
    assert found.argv({"lr": 0.01, "batch": 32.0, "units": "64,32"}) == (
        *("--epochs=3", "--units=64,32", "--batch=32", "--lr=0.01"),
    )


def test_a_staged_file_is_its_own_path_in_the_table_and_its_address_at_the_service():
    found = made(addresses={"a.csv": "gs://b/a.csv", "b.csv": "gs://b/b.csv"})
    data = next(axis for axis in found.study.axes if axis.name == "data")
    assert data.domain.values == ("gs://b/a.csv", "gs://b/b.csv")
    assert found.dictionary.point({"data": "gs://b/b.csv"})["data"] == "b.csv"


def test_lists_and_what_nobody_knows_stay_as_they_are():
    found = made().dictionary
    stored = replace(found, constants={"sizes": ((1, 2), 3)})
    assert from_json(json.loads(json.dumps(stored.as_json()))) == stored
    assert found.point({"strange": "x", "units": "128", "layers": "many"}) == {
        "epochs": 3,
        "units": "128",
        "layers": "many",
        "strange": "x",
    }


def test_options_that_would_stand_behind_a_double_dash_are_refused():
    text = 'trainer: {module: t, usage: none}\nmethod: random\ntrials: 2\nparameters: {x: [1, 2], y: "--"}\n'
    sweep = parse(text, path="sweep.yaml")
    rendering = bind(None, ["x", "y"], seed_parameter=None)
    found = translate(sweep, rendering, FORMATS["vertex"].can)
    bad = replace(
        rendering, options=tuple(replace(one, token="") if one.name == "y" else one for one in rendering.options)
    )
    with pytest.raises(UserError, match="behind --"):
        asked(sweep, sweep, found, replace(bad, positionals=()))
