"""Faults: the grammar, the seed, what each does to a request, and what the books say of it."""

from __future__ import annotations

import http.client
import time
from collections import Counter

import pytest

from sweeper.emulator import quota
from sweeper.emulator.faults import ANSWERS, Faults, Rule, load, parse
from sweeper.errors import UserError

JOBS = "/v1/projects/proj/jobs"
CUSTOM = "/v1/projects/proj/locations/us-central1/customJobs"


def job(n=0):
    package = {"packageUris": ["gs://bucket/x.tar.gz"], "pythonModule": "trainer.task"}
    machine = {"scaleTier": "BASIC", "region": "us-central1", "runtimeVersion": "2.11", "pythonVersion": "3.7"}
    return {"jobId": f"job_{n}", "trainingInput": {**machine, **package}}


def custom(n=0):
    package = {"executorImageUri": "image", "packageUris": ["gs://bucket/x.tar.gz"], "pythonModule": "trainer.task"}
    pool = {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": "1", "pythonPackageSpec": package}
    return {"displayName": f"job {n}", "jobSpec": {"workerPoolSpecs": [pool]}}


@pytest.fixture
def start(make_emulator):
    """An emulator that runs nothing, with these faults."""
    return lambda faults="", **options: make_emulator(faults=faults, simulate=1.0, clock="fake", **options)


def jobs_of(server):
    return [one["jobId"] for one in server.call("GET", JOBS)[2].get("jobs", [])]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", []),
        ("error503=0.05", [Rule("*", "error503", 0.05)]),
        ("error503=5%", [Rule("*", "error503", 0.05)]),
        ("denied", [Rule("*", "denied", 1.0)]),
        ("latency=100ms; lag=2s", [Rule("*", "latency", 0.1), Rule("*", "lag", 2.0)]),
        (
            "ml.create:cut_after=0.2,error500=0.1",
            [Rule("ml.create", "cut_after", 0.2), Rule("ml.create", "error500", 0.1)],
        ),
        ("# a comment\nstorage.*: latency=1  # another\n\n", [Rule("storage.*", "latency", 1.0)]),
        (
            "preempt=0.5;quota_fail=0;hang=1",
            [Rule("*", "preempt", 0.5), Rule("*", "quota_fail", 0), Rule("*", "hang", 1)],
        ),
        ("preempt=50%x3, hang=1 x 0", [Rule("*", "preempt", 0.5, 3), Rule("*", "hang", 1, 0)]),
    ],
)
def test_the_grammar(text, rules):
    assert parse(text) == tuple(rules)


@pytest.mark.parametrize(
    "text",
    [
        *("nosuch=1", "error503=2", "error503=-0.1", "error503=x", "latency=soon", "lag=-1s", "a:=1"),
        *("preempt=1x", "preempt=1x-1", "preempt=2x3", "error503=1x3"),
    ],
)
def test_a_rule_that_makes_no_sense_is_named(text):
    with pytest.raises(UserError) as caught:
        parse(text)
    assert caught.value.problems[0].hint


def test_rules_come_from_a_file_too(tmp_path):
    path = tmp_path / "faults"
    path.write_text("error503=0.5\nml.create:latency=1s\n")
    assert load(str(path)) == (Rule("*", "error503", 0.5), Rule("ml.create", "latency", 1.0))
    with pytest.raises(UserError, match="cannot read the faults"):
        load(str(tmp_path / "nosuch"))


def test_the_seed_decides_and_nothing_else():
    def run(seed, order="ab"):
        faults = Faults(parse("error503=0.3;cut_after=0.2"), seed=seed)
        return {part: [faults.answer(part) for _ in range(200)] for part in order}

    assert run(1) == run(1, "ba")
    assert run(1) != run(2)
    counts = Counter(run(1)["a"])
    assert 40 <= counts["error503"] <= 80
    assert 25 <= counts["cut_after"] <= 55


def test_the_last_rule_of_a_part_wins():
    faults = Faults(parse("*:error503=1; custom.*:error503=0; custom.list:latency=2s"))
    assert faults.answer("ml.create") == "error503"
    assert faults.answer("custom.create") is None
    assert (faults.seconds("latency", "custom.list"), faults.seconds("latency", "custom.get")) == (2.0, 0.0)


def test_a_job_always_meets_the_same_fate():
    faults = Faults(parse("preempt=0.3;quota_fail=0.3;custom.job:hang=0.2"), seed=3)
    names = [f"projects/p/locations/r/customJobs/{n}" for n in range(200)]
    fates = [faults.job_fault(name) for name in names]
    assert fates == [faults.job_fault(name) for name in names]
    assert set(fates) == {"preempt", "quota", "hang", None}
    assert "hang" not in {faults.job_fault(f"projects/p/jobs/{n}") for n in range(200)}


def test_a_fault_with_a_count_befalls_so_many_jobs_once_each():
    faults = Faults(parse("ml.job:preempt=1x2"))
    names = [f"projects/p/jobs/{n}" for n in range(4)]
    assert [faults.job_fault(name) for name in names] == ["preempt", "preempt", None, None]
    assert [faults.job_fault(name) for name in names] == ["preempt", "preempt", None, None]  # asked again
    assert faults.job_fault("projects/p/jobs/0 after 1") is None  # it has begun again
    faults.change(parse("ml.job:preempt=1x2"))
    assert [faults.job_fault(name) for name in reversed(names)] == ["preempt", "preempt", None, None]


# fault -> status, the envelope's status, whether the act happened
ANSWERED = {
    "rate429": (429, "RESOURCE_EXHAUSTED", False),
    "quota429": (429, "RESOURCE_EXHAUSTED", False),
    "error500": (500, "INTERNAL", False),
    "error502": (502, None, False),
    "error503": (503, "UNAVAILABLE", False),
    "error503_after": (503, "UNAVAILABLE", True),
    "unauthenticated": (401, "UNAUTHENTICATED", False),
    "denied": (403, "PERMISSION_DENIED", False),
    "disabled": (403, "PERMISSION_DENIED", False),
    "cut_before": (0, None, False),
    "cut_after": (0, None, True),
    "duplicate": (409, "ALREADY_EXISTS", True),
}


def test_every_fault_is_in_the_table():
    assert sorted(ANSWERED) == sorted(ANSWERS)


@pytest.mark.parametrize("fault", ANSWERS)
@pytest.mark.parametrize("by_header", [True, False])
def test_what_a_fault_does(start, fault, by_header):
    code, word, acted = ANSWERED[fault]
    server = start("" if by_header else f"ml.create:{fault}=1")
    headers = {"X-Emulator-Fault": fault} if by_header else {}
    if code == 0:
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            server.call("POST", JOBS, job(), headers)
    else:
        status, _, body = server.call("POST", JOBS, job(), headers)
        assert status == code
        assert word is None or (body["error"]["code"], body["error"]["status"]) == (code, word)
    assert jobs_of(server) == (["job_0"] if acted else [])
    (row,) = server.requests(part="ml.create")
    assert (row["status"], row["fault"], row["acts"]) == (code, fault, int(acted))


def test_the_two_kinds_of_429_can_be_told_apart(start):
    server = start()
    said = {}
    for kind in ("rate429", "quota429"):
        for path, body in ((JOBS, job()), (CUSTOM, custom())):
            said[kind, path] = server.call("POST", path, body, {"X-Emulator-Fault": kind})[2]["error"]
    assert said["rate429", JOBS]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert said["rate429", CUSTOM]["message"].startswith("Quota exceeded for quota metric ")
    assert said["quota429", JOBS]["message"].startswith("Quota failure for project proj. ")
    assert said["quota429", JOBS]["details"][0]["@type"].endswith("google.rpc.QuotaFailure")
    assert said["quota429", CUSTOM]["message"] == (
        "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_cpus"
    )
    assert "details" not in said["quota429", CUSTOM]


def test_an_api_that_is_not_enabled_says_where_to_enable_it(start):
    error = start().call("POST", CUSTOM, custom(), {"X-Emulator-Fault": "disabled"})[2]["error"]
    assert error["details"][0]["reason"] == "SERVICE_DISABLED"
    assert error["details"][0]["metadata"]["service"] == "aiplatform.googleapis.com"


def test_storage_says_it_in_its_own_envelope(start):
    server = start("storage.*:denied=1")
    error = server.call("GET", "/storage/v1/b/bucket/o")[2]["error"]
    assert (error["code"], error["errors"][0]["reason"]) == (403, "forbidden")
    assert server.call("GET", JOBS)[0] == 200


def test_a_bad_gateway_speaks_html(start):
    status, headers, body = start("error502=1").call("GET", JOBS)
    assert (status, headers.get_content_type(), body[:9]) == (502, "text/html", b"<!DOCTYPE")


def test_a_duplicate_makes_two_custom_jobs(start):
    server = start()
    answer = server.call("POST", CUSTOM, custom(), {"X-Emulator-Fault": "duplicate"})[2]
    listed = [one["name"] for one in server.call("GET", CUSTOM)[2]["customJobs"]]
    assert len(listed) == 2
    assert answer["name"] in listed
    (row,) = server.requests(part="custom.create")
    assert row["acts"] == 2
    assert sorted(one["job"] for one in row["about"]) == sorted(listed)


def test_a_duplicate_that_is_refused_is_in_the_books_as_one_job(start):
    server = start()
    status, _, _ = server.call("POST", JOBS, job(), {"X-Emulator-Fault": "duplicate"})
    (row,) = server.requests(part="ml.create")
    assert (status, row["acts"], len(row["about"])) == (409, 1, 1)


def test_a_duplicate_of_an_upload_meets_its_own_precondition(start):
    server = start()
    server.make_bucket()
    path = "/upload/storage/v1/b/bucket/o?uploadType=media&name=a"
    headers = {"Content-Type": "text/plain", "X-Emulator-Fault": "duplicate"}
    assert server.call("POST", path, b"x", headers)[0] == 200
    assert server.call("POST", f"{path}b&ifGenerationMatch=0", b"x", headers)[0] == 412
    assert server.call("GET", "/storage/v1/b/bucket/o/ab?alt=media")[2] == b"x"


def test_latency_makes_a_call_take_that_long(start):
    server = start("ml.list:latency=300ms")
    began = time.monotonic()
    server.call("GET", JOBS)
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(("path", "body", "key"), [(JOBS, job(), "jobs"), (CUSTOM, custom(), "customJobs")])
def test_a_list_lags_behind(start, path, body, key):
    server = start("*.list:lag=10s")
    server.call("POST", path, body)
    assert server.call("GET", path)[2] == {}
    server.advance(11)
    assert len(server.call("GET", path)[2][key]) == 1


def test_faults_change_while_it_runs(start):
    server = start()
    server.set_faults("ml.list:error503=1", seed=5)
    assert server.call("GET", JOBS)[0] == 503
    assert server.call("POST", "/_emulator/faults", {"faults": "nonsense"})[0] == 400
    assert server.call("GET", JOBS)[0] == 503
    server.set_faults("")
    assert server.call("GET", JOBS)[0] == 200


def test_a_header_that_names_no_fault_is_a_bad_request(start):
    assert start().call("GET", JOBS, headers={"X-Emulator-Fault": "gremlins"})[0] == 400


def test_decisions_go_on_after_a_restart(start):
    server = start("ml.list:error503=0.5", seed=1)
    first = [server.call("GET", JOBS)[0] for _ in range(20)]
    server.restart()
    second = [server.call("GET", JOBS)[0] for _ in range(20)]
    faults = Faults(parse("error503=0.5"), seed=1)
    assert first + second == [503 if faults.answer("ml.list") else 200 for _ in range(40)]


def test_no_more_creates_than_the_quota_in_a_window(start):
    server = start(quota="creates=3/min")
    server.advance(60 - server.advance(0) % 60)
    assert [server.call("POST", JOBS, job(n))[0] for n in range(5)] == [200, 200, 200, 429, 429]
    assert server.call("POST", CUSTOM, custom())[0] == 200  # a quota of its own
    assert server.call("POST", "/v1/projects/other/jobs", job())[0] == 200
    assert server.call("GET", JOBS)[0] == 200
    server.advance(59.5)
    assert server.call("POST", JOBS, job(5))[0] == 429
    server.advance(0.5)
    assert server.call("POST", JOBS, job(5))[0] == 200
    rejected = [row for row in server.requests(part="ml.create") if row["status"] == 429]
    assert {(row["fault"], row["acts"]) for row in rejected} == {("quota", 0)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), ("off", None), ("creates=60/min", (60, 60.0)), ("5/s", (5, 1.0)), ("creates=9/h", (9, 3600.0))],
)
def test_a_quota_is_read(text, expected):
    found = quota.parse(text)
    assert found == (expected and quota.Quota(*expected))


@pytest.mark.parametrize("text", ["60", "creates=0/min", "lists=1/min", "creates=1/year", "creates=-1/min"])
def test_a_quota_that_makes_no_sense_is_refused(text):
    with pytest.raises(UserError, match="expected a quota"):
        quota.parse(text)
