"""What the two services ask of a tuning job beyond types: a table of one change each to a job that is right."""

import pytest
from test_job_rules import CUSTOM, GONE, JOB, changed, violations

from sweeper.emulator.aiplatform.tuning_rules import check_tuning_job
from sweeper.emulator.discovery import TUNING_JOB, load, root_of
from sweeper.emulator.errors import ApiError
from sweeper.emulator.ml.rules import check_job
from sweeper.emulator.validation.payload import read_message

H = "trainingInput.hyperparameters"
H_PATH = "job.training_input.hyperparameters"
DOUBLE = {"parameterName": "lr", "type": "DOUBLE", "minValue": 0.0001, "maxValue": 0.1, "scaleType": "UNIT_LOG_SCALE"}
INTEGER = {"parameterName": "layers", "type": "INTEGER", "minValue": 1, "maxValue": 5.0}
DISCRETE = {"parameterName": "bs", "type": "DISCRETE", "discreteValues": [16, 32]}
WORDS = {"parameterName": "opt", "type": "CATEGORICAL", "categoricalValues": ["sgd", "adam"]}
TUNING = changed(JOB, {H: {"goal": "MAXIMIZE", "params": [DOUBLE, INTEGER, DISCRETE, WORDS]}})

ML_RIGHT = [
    {},
    {f"{H}.goal": "MINIMIZE", f"{H}.maxTrials": 4, f"{H}.maxParallelTrials": 4, f"{H}.maxFailedTrials": 2},
    {f"{H}.params.0": {"parameterName": "lr", "type": "DOUBLE", "minValue": 0, "maxValue": 1}},
    {f"{H}.params.0": {"parameterName": "lr", "type": "DOUBLE", "minValue": -1, "maxValue": 0}},
    {f"{H}.params.1.minValue": 5.0},  # one value only
    {f"{H}.params.2.discreteValues": list(range(1000))},
    {f"{H}.params.2.discreteValues": [0.5]},
    {f"{H}.params.2.minValue": 7},  # ignored, as the documentation says
    {f"{H}.params.2.scaleType": "UNIT_LOG_SCALE"},
    {f"{H}.params.3.scaleType": "NONE"},
    {f"{H}.params.3.categoricalValues": ["", " ", "é"]},
    {f"{H}.params": [INTEGER, DISCRETE, WORDS], f"{H}.algorithm": "GRID_SEARCH"},
    {f"{H}.algorithm": "RANDOM_SEARCH", f"{H}.enableTrialEarlyStopping": True},
]
ML_WRONG = [
    ({f"{H}.goal": GONE}, ["goal"]),
    ({f"{H}.goal": "GOAL_TYPE_UNSPECIFIED"}, ["goal"]),
    ({f"{H}.params": []}, ["params"]),
    ({H: {}}, ["goal", "params"]),
    ({f"{H}.params.0.parameterName": "bs"}, ["params[0].parameter_name", "params[2].parameter_name"]),
    ({f"{H}.params.0.parameterName": ""}, ["params[0].parameter_name"]),
    ({f"{H}.params.0.type": GONE}, ["params[0].type"]),
    ({f"{H}.params.0.type": "PARAMETER_TYPE_UNSPECIFIED"}, ["params[0].type"]),
    ({f"{H}.params.0": {"parameterName": "lr", "type": "DOUBLE"}}, ["params[0].min_value", "params[0].max_value"]),
    ({f"{H}.params.0.maxValue": 0.00001}, ["params[0].max_value"]),
    ({f"{H}.params.0.minValue": GONE}, ["params[0].scale_type"]),  # 0, which has no logarithm
    ({f"{H}.params.0.minValue": -1.0}, ["params[0].scale_type"]),
    ({f"{H}.params.0.maxValue": "Infinity"}, ["params[0].max_value"]),
    ({f"{H}.params.0.maxValue": 10**400}, ["params[0].max_value"]),
    ({f"{H}.params.1.minValue": 1.5}, ["params[1].min_value"]),
    ({f"{H}.params.1.minValue": "NaN"}, ["params[1].min_value"]),
    ({f"{H}.params.2.discreteValues": GONE}, ["params[2].discrete_values"]),
    ({f"{H}.params.2.discreteValues": [32, 16]}, ["params[2].discrete_values"]),
    ({f"{H}.params.2.discreteValues": [16, 16]}, ["params[2].discrete_values"]),
    ({f"{H}.params.2.discreteValues": [16, "NaN"]}, ["params[2].discrete_values"]),
    ({f"{H}.params.2.discreteValues": list(range(1001))}, ["params[2].discrete_values"]),
    (
        {f"{H}.params.2.discreteValues": [0, 1], f"{H}.params.2.scaleType": "UNIT_REVERSE_LOG_SCALE"},
        ["params[2].scale_type"],
    ),
    ({f"{H}.params.3.categoricalValues": GONE}, ["params[3].categorical_values"]),
    ({f"{H}.params.3.categoricalValues": ["a", "a"]}, ["params[3].categorical_values"]),
    ({f"{H}.params.3.minValue": 1}, ["params[3].min_value"]),
    ({f"{H}.params.3.maxValue": 1}, ["params[3].max_value"]),
    ({f"{H}.params.3.scaleType": "UNIT_LINEAR_SCALE"}, ["params[3].scale_type"]),
    ({f"{H}.algorithm": "GRID_SEARCH"}, ["algorithm"]),
    ({f"{H}.maxTrials": -1}, ["max_trials"]),
    ({f"{H}.maxParallelTrials": -1}, ["max_parallel_trials"]),
    ({f"{H}.maxParallelTrials": 2}, ["max_parallel_trials"]),  # of one
    ({f"{H}.maxTrials": 4, f"{H}.maxParallelTrials": 5}, ["max_parallel_trials"]),
    ({f"{H}.maxFailedTrials": -1}, ["max_failed_trials"]),
]

P = "studySpec.parameters"
P_PATH = "study_spec.parameters"
ROOT = "hyperparameter_tuning_job"
VERTEX = {
    "displayName": "digits",
    "labels": {"sweep": "digits-1"},
    "maxTrialCount": 4,
    "parallelTrialCount": 2,
    "studySpec": {
        "metrics": [{"metricId": "accuracy", "goal": "MAXIMIZE"}],
        "parameters": [
            {
                "parameterId": "lr",
                "scaleType": "UNIT_LOG_SCALE",
                "doubleValueSpec": {"minValue": 0.0001, "maxValue": 0.1},
            },
            {
                "parameterId": "layers",
                "integerValueSpec": {"minValue": "1", "maxValue": "5"},
                "conditionalParameterSpecs": [
                    {
                        "parentIntValues": {"values": ["2", "3"]},
                        "parameterSpec": {"parameterId": "width", "discreteValueSpec": {"values": [8, 16]}},
                    }
                ],
            },
            {
                "parameterId": "bs",
                "discreteValueSpec": {"values": [16, 32.5]},
                "conditionalParameterSpecs": [
                    {
                        "parentDiscreteValues": {"values": [32.5]},
                        "parameterSpec": {"parameterId": "x", "doubleValueSpec": {"maxValue": 1}},
                    }
                ],
            },
            {
                "parameterId": "opt",
                "categoricalValueSpec": {"values": ["sgd", "adam"]},
                "conditionalParameterSpecs": [
                    {
                        "parentCategoricalValues": {"values": ["sgd"]},
                        "parameterSpec": {"parameterId": "momentum", "doubleValueSpec": {"maxValue": 0.9}},
                    }
                ],
            },
        ],
    },
    "trialJobSpec": CUSTOM["jobSpec"],
}
WHOLE = [VERTEX["studySpec"]["parameters"][1], {"parameterId": "a", "discreteValueSpec": {"values": [1]}}]
LAYERS, BS, OPT = (f"{P}.{n}.conditionalParameterSpecs.0" for n in (1, 2, 3))
LAYERS_PATH, BS_PATH, OPT_PATH = (f"{P_PATH}[{n}].conditional_parameter_specs[0]" for n in (1, 2, 3))

VERTEX_RIGHT = [
    {},
    {"labels": {}, "maxFailedTrialCount": 2},
    {"studySpec.metrics.0.metricId": "training/hptuning/metric"},
    {"studySpec.algorithm": "RANDOM_SEARCH", "studySpec.measurementSelectionType": "BEST_MEASUREMENT"},
    {"studySpec.algorithm": "GRID_SEARCH", P: WHOLE},
    {"studySpec.medianAutomatedStoppingSpec": {}},
    {f"{P}.0": {"parameterId": "lr", "doubleValueSpec": {"minValue": -1, "maxValue": 0}}},
    {f"{P}.2.discreteValueSpec.values": [16, 32.5 - 1e-9, 32.5]},
    {f"{BS}.parentDiscreteValues.values": [32.5 + 1e-11]},
    {f"{P}.3.scaleType": "SCALE_TYPE_UNSPECIFIED"},
]
VERTEX_WRONG = [
    ({"displayName": GONE}, [f"{ROOT}.display_name"]),
    ({"displayName": "a" * 129}, [f"{ROOT}.display_name"]),
    ({"labels": {"LR": ""}}, [f"{ROOT}.labels"]),
    ({"studySpec": GONE}, ["study_spec"]),
    ({"trialJobSpec": GONE}, ["trial_job_spec"]),
    ({"maxTrialCount": GONE}, [f"{ROOT}.max_trial_count", f"{ROOT}.parallel_trial_count"]),
    ({"maxTrialCount": -1}, [f"{ROOT}.max_trial_count", f"{ROOT}.parallel_trial_count"]),
    ({"parallelTrialCount": GONE}, [f"{ROOT}.parallel_trial_count"]),
    ({"parallelTrialCount": -1}, [f"{ROOT}.parallel_trial_count"]),
    ({"parallelTrialCount": 5}, [f"{ROOT}.parallel_trial_count"]),
    ({"maxFailedTrialCount": -1}, [f"{ROOT}.max_failed_trial_count"]),
    ({"studySpec.metrics": GONE}, ["study_spec.metrics"]),
    ({"studySpec.metrics.0.metricId": GONE}, ["study_spec.metrics[0].metric_id"]),
    ({"studySpec.metrics.0.metricId": "a b"}, ["study_spec.metrics[0].metric_id"]),
    ({"studySpec.metrics.0.goal": GONE}, ["study_spec.metrics[0].goal"]),
    ({"studySpec.metrics.0.goal": "GOAL_TYPE_UNSPECIFIED"}, ["study_spec.metrics[0].goal"]),
    ({"studySpec.metrics": [{"metricId": name, "goal": "MAXIMIZE"} for name in "ab"]}, ["study_spec.metrics"]),
    ({P: GONE}, ["study_spec.parameters"]),
    ({f"{P}.0.parameterId": GONE}, [f"{P_PATH}[0].parameter_id"]),
    ({f"{P}.0.parameterId": "a\tb"}, [f"{P_PATH}[0].parameter_id"]),
    (
        {f"{P}.0.parameterId": "momentum"},
        [f"{P_PATH}[0].parameter_id", f"{OPT_PATH}.parameter_spec.parameter_id"],
    ),
    ({f"{P}.0.doubleValueSpec": GONE}, [f"{P_PATH}[0]"]),
    ({f"{P}.0.discreteValueSpec": {"values": [1]}}, [f"{P_PATH}[0]"]),
    (
        {f"{P}.0.doubleValueSpec": {}},
        [f"{P_PATH}[0].double_value_spec.min_value", f"{P_PATH}[0].double_value_spec.max_value"],
    ),
    ({f"{P}.0.doubleValueSpec.maxValue": -1}, [f"{P_PATH}[0].double_value_spec.max_value"]),
    ({f"{P}.0.doubleValueSpec.minValue": GONE}, [f"{P_PATH}[0].scale_type"]),
    ({f"{P}.0.doubleValueSpec.maxValue": "NaN"}, [f"{P_PATH}[0].double_value_spec.max_value"]),
    ({f"{P}.1.integerValueSpec.minValue": "6"}, [f"{P_PATH}[1].integer_value_spec.max_value", None, None]),
    ({f"{P}.2.discreteValueSpec.values": [32.5, 16]}, [f"{P_PATH}[2].discrete_value_spec.values"]),
    ({f"{P}.2.discreteValueSpec.values": [32.5, 32.5 + 1e-11]}, [f"{P_PATH}[2].discrete_value_spec.values"]),
    ({f"{P}.2.discreteValueSpec.values": GONE}, [f"{P_PATH}[2].discrete_value_spec.values", None]),
    ({f"{P}.3.categoricalValueSpec.values": ["sgd", "sgd"]}, [f"{P_PATH}[3].categorical_value_spec.values"]),
    ({f"{P}.3.categoricalValueSpec": {}}, [f"{P_PATH}[3].categorical_value_spec.values", None]),
    ({f"{P}.3.scaleType": "UNIT_LINEAR_SCALE"}, [f"{P_PATH}[3].scale_type"]),
    ({f"{LAYERS}.parentIntValues": GONE}, [LAYERS_PATH]),
    ({f"{LAYERS}.parentDiscreteValues": {"values": [1]}}, [LAYERS_PATH, f"{LAYERS_PATH}.parent_discrete_values"]),
    ({f"{LAYERS}.parentIntValues.values": ["6"]}, [f"{LAYERS_PATH}.parent_int_values.values"]),
    ({f"{LAYERS}.parentIntValues.values": GONE}, [f"{LAYERS_PATH}.parent_int_values.values"]),
    ({f"{LAYERS}.parameterSpec": GONE}, [f"{LAYERS_PATH}.parameter_spec"]),
    ({f"{BS}.parentDiscreteValues.values": [32]}, [f"{BS_PATH}.parent_discrete_values.values"]),
    ({f"{OPT}.parentCategoricalValues.values": ["SGD"]}, [f"{OPT_PATH}.parent_categorical_values.values"]),
    (
        {f"{OPT}.parameterSpec.doubleValueSpec.maxValue": -1},
        [f"{OPT_PATH}.parameter_spec.double_value_spec.max_value"],
    ),
    ({"studySpec.algorithm": "GRID_SEARCH"}, ["study_spec.algorithm"]),
    (
        {"studySpec.algorithm": "GRID_SEARCH", P: [*WHOLE, VERTEX["studySpec"]["parameters"][3]]},
        ["study_spec.algorithm"],
    ),
    (
        {"studySpec.medianAutomatedStoppingSpec": {}, "studySpec.decayCurveStoppingSpec": {}},
        ["study_spec.automated_stopping_spec"],
    ),
    ({"trialJobSpec.workerPoolSpecs": GONE}, ["trial_job_spec.worker_pool_specs"]),
    ({"trialJobSpec.workerPoolSpecs.0.replicaCount": "2"}, ["trial_job_spec.worker_pool_specs[0].replica_count"]),
    ({"trialJobSpec.scheduling": {"timeout": "0s"}}, ["trial_job_spec.scheduling.timeout"]),
]


def check_ml(job):
    check_job(read_message(load("ml"), root_of("ml"), job, root="job"))


def check_vertex(job):
    check_tuning_job(read_message(load("aiplatform"), TUNING_JOB, job, root=ROOT))


@pytest.mark.parametrize("changes", ML_RIGHT, ids=str)
def test_ml_engine_takes(changes):
    assert violations(check_ml, changed(TUNING, changes)) == []


@pytest.mark.parametrize(("changes", "paths"), ML_WRONG, ids=str)
def test_ml_engine_refuses(changes, paths):
    found = violations(check_ml, changed(TUNING, changes))

    assert found == [400, "INVALID_ARGUMENT", *(f"{H_PATH}.{path}" for path in paths)]


@pytest.mark.parametrize("changes", VERTEX_RIGHT, ids=str)
def test_vertex_takes(changes):
    assert violations(check_vertex, changed(VERTEX, changes)) == []


@pytest.mark.parametrize(("changes", "paths"), VERTEX_WRONG, ids=str)
def test_vertex_refuses(changes, paths):
    """None: the path of a fault that follows from the first one."""
    found = violations(check_vertex, changed(VERTEX, changes))

    assert found[:2] == [400, "INVALID_ARGUMENT"]
    assert len(found) == 2 + len(paths), found
    assert all(path in (None, told) for told, path in zip(found[2:], paths, strict=True)), found


def test_ml_engine_says_it_in_its_own_words():
    with pytest.raises(ApiError) as caught:
        check_ml(changed(TUNING, {f"{H}.params.1.minValue": 1.5}))
    assert caught.value.message == (
        "Field: job.training_input.hyperparameters.params[1].min_value "
        "Error: It must be an integer for a parameter of type INTEGER, not 1.5."
    )


def test_vertex_says_it_in_its_own_words():
    with pytest.raises(ApiError) as caught:
        check_vertex(changed(VERTEX, {f"{P}.0.parameterId": "a b", "parallelTrialCount": 5}))
    assert caught.value.message == (
        "List of found errors:"
        f"\t1.Field: {ROOT}.parallel_trial_count; Message: It cannot be greater than max_trial_count: 5 > 4."
        "\t2.Field: study_spec.parameters[0].parameter_id; Message: It must not contain whitespaces.\t"
    )


@pytest.mark.parametrize(
    "changes", [{"studySpec.studyStoppingConfig": {"maxNumTrials": 3}}, {"studySpec.metrics.0.safetyConfig": {}}]
)
def test_what_is_not_emulated_says_so(changes):
    with pytest.raises(ApiError) as caught:
        check_vertex(changed(VERTEX, changes))
    assert (caught.value.code, caught.value.status) == (501, "UNIMPLEMENTED")


@pytest.mark.parametrize(
    ("check", "job", "text"),
    [
        (check_ml, changed(TUNING, {f"{H}.params.0.maximum": 1}), 'Unknown name "maximum" at \'job.training_input.'),
        (check_ml, changed(TUNING, {f"{H}.goal": "MAXIMISE"}), 'HyperparameterSpec.GoalType), "MAXIMISE"'),
        (check_vertex, changed(VERTEX, {"studySpec.goal": 1}), 'Unknown name "goal" at \'hyperparameter_tuning_job.'),
        (check_vertex, changed(VERTEX, {"studySpec.algorithm": 1}), "v1.StudySpec.Algorithm), 1"),
    ],
)
def test_a_field_or_word_that_the_service_has_not_is_refused(check, job, text):
    with pytest.raises(ApiError) as caught:
        check(job)
    assert text in caught.value.message
