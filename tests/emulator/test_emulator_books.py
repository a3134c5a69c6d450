"""The emulator's own paths: its books, its clock, its health; and the log of a job."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import quote

import pytest

from sweeper.emulator.book import Book
from sweeper.emulator.parts import part_of
from sweeper.emulator.state import State
from sweeper.errors import UserError

JOBS = "/v1/projects/proj/jobs"
CUSTOM = "/v1/projects/proj/locations/us-central1/customJobs"
OBJECT = "/storage/v1/b/bucket/o"

PARTS = [
    ("POST", JOBS, "ml.create"),
    ("GET", JOBS, "ml.list"),
    ("GET", f"{JOBS}/a_1", "ml.get"),
    ("PATCH", f"{JOBS}/a_1", "ml.patch"),
    ("POST", f"{JOBS}/a_1:cancel", "ml.cancel"),
    ("POST", CUSTOM, "custom.create"),
    ("GET", CUSTOM, "custom.list"),
    ("GET", f"{CUSTOM}/1", "custom.get"),
    ("DELETE", f"{CUSTOM}/1", "custom.delete"),
    ("POST", f"{CUSTOM}/1:cancel", "custom.cancel"),
    ("GET", CUSTOM.replace("v1", "v1beta1"), "custom.list"),
    ("POST", CUSTOM.replace("customJobs", "hyperparameterTuningJobs"), "tuning.create"),
    ("POST", "/v2/entries:list", "logging.list"),
    ("POST", "/storage/v1/b", "storage.bucket_create"),
    ("GET", "/storage/v1/b/bucket", "storage.bucket_get"),
    ("GET", OBJECT, "storage.list"),
    ("GET", f"{OBJECT}/a%2Fb", "storage.get"),
    ("GET", f"{OBJECT}/a/b", "storage.get"),
    ("DELETE", f"{OBJECT}/a", "storage.delete"),
    ("POST", f"{OBJECT}/a/compose", "storage.compose"),
    ("POST", f"{OBJECT}/a/rewriteTo/b/bucket/o/b", "storage.copy"),
    ("POST", f"/upload{OBJECT}", "storage.upload"),
    ("PUT", f"/resumable/upload{OBJECT}", "storage.upload"),
    ("GET", f"/download{OBJECT}/a", "storage.read"),
    ("POST", "/batch/storage/v1", "storage.batch"),
    ("GET", "/_emulator/requests", "emulator"),
    ("GET", "/favicon.ico", "other"),
]


@pytest.mark.parametrize(("method", "path", "part"), PARTS)
def test_every_path_has_its_part(method, path, part):
    assert part_of(method, path) == part


def test_reading_a_content_is_not_looking_at_an_object():
    assert part_of("GET", f"{OBJECT}/a", media=True) == "storage.read"


def job(n=0):
    package = {"packageUris": ["gs://bucket/x.tar.gz"], "pythonModule": "trainer.task"}
    machine = {"scaleTier": "BASIC", "region": "us-central1", "runtimeVersion": "2.11", "pythonVersion": "3.7"}
    return {"jobId": f"job_{n}", "labels": {"trial": str(n)}, "trainingInput": {**machine, **package}}


@pytest.fixture
def simulated(make_emulator):
    return make_emulator(simulate=10.0, clock="fake")


def test_the_books_say_what_was_asked_and_what_became_of_it(simulated):
    simulated.call("POST", f"{JOBS}?alt=json&key=secret", job(), {"User-Agent": "me"})
    simulated.call("POST", JOBS, job())
    simulated.call("GET", f"{JOBS}/nosuch?access_token=secret")
    first, second, third = simulated.requests()
    assert (first["method"], first["path"], first["part"], first["status"]) == ("POST", JOBS, "ml.create", 200)
    assert (first["acts"], first["fault"], first["agent"]) == (1, None, "me")
    assert first["about"] == [{"job": "projects/proj/jobs/job_0", "labels": {"trial": "0"}}]
    assert first["query"] == {"alt": "json", "key": "..."}
    assert first["time"] == simulated.advance(0)
    assert (second["status"], second["acts"]) == (409, 0)
    assert (third["status"], third["query"]) == (404, {"access_token": "..."})


def test_the_books_can_be_asked_for_some_of_it(simulated):
    for n in range(3):
        simulated.call("POST", JOBS, job(n))
        simulated.call("GET", JOBS)
    assert [row["id"] for row in simulated.requests(method="GET")] == [2, 4, 6]
    assert [row["id"] for row in simulated.requests(since=4)] == [5, 6]
    assert [row["id"] for row in simulated.requests(part="ml.c*", limit=2)] == [1, 3]
    assert simulated.requests(path="/v1/projects/other/*") == []
    assert simulated.call("GET", "/_emulator/requests?since=yesterday")[0] == 400


def test_the_books_survive_a_restart(simulated):
    simulated.call("POST", JOBS, job())
    simulated.restart()
    simulated.call("GET", JOBS)
    assert [(row["id"], row["part"]) for row in simulated.requests()] == [(1, "ml.create"), (2, "ml.list")]


def test_a_name_in_any_script_is_written_down(simulated):
    simulated.call("GET", f"{OBJECT}/{quote('ü/日本', safe='')}?prefix={quote('ü')}")
    (row,) = simulated.requests()
    assert row["path"] == f"{OBJECT}/{quote('ü/日本', safe='')}"
    assert row["query"] == {"prefix": "ü"}


def test_a_row_is_on_disk_as_soon_as_it_is_written(tmp_path):
    state = State(tmp_path)
    book = Book(state)
    book.add("GET", "ml.get", "/a", {})
    other = sqlite3.connect(tmp_path / "requests.db")
    assert other.execute("SELECT count(*) FROM requests").fetchone() == (1,)
    other.close()
    book.close()
    state.close()


def test_the_clock_stands_still_until_it_is_advanced(simulated):
    simulated.call("POST", JOBS, job())
    begin = simulated.advance(0)
    assert simulated.advance(9) == begin + 9
    assert simulated.call("GET", f"{JOBS}/job_0")[2]["state"] == "RUNNING"
    simulated.advance(1)
    assert simulated.call("GET", f"{JOBS}/job_0")[2]["state"] == "SUCCEEDED"
    simulated.restart()
    assert simulated.advance(0) == begin + 10


@pytest.mark.parametrize("body", [{}, {"advance": -1}, {"advance": "1"}, {"advance": True}, {"advance": 1e99}])
def test_time_goes_forward_by_seconds(simulated, body):
    assert simulated.call("POST", "/_emulator/clock", body)[0] == 400


def test_the_machines_time_cannot_be_moved(emulator):
    assert emulator.call("POST", "/_emulator/clock", {"advance": 1})[0] == 400


def test_it_says_that_it_is_well(emulator):
    status, _, body = emulator.call("GET", "/_emulator/health")
    assert (status, body["status"], body["dir"]) == (200, "ok", str(emulator.dir))


def test_a_folder_is_one_emulators_at_a_time(emulator, make_emulator):
    with pytest.raises(UserError, match="another emulator is using this folder"):
        make_emulator(folder=emulator.dir)


def test_a_port_that_is_taken_is_said_in_words(emulator):
    from sweeper.emulator.server import _listen

    with pytest.raises(UserError, match="cannot listen there"):
        _listen("127.0.0.1", emulator._port)


def entries(server, filter, **more):
    body = {"resourceNames": ["projects/proj"], "filter": filter, **more}
    status, _, answer = server.call("POST", "/v2/entries:list", body)
    assert status == 200, answer
    return answer.get("entries", []), answer.get("nextPageToken")


def test_a_jobs_log_is_read_by_its_id(simulated):
    simulated.call("POST", JOBS, job())
    simulated.advance(20)
    mine = 'resource.type="ml_job" AND resource.labels.job_id="job_0"'
    found, token = entries(simulated, mine)
    assert token is None
    assert len(found) >= 2
    assert [one["timestamp"] for one in found] == sorted(one["timestamp"] for one in found)
    assert {"insertId", "severity", "jsonPayload", "resource", "logName"} <= found[0].keys()
    assert entries(simulated, 'resource.labels.job_id="nosuch"') == ([], None)
    assert entries(simulated, f"{mine} AND severity>=ERROR") == ([], None)
    last = found[-1]
    moment, number = last["timestamp"], last["insertId"]
    after = f'((timestamp="{moment}" AND insertId>"{number}") OR timestamp>"{moment}")'  # as gcloud asks for more
    assert entries(simulated, f"{mine} AND {after}") == ([], None)
    assert entries(simulated, f'{mine} AND timestamp>="{last["timestamp"]}"')[0][-1] == last
    assert entries(simulated, mine, orderBy="timestamp desc")[0] == found[::-1]


@pytest.mark.parametrize("order", ["timestamp asc", "timestamp desc"])
def test_a_log_comes_in_pages(simulated, order):
    simulated.call("POST", JOBS, job())
    simulated.advance(20)
    mine = 'resource.labels.job_id="job_0"'
    whole = entries(simulated, mine, orderBy=order)[0]
    rows, token = entries(simulated, mine, orderBy=order, pageSize=1)
    while token:
        more, token = entries(simulated, mine, orderBy=order, pageSize=1, pageToken=token)
        rows += more
    assert rows == whole


@pytest.mark.parametrize(
    "body",
    [
        {"filter": 'resource.labels.job_id="a"'},
        {"resourceNames": ["projects/proj"], "filter": ""},
        {"resourceNames": ["projects/proj"], "filter": 'resource.labels.job_id="a" AND ('},
        {"resourceNames": ["projects/proj"], "filter": 'resource.labels.job_id="a"', "orderBy": "mood"},
        {"resourceNames": ["projects/proj"], "filter": 'resource.labels.job_id="a"', "pageSize": -1},
    ],
    ids=json.dumps,
)
def test_a_question_about_logs_that_makes_no_sense_is_a_bad_request(simulated, body):
    assert simulated.call("POST", "/v2/entries:list", body)[0] == 400
