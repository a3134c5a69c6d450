"""What the services say about a job, in our states and reasons."""

import pytest

from sweeper.backends.cloud.outcome import exit_code, observation
from sweeper.backends.mlengine import rows as ml
from sweeper.backends.vertex import rows as vertex
from sweeper.model import Observation, Reason, State
from sweeper.states import FINAL

START, END = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00.5Z"
BEGAN, ENDED = 1767225600.0, 1767225660.5


def of_ml(state, message="", started=START, asked=None, **given):
    job = {"jobId": "j", "state": state, "createTime": START, "errorMessage": message, "trainingInput": given}
    job |= {"startTime": started} if started else {}
    job |= {"endTime": END} if ml.STATES.get(state) in FINAL else {}
    return observation(ml.row("p", job), asked)


def of_vertex(state, message="", code=None, asked=None, scheduling=None):
    word = f"JOB_STATE_{state}"
    job = {"name": "projects/1/locations/r/customJobs/2", "state": word, "createTime": START, "startTime": START}
    job |= {"endTime": END} if vertex.STATES.get(word) in FINAL else {}
    job |= {"error": {"code": code, "message": message}} if message or code else {}
    job |= {"jobSpec": {"scheduling": scheduling or {}}}
    return observation(vertex.row(job), asked)


ML_STATES = [
    ("QUEUED", State.QUEUED),
    ("PREPARING", State.QUEUED),
    ("RUNNING", State.RUNNING),
    ("CANCELLING", State.RUNNING),
    ("SUCCEEDED", State.SUCCEEDED),
    ("FAILED", State.FAILED),
    ("CANCELLED", State.CANCELLED),
]
VERTEX_STATES = [
    ("QUEUED", State.QUEUED),
    ("PENDING", State.QUEUED),
    ("RUNNING", State.RUNNING),
    ("CANCELLING", State.RUNNING),
    ("UPDATING", State.RUNNING),
    ("PAUSED", State.RUNNING),
    ("SUCCEEDED", State.SUCCEEDED),
    ("FAILED", State.FAILED),
    ("EXPIRED", State.FAILED),
    ("PARTIALLY_SUCCEEDED", State.FAILED),
    ("CANCELLED", State.CANCELLED),
]


@pytest.mark.parametrize(("word", "state"), ML_STATES)
def test_words_of_ml_engine(word, state):
    assert of_ml(word).state is state


@pytest.mark.parametrize(("word", "state"), VERTEX_STATES)
def test_words_of_vertex(word, state):
    assert of_vertex(word).state is state


def test_the_tables_hold_every_word_of_the_services():
    assert len(ML_STATES) == len(ml.STATES) == 7
    assert len(VERTEX_STATES) == len(vertex.STATES) == 11


@pytest.mark.parametrize("word", ["STATE_UNSPECIFIED", "HIBERNATING", "", None])
def test_a_word_that_is_not_known_is_no_news(word):
    assert of_ml(word) is None
    assert of_vertex(word) is None


def test_success_has_the_services_times():
    assert of_ml("SUCCEEDED") == Observation(State.SUCCEEDED, code=0, started=BEGAN, ended=ENDED)
    assert of_vertex("SUCCEEDED") == Observation(State.SUCCEEDED, code=0, started=BEGAN, ended=ENDED)


QUOTA = (
    "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_cpus,"
    "aiplatform.googleapis.com/custom_model_training_nvidia_t4_gpus"
)
ML_QUOTA = "Quota failure for project P. The request for 2 K80 accelerators exceeds the allowed maximum of 0 K80"
MORE = " To find out more about why your job exited please check the logs: https://console"
FAILURES = [
    # what the service says, its error code on Vertex, the reason, the exit code, the note's beginning
    ("The replica workerpool0-0 exited with a non-zero status of 1." + MORE, 3, Reason.CODE, 1, "The replica"),
    ("The replica master 0 exited with a non-zero status of 3. \nValueError: x", 3, Reason.CODE, 3, "ValueError: x"),
    ("x exited with a non-zero status of 1. \nkeys\nout of quota exceeded", 3, Reason.CODE, 1, "out of quota"),
    ("The replica w ran out-of-memory and exited with a non-zero status of 137(SIGKILL).", 3, Reason.OOM, -9, "The"),
    ("The replica w ran out-of-memory and exited with a non-zero status of 9(SIGKILL).", 3, Reason.OOM, -9, "The"),
    ("The replica w exited with a non-zero status of 137.", 3, Reason.OOM, -9, "The"),
    ("Replicas low on memory: workerpool0.", 8, Reason.OOM, None, "Replicas"),
    ("x exited with a non-zero status of 1. \nOutOfMemoryError: CUDA out of memory", 3, Reason.OOM, 1, "OutOf"),
    ("x exited with a non-zero status of 1. \nMemoryError: too many rows", 3, Reason.OOM, 1, "MemoryError"),
    ("The replica w exited with a non-zero status of 139.", 3, Reason.CODE, -11, "The"),
    ("The replica w exited with a non-zero status of 143.", 3, Reason.STOPPED, -15, "The"),
    (QUOTA, 8, Reason.QUOTA, None, "The following"),
    (ML_QUOTA, None, Reason.QUOTA, None, "Quota failure"),
    ("Resources are insufficient in region: us-central1. Try another.", 8, Reason.QUOTA, None, "Resources"),
    ("no words that are known", 8, Reason.QUOTA, None, "no words"),
    ("The spot VM was preempted.", 14, Reason.PREEMPTED, None, "The spot"),
    ("Internal error occurred for the current attempt.", 13, Reason.STOPPED, None, "Internal"),
    ("The service is unavailable.", 14, Reason.STOPPED, None, "The service"),
    ("Job timed out.", 4, Reason.TIMEOUT, None, "Job timed"),
    ("The job exceeded its maximum running time.", None, Reason.TIMEOUT, None, "The job"),
    ("User does not have bigquery permission", 7, Reason.CODE, None, "User"),
    ("", None, Reason.CODE, None, "the service does not say why"),
]


@pytest.mark.parametrize(("message", "error", "reason", "code", "note"), FAILURES)
def test_why_a_job_failed(message, error, reason, code, note):
    for seen in (of_vertex("FAILED", message, error), *([of_ml("FAILED", message)] if error in (3, None) else [])):
        assert (seen.state, seen.reason, seen.code) == (State.FAILED, reason, code)
        assert seen.note.startswith(note)
        assert MORE not in seen.note


def test_a_job_that_was_cancelled_is_what_it_was_cancelled_for():
    for of in (of_ml, of_vertex):
        assert of("CANCELLED").state is State.CANCELLED
        assert of("CANCELLED").reason is Reason.USER
        assert of("CANCELLED", asked=Reason.STOPPED_EARLY).state is State.SUCCEEDED
        assert of("CANCELLED", asked=Reason.TIMEOUT).state is State.FAILED
        assert of("CANCELLED", asked=Reason.DIVERGED).state is State.FAILED
        assert of("CANCELLED", asked=Reason.STALLED).reason is Reason.STALLED
        assert of("SUCCEEDED", asked=Reason.USER).state is State.SUCCEEDED


def test_a_job_that_the_service_cancelled_at_its_limit_has_failed():
    limit = of_ml("CANCELLED", scheduling={"maxRunningTime": "60s"})
    assert (limit.state, limit.reason) == (State.FAILED, Reason.TIMEOUT)
    assert limit.note
    assert of_ml("CANCELLED", scheduling={"maxRunningTime": "61s"}).state is State.CANCELLED
    waited = of_ml("CANCELLED", started=None, scheduling={"maxWaitTime": "60s"})
    assert (waited.state, waited.reason, waited.started) == (State.FAILED, Reason.TIMEOUT, None)
    assert of_vertex("CANCELLED", scheduling={"timeout": "60s"}).reason is Reason.TIMEOUT
    assert of_vertex("EXPIRED").reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("message", "code"),
    [("non-zero status of 0", 0), ("status of 1", None), ("non-zero status of 255.", 255), ("", None)],
)
def test_exit_codes_in_messages(message, code):
    assert exit_code(message) == code


def test_a_job_without_labels_is_nobodys():
    found = ml.row("p", {"jobId": "other", "labels": {"sweeper-attempt": "x"}})
    assert (found.sweep, found.attempt, found.state) == ("", 0, None)
    assert vertex.row({}).key == ("", "", 0)
