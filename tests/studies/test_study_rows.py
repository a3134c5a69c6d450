"""What the services answer about trials, in our words."""

import math

import pytest

from sweeper.model import Measurement, Reason, State
from sweeper.studies.mlengine import MLEngineStudies
from sweeper.studies.vertex import VertexStudies

HANDLE = "projects/1/locations/us-central1/hyperparameterTuningJobs/2"
FOLDER = "gs://b/p/s/s-1/trials"
WHEN, LATER = "2026-01-02T03:04:05Z", "2026-01-02T03:05:05Z"
STARTED = 1767323045.0


def ml_job(*trials, state="RUNNING", **output):
    given = {"jobDir": FOLDER, "hyperparameters": {"hyperparameterMetricTag": "accuracy"}}
    return {
        "jobId": "s__study__1",
        "state": state,
        "trainingInput": given,
        "trainingOutput": {"trials": trials, **output},
    }


def ml(*trials, **more):
    service = MLEngineStudies(None, project="proj", region="r", settings=None)
    job = ml_job(*trials, **more)
    return service.trials(job, service.row(job))


def vertex_job(*trials, state="RUNNING"):
    spec = {"baseOutputDirectory": {"outputUriPrefix": FOLDER}, "scheduling": {"timeout": "60s"}}
    return {"name": HANDLE, "state": f"JOB_STATE_{state}", "trialJobSpec": spec, "trials": trials}


def vertex(*trials, service=None, **more):
    service = service or VertexStudies(None, project="proj", region="r", settings=None)
    job = vertex_job(*trials, **more)
    return service.trials(job, service.row(job))


def final(value=0.5, step="3", metric="accuracy"):
    return {"stepCount": step, "metrics": [{"metricId": metric, "value": value}]}


def test_a_trial_of_ml_engine():
    [trial] = ml(
        {
            "trialId": "7",
            "hyperparameters": {"lr": "0.1", "layers": "5"},
            "state": "SUCCEEDED",
            "startTime": WHEN,
            "endTime": LATER,
            "finalMetric": {"trainingStep": "30", "objectiveValue": 0.5},
        },
        hyperparameterMetricTag="accuracy",
    )
    assert (trial.number, trial.handle) == (7, "projects/proj/jobs/s__study__1/trials/7")
    assert trial.params == {"lr": "0.1", "layers": "5"}
    assert (trial.seen.state, trial.seen.reason) == (State.SUCCEEDED, Reason.NONE)
    assert (trial.seen.started, trial.seen.ended) == (STARTED, STARTED + 60)
    assert trial.seen.measurements == (Measurement("accuracy", 0.5, 30, STARTED + 60),)


@pytest.mark.parametrize(
    ("word", "study", "state", "reason"),
    [
        ("QUEUED", "RUNNING", State.QUEUED, Reason.NONE),
        ("PREPARING", "RUNNING", State.QUEUED, Reason.NONE),
        ("RUNNING", "RUNNING", State.RUNNING, Reason.NONE),
        ("CANCELLING", "RUNNING", State.RUNNING, Reason.NONE),
        ("SOMETHING_NEW", "RUNNING", State.RUNNING, Reason.NONE),
        ("FAILED", "RUNNING", State.FAILED, Reason.CODE),
        ("CANCELLED", "CANCELLED", State.CANCELLED, Reason.USER),
        ("RUNNING", "CANCELLED", State.CANCELLED, Reason.USER),
        ("FAILED", "CANCELLED", State.FAILED, Reason.CODE),
        ("SUCCEEDED", "CANCELLED", State.SUCCEEDED, Reason.NONE),
    ],
)
def test_states_of_ml_engines_trials(word, study, state, reason):
    [trial] = ml({"trialId": "1", "state": word}, state=study)
    assert (trial.seen.state, trial.seen.reason) == (state, reason)


def test_trials_are_in_the_order_of_their_numbers_though_the_service_sorts_them_best_first():
    assert [one.number for one in ml(*({"trialId": n} for n in ("10", "2", "1")))] == [1, 2, 10]
    assert [one.number for one in vertex(*({"id": n} for n in ("10", "2", "1")))] == [1, 2, 10]


def test_ml_engine_says_which_trial_it_has_stopped_early():
    [trial] = ml({"trialId": "1", "state": "SUCCEEDED", "isTrialStoppedEarly": True, "finalMetric": {}})
    assert trial.seen.reason is Reason.STOPPED_EARLY


def test_zeros_that_are_left_out_of_an_answer_are_zeros():
    [trial] = ml({"trialId": "1", "state": "SUCCEEDED", "finalMetric": {}})
    assert trial.seen.measurements == (Measurement("accuracy", 0.0, 0),)
    [trial] = vertex({"id": "1", "state": "SUCCEEDED", "finalMeasurement": {"metrics": [{"metricId": "accuracy"}]}})
    assert trial.seen.measurements == (Measurement("accuracy", 0.0, 0),)


def test_numbers_that_are_none():
    [trial] = ml({"trialId": "1", "state": "SUCCEEDED", "finalMetric": {"objectiveValue": "NaN"}})
    assert math.isnan(trial.seen.measurements[0].value)
    [trial] = vertex({"id": "1", "state": "SUCCEEDED", "finalMeasurement": final("-Infinity")})
    assert trial.seen.measurements[0].value == -math.inf


def test_a_trial_of_vertex():
    [trial] = vertex(
        {
            "id": "3",
            "state": "SUCCEEDED",
            "parameters": [{"parameterId": "lr", "value": 0.1}, {"parameterId": "opt", "value": "adam"}],
            "measurements": [final(0.4, "1"), final(0.5, "2")],
            "finalMeasurement": final(0.4, "1"),
            "startTime": WHEN,
            "endTime": LATER,
        }
    )
    assert (trial.number, trial.handle) == (3, f"{HANDLE}/trials/3")
    assert trial.params == {"lr": 0.1, "opt": "adam"}
    assert (trial.seen.started, trial.seen.ended) == (STARTED, STARTED + 60)
    assert [(one.value, one.step) for one in trial.seen.measurements] == [(0.4, 1), (0.5, 2), (0.4, 1)]


@pytest.mark.parametrize(
    ("word", "why", "study", "state", "reason"),
    [
        ("REQUESTED", "", "RUNNING", State.QUEUED, Reason.NONE),
        ("ACTIVE", "", "RUNNING", State.RUNNING, Reason.NONE),
        ("STOPPING", "", "RUNNING", State.RUNNING, Reason.NONE),
        ("STATE_UNSPECIFIED", "", "RUNNING", State.RUNNING, Reason.NONE),
        ("INFEASIBLE", "it has not reported accuracy", "RUNNING", State.FAILED, Reason.CODE),
        ("INFEASIBLE", "The replica ran out of memory.", "RUNNING", State.FAILED, Reason.OOM),
        ("INFEASIBLE", "", "SUCCEEDED", State.FAILED, Reason.CODE),
        ("ACTIVE", "", "CANCELLED", State.CANCELLED, Reason.USER),
        ("STOPPING", "", "CANCELLED", State.CANCELLED, Reason.USER),
        ("INFEASIBLE", "The trial was cancelled.", "CANCELLED", State.CANCELLED, Reason.USER),
        ("INFEASIBLE", "The trial was cancelled.", "CANCELLING", State.CANCELLED, Reason.USER),
        ("INFEASIBLE", "it has not reported accuracy", "CANCELLED", State.FAILED, Reason.CODE),
        ("SUCCEEDED", "", "CANCELLED", State.SUCCEEDED, Reason.NONE),
    ],
)
def test_states_of_vertex_trials(word, why, study, state, reason):
    [trial] = vertex({"id": "1", "state": word, "infeasibleReason": why}, state=study)
    assert (trial.seen.state, trial.seen.reason) == (state, reason)


def test_why_a_trial_is_infeasible_is_told():
    [trial] = vertex({"id": "1", "state": "INFEASIBLE", "infeasibleReason": "it has not reported accuracy"})
    assert trial.seen.note == "it has not reported accuracy"


def test_a_trial_that_vertex_was_seen_to_stop_has_been_stopped_early():
    service = VertexStudies(None, project="proj", region="r", settings=None)
    vertex({"id": "1", "state": "STOPPING"}, {"id": "2", "state": "ACTIVE"}, service=service)
    one, two = vertex({"id": "1", "state": "SUCCEEDED"}, {"id": "2", "state": "SUCCEEDED"}, service=service)
    assert (one.seen.reason, two.seen.reason) == (Reason.STOPPED_EARLY, Reason.NONE)


def test_a_study_that_is_cancelled_stops_nothing_early():
    service = VertexStudies(None, project="proj", region="r", settings=None)
    vertex({"id": "1", "state": "STOPPING"}, service=service, state="CANCELLING")
    [trial] = vertex({"id": "1", "state": "SUCCEEDED"}, service=service, state="CANCELLED")
    assert trial.seen.reason is Reason.NONE


def test_the_limits_of_a_trial_are_not_taken_for_those_of_the_study():
    service = VertexStudies(None, project="proj", region="r", settings=None)
    assert service.row(vertex_job()).limit is None
