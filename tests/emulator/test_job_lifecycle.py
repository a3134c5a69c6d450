"""What becomes of a job of either service: a table of what the runner reports and what the service then shows."""

import pytest

from sweeper.emulator.aiplatform import service as vertex
from sweeper.emulator.aiplatform.view import show_job as show_custom_job
from sweeper.emulator.jobs.lifecycle import RESTARTS, advance, ask_to_cancel
from sweeper.emulator.jobs.record import ENDED, Record
from sweeper.emulator.ml import service as ml
from sweeper.emulator.ml.view import show_job
from sweeper.emulator.runner.work import NO_QUOTA, Event

CREATED = 1_779_062_400  # 2026-05-18T00:00:00Z


def ml_job(**fields):
    body = {"trainingInput": {"region": "us-central1", "pythonModule": "t", **fields}}
    return Record("projects/p/jobs", "j", body, CREATED * 10**6, CREATED * 10**6)


def custom_job(**scheduling):
    spec = {"workerPoolSpecs": [{"pythonPackageSpec": {"pythonModule": "t"}}], "scheduling": scheduling}
    collection = "projects/123/locations/us-central1/customJobs"
    return Record(collection, "456", {"jobSpec": spec}, CREATED * 10**6, CREATED * 10**6, display="d")


def lived(record, *events):
    """The job after events, each a state or a pair of a state and more; ``ask`` is its owner's cancel."""
    service = ml.SERVICE if record.collection.endswith("/jobs") else vertex.SERVICE
    for second, event in enumerate(events, 1):
        state, more = event if isinstance(event, tuple) else (event, {})
        if state == "ask":
            record = ask_to_cancel(record, (CREATED + second) * 10**6)
        else:
            record = advance(record, Event(record.name, state, CREATED + second, **more), service)
    return record


def failed(code=None, message="", **more):
    return ("failed", {"code": code, "message": message, **more})


ML = [
    # events -> state, start, end, error
    ([], "QUEUED", None, None, None),
    (["preparing"], "PREPARING", None, None, None),
    (["preparing", "running"], "RUNNING", 2, None, None),
    (["running"], "RUNNING", 1, None, None),
    (["preparing", "running", "succeeded"], "SUCCEEDED", 2, 3, None),
    (
        ["running", failed(1)],
        "FAILED",
        1,
        2,
        "The replica master 0 exited with a non-zero status of 1. Termination reason: Error.",
    ),
    (
        ["running", failed(2, "Traceback\nx: y")],
        "FAILED",
        1,
        2,
        "The replica master 0 exited with a non-zero status of 2. Termination reason: Error. \nTraceback\nx: y",
    ),
    (
        ["running", failed(137)],
        "FAILED",
        1,
        2,
        "The replica master 0 ran out-of-memory and exited with a non-zero status of 9(SIGKILL).",
    ),
    (
        ["preparing", failed(None, "the packages could not be installed")],
        "FAILED",
        None,
        2,
        "the packages could not be installed",
    ),
    (["preparing", failed(None, NO_QUOTA, quota=True)], "FAILED", None, 2, NO_QUOTA),
    # a time limit cancels
    (["running", "timeout"], "CANCELLED", 1, 2, "The job exceeded its maximum running time of 60s."),
    (["ask"], "CANCELLING", None, None, None),
    (["ask", "cancelled"], "CANCELLED", None, 2, None),
    (["running", "ask", "cancelled"], "CANCELLED", 1, 3, None),
    (["ask", "ask"], "CANCELLING", None, None, None),
    # what ends while it is being cancelled is cancelled
    (["running", "ask", "succeeded"], "CANCELLED", 1, 3, None),
    (["running", "ask", failed(1)], "CANCELLED", 1, 3, None),
    (["preparing", "ask", "running"], "CANCELLING", 3, None, None),
    # the end is never left
    (["running", "succeeded", failed(1)], "SUCCEEDED", 1, 2, None),
    (["ask", "cancelled", "running", "succeeded"], "CANCELLED", None, 2, None),
    # the second life of a job, after a restart of the emulator: it has begun once
    (["running", "preparing", "running"], "RUNNING", 1, None, None),
    # a machine that is lost: it begins again, but not for ever
    (["running", "preempted"], "PREPARING", 1, None, None),
    (["running", "preempted", "preparing", "running"], "RUNNING", 1, None, None),
    (["running", "preempted", "running", "succeeded"], "SUCCEEDED", 1, 4, None),
    (
        ["running", *["preempted"] * (RESTARTS + 1)],
        "FAILED",
        1,
        RESTARTS + 2,
        "The replica master 0 was preempted too often.",
    ),
    (["running", "ask", "preempted"], "CANCELLED", 1, 3, None),
]


@pytest.mark.parametrize(("events", "state", "started", "ended", "error"), ML)
def test_ml_engine_shows(events, state, started, ended, error):
    shown = show_job(lived(ml_job(scheduling={"maxRunningTime": "60s"}), *events))

    assert shown["state"] == state
    assert shown["createTime"] == "2026-05-18T00:00:00Z"
    assert shown.get("startTime") == (started and f"2026-05-18T00:00:0{started}Z")
    assert shown.get("endTime") == (ended and f"2026-05-18T00:00:0{ended}Z")
    assert shown.get("errorMessage") == error


LOGS = (
    " To find out more about why your job exited please check the logs: "
    "https://console.cloud.google.com/logs/viewer?project=123&resource=ml_job%2Fjob_id%2F456"
)
CANCELED = {"code": 1, "message": "CANCELED"}
VERTEX = [
    ({}, [], "PENDING", None, None, None),
    ({}, ["preparing"], "PENDING", None, None, None),
    ({}, ["preparing", "running"], "RUNNING", 2, None, None),
    ({}, ["preparing", "running", "succeeded"], "SUCCEEDED", 2, 3, None),
    (
        {},
        ["running", failed(1)],
        "FAILED",
        1,
        2,
        {
            "code": 3,
            "message": "The replica workerpool0-0 exited with a non-zero status of 1. Termination reason: Error."
            + LOGS,
        },
    ),
    (
        {},
        ["running", failed(137)],
        "FAILED",
        1,
        2,
        {
            "code": 3,
            "message": "The replica workerpool0-0 ran out of memory and exited with a non-zero status of 137." + LOGS,
        },
    ),
    ({}, ["preparing", failed(None, NO_QUOTA, quota=True)], "FAILED", None, 2, {"code": 8, "message": NO_QUOTA}),
    (
        {"timeout": "60s"},
        ["running", "timeout"],
        "FAILED",
        1,
        2,
        {"code": 4, "message": "The job exceeded its maximum running time of 60s."},
    ),
    ({}, ["ask"], "CANCELLING", None, None, None),
    ({}, ["running", "ask", "cancelled"], "CANCELLED", 1, 3, CANCELED),
    # a job that is being cancelled may still end by itself
    ({}, ["running", "ask", "succeeded"], "SUCCEEDED", 1, 3, None),
    ({}, ["running", "ask", "preempted"], "CANCELLED", 1, 3, CANCELED),
    (
        {"strategy": "SPOT"},
        ["running", "preempted"],
        "FAILED",
        1,
        2,
        {
            "code": 14,
            "message": "The replica workerpool0-0 was preempted: its Spot VM was reclaimed by Compute Engine.",
        },
    ),
    ({"restartJobOnWorkerRestart": True}, ["running", "preempted"], "PENDING", 1, None, None),
    ({"restartJobOnWorkerRestart": True}, ["running", "preempted", "running", "succeeded"], "SUCCEEDED", 1, 4, None),
    ({"restartJobOnWorkerRestart": True}, ["running", "ask", "preempted"], "CANCELLED", 1, 3, CANCELED),
]


@pytest.mark.parametrize(("scheduling", "events", "state", "started", "ended", "error"), VERTEX)
def test_vertex_shows(scheduling, events, state, started, ended, error):
    shown = show_custom_job(lived(custom_job(**scheduling), *events))

    assert shown["state"] == f"JOB_STATE_{state}"
    assert shown["createTime"] == "2026-05-18T00:00:00.000000Z"
    assert shown.get("startTime") == (started and f"2026-05-18T00:00:0{started}.000000Z")
    assert shown.get("endTime") == (ended and f"2026-05-18T00:00:0{ended}.000000Z")
    assert shown.get("error") == error


@pytest.mark.parametrize("make", [ml_job, custom_job])
@pytest.mark.parametrize("event", ["preparing", "running", "succeeded", failed(1), "cancelled", "timeout", "preempted"])
@pytest.mark.parametrize("end", ["succeeded", failed(1), "cancelled", "timeout"])
def test_no_event_moves_a_job_that_has_ended(make, end, event):
    ended = lived(make(), "running", end)

    assert ended.phase in ENDED
    assert lived(ended, event) is ended


def test_every_change_gives_a_job_another_etag():
    shown = [show_job(lived(ml_job(), *["preparing", "running", "succeeded"][:n]))["etag"] for n in range(4)]
    assert len(set(shown)) == 4
