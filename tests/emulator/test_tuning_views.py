"""The study that a message means, the job that runs a trial, and trials as both services show them: pure functions."""

import json

import pytest
from test_job_rules import changed
from test_tuning_rules import ROOT, TUNING, VERTEX, H, P

from sweeper.emulator.aiplatform import service as vertex_service
from sweeper.emulator.aiplatform import trials as vertex_trials
from sweeper.emulator.aiplatform.study import study_of as vertex_study
from sweeper.emulator.aiplatform.tuning_view import show_tuning_job
from sweeper.emulator.aiplatform.view import body_of, show_job
from sweeper.emulator.discovery import TUNING_JOB, load, proto_of, root_of
from sweeper.emulator.jobs.record import Phase, Record
from sweeper.emulator.ml import trials as ml_trials
from sweeper.emulator.ml.hyperparameters import study_of as ml_study
from sweeper.emulator.ml.output import show_output
from sweeper.emulator.ml.view import show_job as show_ml_job
from sweeper.emulator.timestamps import MICRO
from sweeper.emulator.tuning.spec import Axis, Branch, Spec
from sweeper.emulator.tuning.texts import appended, text_of
from sweeper.emulator.tuning.trial import Measurement, TrialState, TuningTrial
from sweeper.emulator.validation.numbers import with_numbers
from sweeper.emulator.validation.payload import read_message

REGION = "projects/123456789012/locations/us-central1"
PARAMS = {"lr": 0.0005, "layers": 2, "width": 8.0, "bs": 32.5, "x": 1.0, "opt": "sgd", "momentum": 0.9}
ML_PARAMS = {"lr": 0.0005, "layers": 2, "bs": 32.0, "opt": "sgd"}


def ml_record(phase=Phase.RUNNING, **changes):
    job = read_message(load("ml"), root_of("ml"), changed(TUNING, changes), root="job")
    body = {"trainingInput": job["trainingInput"]}
    return Record("projects/p/jobs", "tune_1", body, MICRO, MICRO, labels={"sweep": "s1"}, phase=phase)


def vertex_record(display="digits", phase=Phase.RUNNING, **changes):
    job = read_message(load("aiplatform"), TUNING_JOB, changed(VERTEX, changes), root=ROOT)
    collection, labels = f"{REGION}/hyperparameterTuningJobs", job.get("labels", {})
    body = body_of(job, "trialJobSpec")
    return Record(collection, "1" * 19, body, MICRO, MICRO, display=display, labels=labels, phase=phase)


def trial(number=1, state=TrialState.ACTIVE, value=None, *, params=None, step=3, **fields):
    final = None if value is None else Measurement(step, 12.5, {"accuracy": value, "training/hptuning/metric": value})
    params = PARAMS if params is None else params
    return TuningTrial("study", number, params, state, 2 * MICRO, child=f"child-{number}", final=final, **fields)


def test_a_study_of_ml_engine_is_read():
    record = ml_record(**{f"{H}.maxTrials": 4, f"{H}.maxParallelTrials": 2, f"{H}.algorithm": "GRID_SEARCH"})

    assert ml_study(record.body["trainingInput"]) == Spec(
        axes=(
            Axis("lr", "double", 0.0001, 0.1, scale="log"),
            Axis("layers", "integer", 1.0, 5.0),
            Axis("bs", "discrete", values=(16.0, 32.0)),
            Axis("opt", "categorical", values=("sgd", "adam")),
        ),
        metric="training/hptuning/metric",
        maximize=True,
        algorithm="grid",
        max_trials=4,
        parallel=2,
    )


def test_a_study_may_be_written_in_snake_case_and_has_defaults():
    spec = {
        "goal": "MINIMIZE",
        "hyperparameter_metric_tag": "loss",
        "enable_trial_early_stopping": True,
        "resume_previous_job_id": "earlier",
        "max_failed_trials": 3,
        "params": [{"parameter_name": "x", "type": "DOUBLE", "max_value": 1, "scale_type": "UNIT_LINEAR_SCALE"}],
    }
    found = ml_study(ml_record(**{H: spec}).body["trainingInput"])

    assert found.axes == (Axis("x", "double", 0.0, 1.0, scale="linear"),)
    assert (found.metric, found.maximize, found.max_trials, found.parallel, found.max_failed) == (
        "loss",
        False,
        1,
        1,
        3,
    )
    assert (found.algorithm, found.stopping, found.resume) == ("bayesian", "median", "earlier")


def test_a_study_of_vertex_is_read():
    changes = {
        "studySpec.algorithm": "RANDOM_SEARCH",
        "studySpec.measurementSelectionType": 2,
        "studySpec.decayCurveStoppingSpec": {},
        "studySpec.metrics.0.goal": "MINIMIZE",
        "maxFailedTrialCount": 3,
    }
    found = vertex_study(vertex_record(**changes).body)

    assert found.axes == (
        Axis("lr", "double", 0.0001, 0.1, scale="log"),
        Axis("layers", "integer", 1.0, 5.0, branches=(Branch((2, 3), Axis("width", "discrete", values=(8.0, 16.0))),)),
        Axis("bs", "discrete", values=(16.0, 32.5), branches=(Branch((32.5,), Axis("x", "double", 0.0, 1.0)),)),
        Axis(
            "opt",
            "categorical",
            values=("sgd", "adam"),
            branches=(Branch(("sgd",), Axis("momentum", "double", 0.0, 0.9)),),
        ),
    )
    assert (found.metric, found.maximize, found.algorithm) == ("accuracy", False, "random")
    assert (found.max_trials, found.parallel, found.max_failed) == (4, 2, 3)
    assert (found.stopping, found.selection, found.resume) == ("decay", "best", "")


def test_a_condition_names_its_parents_value_within_the_services_epsilon():
    changes = {f"{P}.2.conditionalParameterSpecs.0.parentDiscreteValues.values": [32.5 + 1e-11]}

    assert vertex_study(vertex_record(**changes).body).axes[2].branches[0].values == (32.5,)


@pytest.mark.parametrize(
    ("kind", "value", "text", "with_floats"),
    [
        ("integer", 5, "5", "5"),
        ("integer", -5, "-5", "-5"),
        ("double", 0.0001, "0.0001", "0.0001"),
        ("double", 1e-05, "1e-05", "1e-05"),
        ("double", 1.0, "1.0", "1.0"),
        ("double", 0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"),
        ("discrete", 32.0, "32", "32.0"),
        ("discrete", -32.0, "-32", "-32.0"),
        ("discrete", 0.0, "0", "0.0"),
        ("discrete", 0.5, "0.5", "0.5"),
        ("discrete", 1e22, "1e+22", "1e+22"),
        ("categorical", "64,32", "64,32", "64,32"),
        ("categorical", "", "", ""),
        ("categorical", "1.0", "1.0", "1.0"),
    ],
)
def test_a_value_as_text(kind, value, text, with_floats):
    axis = Axis("a", kind)

    assert (text_of(axis, value), text_of(axis, value, floats=True)) == (text, with_floats)


def test_parameters_are_appended_each_as_one_word_those_below_others_after_them():
    study = vertex_study(vertex_record().body)
    expected = ("--lr=0.0005", "--layers=2", "--width=8", "--bs=32.5", "--x=1.0", "--opt=sgd", "--momentum=0.9")

    assert appended(study, dict(reversed(PARAMS.items()))) == expected
    assert appended(study, {"opt": "adam", "lr": 0.1}) == ("--lr=0.1", "--opt=adam")


def test_a_trial_of_ml_engine_is_a_job_with_its_parameters_and_an_output_folder_of_its_own():
    record = ml_record(**{f"{H}.hyperparameterMetricTag": "accuracy"})
    child = ml_trials.child_of(record, "p", trial(3, params=ML_PARAMS), floats=True)
    work = ml_trials.SERVICE.work(child, "p")

    assert child.name == "projects/p/trials/tune_1-3"
    words = ("--lr", "0.1", "--lr=0.0005", "--layers=2", "--bs=32.0", "--opt=sgd")
    assert work.args == (*words, "--job-dir", "gs://bkt/out/3")
    assert work.job_dir == "gs://bkt/out/3"
    env = work.env
    assert (env["CLOUD_ML_JOB_ID"], env["CLOUD_ML_TRIAL_ID"], env["CLOUD_ML_HP_METRIC_TAG"]) == (
        "tune_1",
        "3",
        "accuracy",
    )
    assert json.loads(env["TF_CONFIG"])["task"] == {"type": "master", "index": 0, "trial": "3"}
    assert "hyperparameters" in json.loads(env["CLOUD_ML_JOB"])


def test_a_trial_of_ml_engine_without_a_job_dir_is_given_none():
    record = ml_record()
    body = {"trainingInput": {name: one for name, one in record.body["trainingInput"].items() if name != "jobDir"}}
    record = Record(record.collection, record.job_id, body, MICRO, MICRO)
    work = ml_trials.SERVICE.work(ml_trials.child_of(record, "p", trial(3, params=ML_PARAMS)), "p")

    assert work.args[-1] == "--opt=sgd"
    assert work.job_dir is None


def test_the_parameters_of_a_container_follow_its_own_arguments():
    master = {"imageUri": "i", "containerCommand": ["python"], "containerArgs": ["-u"]}
    record = ml_record(**{"trainingInput.masterConfig": master})
    work = ml_trials.SERVICE.work(ml_trials.child_of(record, "p", trial(3, params={"bs": 16.0})), "p")

    assert (work.command, work.args) == (("python",), ("-u", "--bs=16", "--job-dir", "gs://bkt/out/3"))


def test_a_trial_of_vertex_is_an_ordinary_custom_job():
    child = vertex_trials.child_of(vertex_record(), "p", trial(3))
    work = vertex_service.SERVICE.work(child, "p")

    assert child.collection == f"{REGION}/customJobs"
    assert (child.display, child.labels) == ("digits-trial-3", {"sweep": "digits-1"})
    assert work.args[:3] == ("--lr", "0.1", "--lr=0.0005")
    assert work.args[-1] == "--momentum=0.9"
    env = work.env
    assert (env["CLOUD_ML_JOB_ID"], env["CLOUD_ML_TRIAL_ID"], env["CLOUD_ML_HP_METRIC_TAG"]) == (
        child.job_id,
        "3",
        "accuracy",
    )
    assert env["AIP_MODEL_DIR"] == "gs://bkt/out/3/model/"
    assert json.loads(env["TF_CONFIG"])["task"]["trial"] == "3"
    assert json.loads(env["CLUSTER_SPEC"])["task"]["trial"] == "3"
    shown = show_job(child)
    assert "trial" not in shown
    read_message(load("aiplatform"), root_of("aiplatform"), shown, root="custom_job")


def test_a_trials_name_is_not_longer_than_a_name_may_be():
    child = vertex_trials.child_of(vertex_record(display="é" * 128), "p", trial(12))

    assert len(child.display) == 128
    assert child.display.endswith("-trial-12")


def test_trials_of_ml_engine_are_shown_by_id_while_the_job_runs():
    trials = [
        trial(1, TrialState.SUCCEEDED, 0.25, params=ML_PARAMS, started=3 * MICRO, ended=9 * MICRO),
        trial(2, TrialState.SUCCEEDED, 0.75, params=ML_PARAMS, stopped_early=True),
        trial(3, TrialState.ACTIVE, params=ML_PARAMS),
        trial(4, TrialState.REQUESTED, params=ML_PARAMS),
        trial(5, TrialState.INFEASIBLE, params=ML_PARAMS, reason="it failed"),
        trial(6, TrialState.INFEASIBLE, params=ML_PARAMS),
    ]
    phases = {"child-3": Phase.PREPARING, "child-5": Phase.FAILED, "child-6": Phase.CANCELLED}
    shown = show_output(ml_record(), trials, phases)

    assert shown["trials"][0] == {
        "trialId": "1",
        "hyperparameters": {"lr": "0.0005", "layers": "2", "bs": "32", "opt": "sgd"},
        "state": "SUCCEEDED",
        "startTime": "1970-01-01T00:00:03Z",
        "endTime": "1970-01-01T00:00:09Z",
        "finalMetric": {"trainingStep": "3", "objectiveValue": 0.25},
    }
    assert [(one["trialId"], one["state"]) for one in shown["trials"]] == [
        ("1", "SUCCEEDED"),
        ("2", "SUCCEEDED"),
        ("3", "PREPARING"),
        ("4", "QUEUED"),
        ("5", "FAILED"),
        ("6", "CANCELLED"),
    ]
    assert shown["trials"][1]["isTrialStoppedEarly"] is True
    assert (shown["completedTrialCount"], shown["isHyperparameterTuningJob"]) == ("2", True)
    assert shown["hyperparameterMetricTag"] == "training/hptuning/metric"
    read_message(load("ml"), root_of("ml"), {"trainingOutput": shown}, root="job")


@pytest.mark.parametrize(("goal", "order"), [("MAXIMIZE", "42135"), ("MINIMIZE", "31245")])
def test_trials_of_ml_engine_are_shown_best_first_at_the_end(goal, order):
    values = {1: 0.25, 2: 0.5, 3: -1.0, 4: 0.75, 5: None}
    trials = [trial(n, TrialState.SUCCEEDED, value, params=ML_PARAMS) for n, value in values.items()]
    shown = show_output(ml_record(Phase.SUCCEEDED, **{f"{H}.goal": goal}), trials, {})

    assert "".join(one["trialId"] for one in shown["trials"]) == order


def test_what_an_earlier_job_has_tried_is_not_shown_as_this_ones():
    trials = [trial(1, TrialState.SUCCEEDED, 1.0, params=ML_PARAMS, earlier=True), trial(2, params=ML_PARAMS)]
    shown = show_output(ml_record(), trials, {})

    assert [one["trialId"] for one in shown["trials"]] == ["2"]
    assert shown["completedTrialCount"] == "0"


def test_numbers_that_are_zero_or_not_finite_are_what_googles_json_makes_of_them():
    shown = [
        show_output(ml_record(), [trial(1, TrialState.SUCCEEDED, value, params=ML_PARAMS, step=0)], {})["trials"][0]
        for value in (0.0, float("nan"), float("-inf"))
    ]

    assert [one["finalMetric"] for one in shown] == [{}, {"objectiveValue": "NaN"}, {"objectiveValue": "-Infinity"}]
    (found,) = show_tuning_job(vertex_record(), [trial(1, TrialState.SUCCEEDED, 0.0, step=0)])["trials"]
    assert found["finalMeasurement"] == {"elapsedDuration": "12.5s", "metrics": [{"metricId": "accuracy"}]}


def test_discrete_values_are_shown_as_they_were_passed():
    trials = [trial(1, params=ML_PARAMS)]

    assert show_output(ml_record(), trials, {}, floats=True)["trials"][0]["hyperparameters"]["bs"] == "32.0"
    shown = show_tuning_job(vertex_record(), [trial(1, params={"bs": 16.0})], floats=True)["trials"]
    assert json.dumps(shown[0]["parameters"]) == '[{"parameterId": "bs", "value": 16.0}]'


def test_trials_of_vertex_are_shown_as_documented():
    measured = (Measurement(1, 2.0, {"accuracy": 0.5}), Measurement(2, 4.0, {"other": 1.0}))
    times = {"started": 3 * MICRO, "ended": 9 * MICRO}
    trials = [
        trial(1, TrialState.SUCCEEDED, 0.25, measurements=measured, **times),
        trial(2, TrialState.INFEASIBLE, params={"layers": 1, "bs": 16.0, "opt": "adam"}, reason="it failed"),
        trial(3, TrialState.STOPPING),
    ]
    shown = show_tuning_job(vertex_record(), trials)

    first, second, third = shown["trials"]
    assert first == {
        "id": "1",
        "state": "SUCCEEDED",
        "parameters": [
            {"parameterId": "lr", "value": 0.0005},
            {"parameterId": "layers", "value": 2},
            {"parameterId": "width", "value": 8},
            {"parameterId": "bs", "value": 32.5},
            {"parameterId": "x", "value": 1},
            {"parameterId": "opt", "value": "sgd"},
            {"parameterId": "momentum", "value": 0.9},
        ],
        "finalMeasurement": {
            "stepCount": "3",
            "elapsedDuration": "12.5s",
            "metrics": [{"metricId": "accuracy", "value": 0.25}],
        },
        "measurements": [
            {"stepCount": "1", "elapsedDuration": "2s", "metrics": [{"metricId": "accuracy", "value": 0.5}]}
        ],
        "startTime": "1970-01-01T00:00:03.000000Z",
        "endTime": "1970-01-01T00:00:09.000000Z",
        "customJob": "child-1",
    }
    assert (second["state"], second["infeasibleReason"]) == ("INFEASIBLE", "it failed")
    assert [one["parameterId"] for one in second["parameters"]] == ["layers", "bs", "opt"]
    assert third["state"] == "STOPPING"
    assert (shown["state"], shown["displayName"]) == ("JOB_STATE_RUNNING", "digits")
    read_message(load("aiplatform"), TUNING_JOB, shown, root=ROOT)


def test_a_tuning_job_without_trials_has_no_list_of_them():
    assert "trials" not in show_tuning_job(vertex_record(), [])
    assert "trials" not in show_output(ml_record(), [], {})


def test_the_sdks_get_numbers_for_the_words_of_a_tuning_job():
    changes = {"studySpec.algorithm": "RANDOM_SEARCH", "studySpec.metrics.0.goal": "MINIMIZE"}
    shown = show_tuning_job(vertex_record(**changes), [trial(1, TrialState.INFEASIBLE)])
    numbered = with_numbers(load("aiplatform"), TUNING_JOB, shown)

    assert numbered["studySpec"]["algorithm"] == 3
    assert numbered["studySpec"]["metrics"][0]["goal"] == 2
    assert numbered["studySpec"]["parameters"][0]["scaleType"] == 2
    assert (numbered["trials"][0]["state"], numbered["state"]) == (5, 3)


def test_a_study_in_numbers_is_one_in_words():
    changes = {"studySpec.algorithm": 2, "studySpec.metrics.0.goal": 1, f"{P}.0.scaleType": 3}
    found = vertex_study(vertex_record(**changes).body)

    assert (found.algorithm, found.maximize, found.axes[0].scale) == ("grid", True, "reverse_log")


def test_messages_have_the_names_of_their_definitions():
    prefix = "GoogleCloudAiplatformV1"
    condition = "StudySpecParameterSpecConditionalParameterSpecIntValueCondition"

    assert proto_of(f"{prefix}{condition}") == (
        "google.cloud.aiplatform.v1.StudySpec.ParameterSpec.ConditionalParameterSpec.IntValueCondition"
    )
    assert proto_of(f"{prefix}TrialParameter") == "google.cloud.aiplatform.v1.Trial.Parameter"
    assert proto_of(TUNING_JOB) == "google.cloud.aiplatform.v1.HyperparameterTuningJob"


def test_an_ml_job_shows_its_output_and_what_it_consumed():
    record = ml_record()

    assert show_ml_job(record, show_output(record, [], {}))["trainingOutput"]["completedTrialCount"] == "0"
