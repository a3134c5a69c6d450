"""A create leaves once, whatever happens to it, and questions are asked again."""

from __future__ import annotations

import threading
import time

import httplib2
import pytest

from sweeper.google.failures import CallFailed, Kind
from tests.google.google_lab import CUT, Reply, Waits, error, google_at

BODY = {"displayName": "j", "labels": {"sweep": "s"}, "jobSpec": {}}
TUNING = "projects/1/locations/us-central1/hyperparameterTuningJobs/2"


def test_a_create_whose_reply_is_lost_was_sent_exactly_once(server, google):
    server.then(CUT)
    with pytest.raises(CallFailed) as failed:
        google.custom_create("p", "us-central1", BODY)
    assert failed.value.kind is Kind.UNCERTAIN
    assert server.count("POST") == 1
    assert "look before doing it again" in str(failed.value)


def test_httplib2_itself_would_have_sent_it_twice(server):
    server.then(CUT)
    http = httplib2.Http(timeout=10)
    http.request(f"{server.url}/v1/projects/p/locations/r/customJobs", "POST", body="{}")
    http.close()
    assert server.count("POST") == 2


def test_a_kept_connection_that_the_server_has_closed_meanwhile_is_not_used(server, google):
    server.then(Reply(close=True), Reply(body={"name": "second"}))
    google.custom_create("p", "us-central1", BODY)
    assert server.closed.acquire(timeout=10)
    assert google.custom_create("p", "us-central1", BODY) == {"name": "second"}
    assert server.count("POST") == 2


def test_connections_are_kept(server, google):
    for _ in range(5):
        google.custom_create("p", "us-central1", BODY)
    assert not server.closed.acquire(blocking=False)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize(
    "act",
    [
        lambda google: google.ml_create("p", {"jobId": "a"}),
        lambda google: google.custom_create("p", "us-central1", BODY),
        lambda google: google.ml_cancel("p", "a"),
        lambda google: google.custom_cancel("projects/1/locations/us-central1/customJobs/2", "us-central1"),
        lambda google: google.tuning_create("p", "us-central1", BODY),
        lambda google: google.tuning_cancel(TUNING, "us-central1"),
    ],
    ids=["ml create", "custom create", "ml cancel", "custom cancel", "tuning create", "tuning cancel"],
)
def test_what_acts_is_not_sent_again_after_a(status, act, server, google):
    server.then(Reply(status, b"<html>no</html>"))
    with pytest.raises(CallFailed) as failed:
        act(google)
    assert (failed.value.kind, failed.value.status) == (Kind.UNCERTAIN, status)
    assert len(server.requests) == 1


def test_a_create_that_met_too_high_a_rate_says_when_it_is_welcome(server, google):
    server.then(error(429, "Quota exceeded for quota metric", "RESOURCE_EXHAUSTED") | {"retry-after": "7"})
    with pytest.raises(CallFailed) as failed:
        google.ml_create("p", {"jobId": "a"})
    assert (failed.value.kind, failed.value.retry_after) == (Kind.RATE, 7.0)
    assert "in 7 seconds" in str(failed.value)
    assert len(server.requests) == 1


def test_nobody_there_means_that_nothing_was_done(server):
    google = google_at("http://127.0.0.1:1")
    with pytest.raises(CallFailed) as failed:
        google.custom_create("p", "us-central1", BODY)
    assert failed.value.kind is Kind.UNREACHABLE
    assert "sweeper emulator start" in str(failed.value)


@pytest.mark.parametrize(
    "trouble",
    [Reply(503), Reply(500), Reply(502, b"<html>"), CUT, Reply(200, b"<html>log in</html>"), error(429, "slow", "X")],
)
def test_a_question_is_asked_again_after(trouble, server):
    waits = Waits()
    google = google_at(server.url, waits=waits)
    server.then(trouble, trouble, Reply(body={"jobId": "a"}))
    assert google.ml_get("p", "a") == {"jobId": "a"}
    assert waits == [0.5, 1.0]
    google.close()


def test_a_question_is_not_asked_for_ever(server):
    waits = Waits()
    google = google_at(server.url, waits=waits)
    server.always = lambda request: Reply(503)
    with pytest.raises(CallFailed) as failed:
        google.ml_get("p", "a")
    assert failed.value.kind is Kind.BUSY
    assert (len(server.requests), waits) == (5, [0.5, 1.0, 2.0, 4.0])
    google.close()


def test_retry_after_is_honoured_up_to_a_minute(server):
    waits = Waits()
    google = google_at(server.url, waits=waits)
    slow = error(429, "slow", "RESOURCE_EXHAUSTED")
    server.then(slow | {"Retry-After": "59"}, Reply(body={"jobId": "a"}))
    google.ml_get("p", "a")
    assert 59 <= waits[0] < 60
    server.then(slow | {"Retry-After": "61"})
    with pytest.raises(CallFailed) as failed:
        google.ml_get("p", "a")
    assert failed.value.retry_after == 61.0
    assert len(waits) == 1
    google.close()


def test_a_silent_server_is_not_waited_for_longer_than_the_timeout(server):
    release = threading.Event()
    server.always = lambda request: release.wait(30) and Reply()
    google = google_at(server.url, timeout=0.05)
    began = time.monotonic()
    with pytest.raises(CallFailed) as failed:
        google.custom_create("p", "us-central1", BODY)
    release.set()
    assert failed.value.kind is Kind.UNCERTAIN
    assert time.monotonic() - began < 10
    assert server.count("POST") == 1
    google.close()


def test_thirty_two_threads_share_one_google(server, google):
    server.always = lambda request: Reply(body={"jobId": request.json["jobId"]})
    wrong: list[object] = []

    def work(lane: int) -> None:
        for n in range(20):
            job_id = f"j{lane}_{n}"
            found = google.ml_create("p", {"jobId": job_id})
            if found != {"jobId": job_id}:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert not wrong
    assert sorted(request.json["jobId"] for request in server.requests) == sorted(
        f"j{lane}_{n}" for lane in range(32) for n in range(20)
    )


def test_lists_are_read_page_by_page_as_they_are_needed(server, google):
    server.then(
        Reply(body={"customJobs": [{"name": "a"}], "nextPageToken": "t"}),
        Reply(body={"customJobs": [{"name": "b"}]}),
    )
    found = google.custom_list("p", "us-central1", filter="labels.sweep=s", fields="name")
    assert next(found) == {"name": "a"}
    assert len(server.requests) == 1
    assert list(found) == [{"name": "b"}]
    assert "filter=labels.sweep%3Ds" in server.requests[1].path
    assert "pageToken=t" in server.requests[1].path
    assert "fields=customJobs%28name%29%2CnextPageToken" in server.requests[0].path


def test_tuning_jobs_are_asked_for_by_their_own_names(server, google):
    key = "hyperparameterTuningJobs"
    server.then(
        Reply(body={"name": TUNING}),
        Reply(body={"name": TUNING}),
        Reply(body={key: [{"name": "a"}], "nextPageToken": "t"}),
        Reply(body={key: [{"name": "b"}]}),
        Reply(body={}),
    )
    assert google.tuning_create("p", "us-central1", BODY) == {"name": TUNING}
    assert google.tuning_get(TUNING, "us-central1") == {"name": TUNING}
    found = google.tuning_list("p", "us-central1", filter="labels.sweep=s", fields="name")
    assert list(found) == [{"name": "a"}, {"name": "b"}]
    google.tuning_cancel(TUNING, "us-central1")
    parent = f"/v1/projects/p/locations/us-central1/{key}?"
    assert [request.path.startswith(parent) for request in server.requests] == [True, False, True, True, False]
    assert server.requests[1].path.startswith(f"/v1/{TUNING}?")
    assert server.requests[4].path.startswith(f"/v1/{TUNING}:cancel?")


def test_a_list_that_matches_nothing_is_empty(server, google):
    assert list(google.ml_list("p", filter="jobId:s*")) == []
    assert server.requests[0].path.startswith("/v1/projects/p/jobs?")


def test_log_entries_come_in_pages_with_the_filter_in_the_body(server, google):
    server.then(Reply(body={"nextPageToken": "t"}), Reply(body={"entries": [{"textPayload": "x"}]}))
    assert list(google.log_entries("p", filter="resource.type=ml_job")) == [{"textPayload": "x"}]
    assert [request.path for request in server.requests] == ["/v2/entries:list?alt=json"] * 2
    assert server.requests[1].json == {
        "resourceNames": ["projects/p"],
        "filter": "resource.type=ml_job",
        "orderBy": "timestamp asc",
        "pageSize": 1000,
        "pageToken": "t",
    }
