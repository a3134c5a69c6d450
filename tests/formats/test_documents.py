"""The documents themselves: every kind of parameter in the service's words, keys in the order of Google's examples."""

from __future__ import annotations

import pytest
import yaml
from studies import HEAD, JOBS, document

from sweeper.config import parse
from sweeper.formats import header
from sweeper.formats.losses import Loss
from sweeper.formats.registry import FORMATS
from sweeper.formats.study import Axis, Study
from sweeper.formats.yamltext import yaml_text
from sweeper.model import Choices

# parameter, as ML Engine has it, as Vertex AI has it
KINDS = [
    (
        "[sgd, adam]",
        {"type": "CATEGORICAL", "categoricalValues": ["sgd", "adam"]},
        {"categoricalValueSpec": {"values": ["sgd", "adam"]}},
    ),
    (
        "['128', '64,32']",
        {"type": "CATEGORICAL", "categoricalValues": ["128", "64,32"]},
        {"categoricalValueSpec": {"values": ["128", "64,32"]}},
    ),
    (
        "[32, auto, 1e-4]",
        {"type": "CATEGORICAL", "categoricalValues": ["32", "auto", "0.0001"]},
        {"categoricalValueSpec": {"values": ["32", "auto", "0.0001"]}},
    ),
    ("[128, 32]", {"type": "DISCRETE", "discreteValues": [32, 128]}, {"discreteValueSpec": {"values": [32, 128]}}),
    (
        "{min: 0, max: 1, step: 0.25}",
        {"type": "DISCRETE", "discreteValues": [0.0, 0.25, 0.5, 0.75, 1.0]},
        {"discreteValueSpec": {"values": [0.0, 0.25, 0.5, 0.75, 1.0]}},
    ),
    (
        "{min: 1e-4, max: 1, num: 3, scale: log}",
        {"type": "DISCRETE", "discreteValues": [0.0001, 0.01, 1.0]},
        {"discreteValueSpec": {"values": [0.0001, 0.01, 1.0]}},
    ),
    (
        "{min: 16, max: 64, step: 16}",
        {"type": "DISCRETE", "discreteValues": [16, 32, 48, 64]},
        {"discreteValueSpec": {"values": [16, 32, 48, 64]}},
    ),
    (
        "{min: 2, max: 5, step: 1}",
        {"type": "INTEGER", "minValue": 2, "maxValue": 5, "scaleType": "UNIT_LINEAR_SCALE"},
        {"integerValueSpec": {"minValue": 2, "maxValue": 5}, "scaleType": "UNIT_LINEAR_SCALE"},
    ),
    (
        "{min: 1, max: 64, scale: log}",
        {"type": "INTEGER", "minValue": 1, "maxValue": 64, "scaleType": "UNIT_LOG_SCALE"},
        {"integerValueSpec": {"minValue": 1, "maxValue": 64}, "scaleType": "UNIT_LOG_SCALE"},
    ),
    (
        "{min: 1e-5, max: 1, scale: log}",
        {"type": "DOUBLE", "minValue": 1e-5, "maxValue": 1.0, "scaleType": "UNIT_LOG_SCALE"},
        {"doubleValueSpec": {"minValue": 1e-5, "maxValue": 1.0}, "scaleType": "UNIT_LOG_SCALE"},
    ),
]


@pytest.mark.parametrize(("parameter", "mlengine", "vertex"), KINDS)
def test_each_kind_of_parameter(parameter, mlengine, vertex):
    sweep = parse(f"{HEAD}method: random\ntrials: 3\nparameters: {{x: {parameter}}}", path="s.yaml")
    (found,) = document(sweep, "mlengine")[0]["trainingInput"]["hyperparameters"]["params"]
    assert list(found.items()) == [("parameterName", "x"), *mlengine.items()]
    (found,) = document(sweep, "vertex")[0]["studySpec"]["parameters"]
    assert list(found.items()) == [("parameterId", "x"), *vertex.items()]


CONFIG = """\
name: digits
trainer: {module: trainer.task, usage: none}
method: random
trials: 40
metric: {name: loss, goal: minimize}
parameters:
  epochs: 5
  lr: {min: 1e-5, max: 0.1, scale: log}
  n: [16, 32]
  opt: [n, sgd]
limits: {parallel: 4}
"""
ML = """\
trainingInput:
  scaleTier: BASIC
  pythonModule: trainer.task
  args: ["--epochs=5"]
  hyperparameters:
    goal: MINIMIZE
    hyperparameterMetricTag: loss
    maxTrials: 40
    maxParallelTrials: 4
    algorithm: RANDOM_SEARCH
    params:
    - parameterName: lr
      type: DOUBLE
      minValue: 1.0e-05
      maxValue: 0.1
      scaleType: UNIT_LOG_SCALE
    - parameterName: "n"
      type: DISCRETE
      discreteValues: [16, 32]
    - parameterName: opt
      type: CATEGORICAL
      categoricalValues: ["n", sgd]
"""
VERTEX = """\
displayName: digits
maxTrialCount: 40
parallelTrialCount: 4
studySpec:
  metrics:
  - metricId: loss
    goal: MINIMIZE
  parameters:
  - parameterId: lr
    doubleValueSpec:
      minValue: 1.0e-05
      maxValue: 0.1
    scaleType: UNIT_LOG_SCALE
  - parameterId: "n"
    discreteValueSpec:
      values: [16, 32]
  - parameterId: opt
    categoricalValueSpec:
      values: ["n", sgd]
  algorithm: RANDOM_SEARCH
trialJobSpec:
  workerPoolSpecs:
  - machineSpec:
      machineType: n1-standard-4
    replicaCount: 1
    pythonPackageSpec:
      pythonModule: trainer.task
      args: ["--epochs=5"]
"""


@pytest.mark.parametrize(("to", "text"), [("mlengine", ML), ("vertex", VERTEX)])
def test_a_whole_file(to, text):
    assert yaml_text(document(parse(CONFIG, path="s.yaml"), to)[0]) == text


def test_conditions_are_a_tree():
    config = "parameters: {o: [sgd, adam], m: {values: [0.5, 0.9], when: {o: sgd}}, d: {value: 3, when: {m: 0.9}}}"
    parameters = document(parse(HEAD + config, path="s.yaml"), "vertex")[0]["studySpec"]["parameters"]
    (branch,) = parameters[0]["conditionalParameterSpecs"]
    assert branch["parentCategoricalValues"] == {"values": ["sgd"]}
    assert branch["parameterSpec"]["parameterId"] == "m"
    (below,) = branch["parameterSpec"]["conditionalParameterSpecs"]
    assert below["parentDiscreteValues"] == {"values": [0.9]}
    assert below["parameterSpec"] == {"parameterId": "d", "discreteValueSpec": {"values": [3]}}


def test_a_parent_of_whole_numbers_is_named_by_them():
    config = "parameters: {o: {min: 1, max: 3, step: 1}, x: {values: [a, b], when: {o: [2, 3]}}}"
    (parameter,) = document(parse(HEAD + config, path="s.yaml"), "vertex")[0]["studySpec"]["parameters"]
    assert parameter["conditionalParameterSpecs"][0]["parentIntValues"] == {"values": [2, 3]}


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize(
    ("algorithm", "word"), [("grid", "GRID_SEARCH"), ("random", "RANDOM_SEARCH"), ("service", None)]
)
def test_each_algorithm_has_its_word_and_the_services_own_has_none(to, algorithm, word):
    study = Study((Axis("x", Choices(("a", "b"))),), "m", "maximize", algorithm, 2, 1)
    found = FORMATS[to].write(study, JOBS[to]([]), name="s")
    spec = found["studySpec"] if to == "vertex" else found["trainingInput"]["hyperparameters"]
    assert spec.get("algorithm") == word


def test_the_best_measurement_can_be_asked_for_at_vertex():
    config = "metric: {name: m, reduce: best}\nparameters: {x: [1, 2]}"
    spec = document(parse(HEAD + config, path="s.yaml"), "vertex")[0]["studySpec"]
    assert spec["measurementSelectionType"] == "BEST_MEASUREMENT"


def test_no_name_or_path_can_end_the_comment_at_the_top():
    evil = "a\nb: 1\r\n\u2028'$(x)\x07"
    job = header.Job("mlengine", evil, evil, "n", "m", evil, None, (evil,), None, None, None, takes_job_dir=True)
    text = header.header(job, [Loss(evil, evil, evil)], [evil])
    assert yaml.safe_load(text + "a: 1") == {"a": 1}
    assert all(line.startswith("#") for line in text.splitlines() if line)
