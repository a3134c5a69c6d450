"""Files that people wrote by hand: what they mean, what is noted, and what is refused with its line."""

from __future__ import annotations

import pytest
from broken_tuning import INT, REFUSED
from studies import again

from sweeper.commands.importing.config import config_of
from sweeper.errors import ConfigError
from sweeper.model import Choices, EarlyStopping, Range

SPEC = """\
goal: MAXIMIZE
hyperparameterMetricTag: acc
maxTrials: 4
maxParallelTrials: 2
params:
- {parameterName: lr, type: DOUBLE, minValue: 0.0001, maxValue: 0.1, scaleType: UNIT_LOG_SCALE}
- {parameterName: units, type: INTEGER, minValue: 1, maxValue: 64}
- {parameterName: bs, type: DISCRETE, discreteValues: [16, 32.5]}
- {parameterName: opt, type: CATEGORICAL, categoricalValues: [sgd, 'n']}
"""
WRAPPED = "trainingInput:\n  hyperparameters:\n" + "".join(f"    {line}\n" for line in SPEC.splitlines())
BARE = "scaleTier: CUSTOM\nmasterType: n1-standard-4\nhyperparameters:\n" + "".join(
    f"  {line}\n" for line in SPEC.splitlines()
)
SNAKE = (
    WRAPPED.replace("trainingInput", "training_input")
    .replace("hyperparameterMetricTag", "hyperparameter_metric_tag")
    .replace("maxParallelTrials", "max_parallel_trials")
    .replace("parameterName", "parameter_name")
    .replace("minValue", "min_value")
    .replace("discreteValues", "discrete_values")
)
VERTEX = """\
maxTrialCount: 4
parallelTrialCount: 2
studySpec:
  metrics: [{metricId: acc, goal: MAXIMIZE}]
  parameters:
  - {parameterId: lr, scaleType: UNIT_LOG_SCALE, doubleValueSpec: {minValue: 0.0001, maxValue: 0.1}}
  - {parameterId: units, integerValueSpec: {minValue: "1", maxValue: "64"}}
  - {parameterId: bs, discreteValueSpec: {values: [16, 32.5]}}
  - {parameterId: opt, categoricalValueSpec: {values: [sgd, 'n']}}
"""
FILES = {
    "wrapped": WRAPPED,
    "bare": BARE,
    "alone": SPEC,
    "snake": SNAKE,
    "vertex": VERTEX,
    "vertex snake": VERTEX.replace("maxTrialCount", "max_trial_count").replace("studySpec", "study_spec"),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_every_way_to_write_it_is_the_same_sweep(text):
    sweep = again(text)
    assert [(one.name, one.domain) for one in sweep.space.parameters] == [
        ("lr", Range(0.0001, 0.1, "log")),
        ("units", Range(1, 64, integer=True)),
        ("bs", Choices((16, 32.5))),
        ("opt", Choices(("sgd", "n"))),
    ]
    assert (sweep.method, sweep.trials, sweep.limits.parallel) == ("service", 4, 2)
    assert (sweep.metric.name, sweep.metric.goal, sweep.metric.reduce) == ("acc", "maximize", "last")


def _notes(text):
    return " | ".join(config_of(text, file="f.yaml").notes)


ML = WRAPPED.replace("  hyperparameters", "  {more}\n  hyperparameters")
NOTED = [
    (WRAPPED, "does not name the trainer's module"),
    (WRAPPED.replace("    maxTrials: 4\n", ""), "maxTrials is not in the file: the service takes 1"),
    (WRAPPED.replace("    maxParallelTrials: 2\n", ""), "maxParallelTrials is not in the file"),
    (WRAPPED.replace("    hyperparameterMetricTag: acc\n", ""), "the service takes training/hptuning/metric"),
    (WRAPPED.replace("UNIT_LOG_SCALE", "UNIT_REVERSE_LOG_SCALE"), "lr: UNIT_REVERSE_LOG_SCALE is not available"),
    (WRAPPED.replace("[16, 32.5]", "[16, 32.5], scaleType: UNIT_LOG_SCALE"), "bs: listed values have no scale"),
    (WRAPPED + "labels: {a: b}\n", "labels is not taken over"),
    (ML.replace("{more}", "jobDir: gs://b/x"), "jobDir is left out"),
    (ML.replace("{more}", "packageUris: [gs://b/x.tar.gz]"), "packageUris is left out"),
    (ML.replace("{more}", "scheduling: {maxRunningTime: 7200s}"), "maxRunningTime is left out"),
    (ML.replace("{more}", "workerConfig: {imageUri: a}"), "workerConfig is not taken over"),
    (ML.replace("{more}", "args: [--lr, '0.1', file.csv, -v]"), "args: --lr is left out"),
    (ML.replace("{more}", "args: [file.csv]"), "args: 'file.csv' is left out"),
    (ML.replace("{more}", "args: ['--x={trial}']"), "args: '--x={trial}' is left out"),
    (ML.replace("{more}", "args: [--job-dir=gs://b/x]"), "args: --job-dir is left out"),
    (VERTEX.replace("maxTrialCount: 4\n", ""), "maxTrialCount is not in the file: gcloud takes 1"),
    (VERTEX.replace("  metrics", "  decayCurveStoppingSpec: {}\n  metrics"), "decayCurveStoppingSpec is not available"),
    (
        VERTEX.replace("  metrics", "  medianAutomatedStoppingSpec: {useElapsedDuration: true}\n  metrics"),
        "medianAutomatedStoppingSpec.useElapsedDuration is left out",
    ),
    (VERTEX.replace("[16, 32.5]", "[16, 32.5], defaultValue: 16"), "bs: defaultValue is left out"),
    (VERTEX + "trialJobSpec: {tensorboard: t}\n", "trialJobSpec.tensorboard is not taken over"),
]


@pytest.mark.parametrize(("text", "said"), NOTED)
def test_what_a_sweep_does_not_do_is_noted_and_at_the_top_of_the_config(text, said):
    made = config_of(text, file="f.yaml")
    assert said in " | ".join(made.notes)
    head = made.text.partition("\n\n")[0]
    assert all(f"# note: {note}" in head for note in made.notes)


JOB = """\
trainingInput:
  scaleTier: CUSTOM
  masterType: n1-standard-8
  masterConfig: {acceleratorConfig: {count: 2, type: NVIDIA_TESLA_T4}}
  workerType: n1-standard-4
  workerCount: "3"
  region: us-east1
  runtimeVersion: 2.11
  pythonVersion: '3.7'
  pythonModule: my.task
  serviceAccount: me@p.iam.gserviceaccount.com
  scheduling: {maxWaitTime: 3600s, priority: 7}
  args: [--epochs=5, --data, a.csv, --verbose, --name=05, --tag=a, --tag=b]
  hyperparameters:
    goal: MINIMIZE
    algorithm: GRID_SEARCH
    maxTrials: 3
    params: [{parameterName: x, type: INTEGER, minValue: 1, maxValue: 5}]
"""
ML_OWN = "maxFailedTrials: 3\n    enableTrialEarlyStopping: yes\n    resumePreviousJobId: digits_1\n    goal"
OWN = [
    (WRAPPED.replace("goal", ML_OWN), "digits_1"),
    (
        WRAPPED.replace("goal", ML_OWN.replace("maxFailedTrials", "max_failed_trials").replace("yes", "'true'")),
        "digits_1",
    ),
    (
        "maxFailedTrialCount: '3'\n" + VERTEX.replace("  metrics", "  medianAutomatedStoppingSpec: {}\n  metrics"),
        None,
    ),
]


@pytest.mark.parametrize(("text", "resume"), OWN)
def test_what_the_services_have_besides_a_search_comes_along(text, resume):
    sweep = again(text)
    assert (sweep.limits.max_failed, sweep.early_stopping, sweep.resume) == (3, EarlyStopping("service"), resume)
    assert not [note for note in config_of(text, file="f.yaml").notes if "available" in note or "taken over" in note]


@pytest.mark.parametrize(
    "text", [WRAPPED.replace("goal", "maxFailedTrials: 0\n    goal"), "maxFailedTrialCount: 0\n" + VERTEX]
)
def test_no_failures_at_all_is_how_a_service_says_that_it_decides_itself(text):
    assert again(text).limits.max_failed is None


@pytest.mark.parametrize(
    ("text", "algorithm"),
    [
        (WRAPPED, "service"),
        (WRAPPED.replace("goal", "algorithm: ALGORITHM_UNSPECIFIED\n    goal"), "service"),
        (WRAPPED.replace("goal", "algorithm: RANDOM_SEARCH\n    goal"), "random"),
        (VERTEX.replace("  metrics", "  algorithm: RANDOM_SEARCH\n  metrics"), "random"),
        (JOB, "grid"),
    ],
)
def test_every_algorithm_is_the_services(text, algorithm):
    assert (again(text).method, again(text).algorithm) == ("service", algorithm)


def test_counts_that_are_missing_are_one():
    sweep = again("goal: MINIMIZE\nparams: [{parameterName: x, type: INTEGER, minValue: 1, maxValue: 5}]")
    assert (sweep.trials, sweep.limits.parallel) == (1, 1)


def test_machines_and_arguments_of_ml_engine_come_along():
    sweep = again(JOB)
    cloud = sweep.clouds["mlengine"]
    assert (cloud.machine, cloud.accelerator, cloud.accelerators) == ("n1-standard-8", "NVIDIA_TESLA_T4", 2)
    assert (cloud.region, cloud.runtime) == ("us-east1", "2.11")
    assert cloud.extra["worker_count"] == 3
    assert cloud.extra["max_wait"] == 3600
    assert (sweep.trainer.module, sweep.method, sweep.algorithm, sweep.trials) == ("my.task", "service", "grid", 3)
    values = {one.name: one.domain.values[0] for one in sweep.space.parameters if one.constant}
    assert values == {"epochs": 5, "data": "a.csv", "verbose": True, "name": "05", "tag": ("a", "b")}


POOLS = """\
displayName: my study
studySpec:
  metrics: [{metricId: acc, goal: MINIMIZE}]
  measurementSelectionType: BEST_MEASUREMENT
  parameters:
  - parameterId: opt
    categoricalValueSpec: {values: [sgd, adam, lion]}
    conditionalParameterSpecs:
    - parentCategoricalValues: {values: [sgd]}
      parameterSpec: {parameterId: m, doubleValueSpec: {minValue: 0, maxValue: 1}}
    - parentCategoricalValues: {values: [lion]}
      parameterSpec: {parameterId: m, doubleValueSpec: {minValue: 0, maxValue: 1}}
trialJobSpec:
  scheduling: {timeout: 7200s, strategy: SPOT}
  workerPoolSpecs:
  - machineSpec: {machineType: n1-standard-4, acceleratorType: NVIDIA_TESLA_T4, acceleratorCount: 1}
    replicaCount: 1
    diskSpec: {bootDiskType: pd-ssd, bootDiskSizeGb: 200}
    pythonPackageSpec:
      executorImageUri: us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-14.py310:latest
      packageUris: [gs://b/x.tar.gz]
      pythonModule: my.task
      env: [{name: A, value: '1'}]
  - machineSpec: {machineType: n1-standard-8}
    replicaCount: 4
"""


def test_machines_and_conditions_of_vertex_come_along():
    sweep = again(POOLS.replace("my study", "study"))
    cloud = sweep.clouds["vertex"]
    assert [(pool["machine"], pool["replicas"]) for pool in cloud.extra["worker_pools"]] == [
        ("n1-standard-4", 1),
        ("n1-standard-8", 4),
    ]
    assert (cloud.spot, cloud.extra["disk"]) == (True, {"type": "pd-ssd", "size_gb": 200})
    assert (sweep.name, sweep.limits.timeout, sweep.trainer.env) == ("study", 7200, {"A": "1"})
    assert sweep.metric.reduce == "best"
    assert sweep.space.parameters[1].when == {"opt": ("sgd", "lion")}


def test_a_trainer_in_an_image_runs_where_images_run():
    text = POOLS.split("trialJobSpec")[0].replace("my study", "s")
    text += "trialJobSpec: {workerPoolSpecs: [{machineSpec: {machineType: a}, containerSpec: {imageUri: gcr.io/p/i}}]}"
    sweep = again(text)
    assert (sweep.backend, sweep.trainer.image) == ("vertex", "gcr.io/p/i")


def test_a_range_of_one_value_is_that_value():
    sweep = again("goal: MAXIMIZE\nparams: [{parameterName: x, type: DOUBLE, minValue: 2, maxValue: 2}]")
    assert sweep.space.parameters[0].domain == Choices((2.0,))


@pytest.mark.parametrize(("ends", "wanted"), [("maxValue: 2", Range(0.0, 2.0)), ("minValue: -2", Range(-2.0, 0.0))])
def test_an_end_that_is_left_out_beside_the_other_is_zero_as_services_answer_it(ends, wanted):
    sweep = again(f"goal: MAXIMIZE\nparams: [{{parameterName: x, type: DOUBLE, {ends}}}]")
    assert sweep.space.parameters[0].domain == wanted


@pytest.mark.parametrize(("text", "line", "said", "hint"), REFUSED)
def test_what_is_invalid_is_refused_with_its_line_and_the_valid_choices(text, line, said, hint):
    with pytest.raises(ConfigError) as caught:
        config_of(text, file="f.yaml")
    told = [problem for problem in caught.value.problems if said in f"{problem.path}: {problem.message}"]
    assert told, str(caught.value)
    assert told[0].where.startswith(f"f.yaml:{line}:")
    assert hint in told[0].hint


def test_all_that_is_wrong_is_told_at_once():
    text = "goal: UP\nmaxTrials: x\nparams: [{parameterName: x, type: FLOAT}, {parameterName: 'y', type: INT}]"
    with pytest.raises(ConfigError) as caught:
        config_of(text, file="f.yaml")
    assert [problem.path for problem in caught.value.problems] == [
        "goal",
        "maxTrials",
        "params[0].type",
        "params[1].type",
    ]


CLASHES = [
    POOLS.replace("maxValue: 1}}\n    - parent", "maxValue: 2}}\n    - parent"),
    POOLS.replace("parameterId: m, ", "parameterId: opt, "),
]


@pytest.mark.parametrize("text", CLASHES)
def test_a_parameter_with_two_specs_is_refused(text):
    with pytest.raises(ConfigError, match=r"f.yaml:1[0-9]:\d+: the parameter \w+ has several specs"):
        config_of(text, file="f.yaml")


# What the service might take, and a sweep does not.
UNFIT = [
    (
        "goal: MAXIMIZE\nparams: [{parameterName: a b, " + INT + "}]",
        "f.yaml:2:26: parameters.a b: ",
        "'a b' is no name of a",
    ),
    ("goal: MAXIMIZE\nparams: [{parameterName: job_dir, " + INT + "}]", "f.yaml:2:26: parameters.job_dir", "--job-dir"),
    (JOB.replace("CUSTOM", "BASIC"), "f.yaml: mlengine.", "belongs to scale_tier: CUSTOM"),
]


@pytest.mark.parametrize(("text", "where", "said"), UNFIT)
def test_what_no_sweep_can_be_made_of_is_told(text, where, said):
    with pytest.raises(ConfigError) as caught:
        config_of(text, file="f.yaml")
    assert str(caught.value).startswith(where)
    assert said in str(caught.value)


def test_a_display_name_becomes_a_name():
    assert again(POOLS).name == "my-study"
    assert "displayName 'my study' is no name of a sweep: it is called my-study" in _notes(POOLS)


ODD = [
    "",
    "1",
    "-1",
    "1.5",
    "a",
    "no",
    "[]",
    "{}",
    "[1]",
    "{a: 1}",
    "null",
    ".nan",
    "1e400",
    "'",
    "\t",
    "*a",
    "[[1]]",
    "~",
]


@pytest.mark.parametrize("text", [*FILES.values(), JOB, POOLS])
def test_no_broken_file_is_more_than_a_config_error(text):
    lines = text.splitlines()
    for i, line in enumerate(lines):
        head, colon, _ = line.partition(": ")
        changed = [f"{head}{colon}{odd}" for odd in ODD] if colon else []
        for new in ("", line[1:], *changed):
            broken = "\n".join([*lines[:i], new, *lines[i + 1 :]])
            try:
                assert config_of(broken, file="f.yaml").text
            except ConfigError as error:
                assert all(problem.where.startswith("f.yaml") for problem in error.problems)  # noqa: PT017
