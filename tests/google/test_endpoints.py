"""Where each service is, what stands in for all of them, the way through a proxy, and how quickly all is ready."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sweeper.errors import UserError
from sweeper.google.client import make_google
from sweeper.google.endpoints import Endpoints, Service, endpoints
from sweeper.google.proxy import proxy_for
from sweeper.google.services import collection, document, regions
from sweeper.google.wire import NotSent, Why, Wire
from tests.google.google_lab import Reply, around, google_at

ROOT = Path(__file__).parent.parent.parent
OURS = "http://127.0.0.1:8080"


def test_googles_own_hosts_and_vertex_with_its_region():
    there = endpoints({})
    assert there.base(Service.ML) == "https://ml.googleapis.com/"
    assert there.base(Service.STORAGE) == "https://storage.googleapis.com/"
    assert there.base(Service.LOGGING) == "https://logging.googleapis.com/"
    assert there.base(Service.AIPLATFORM, "europe-west4") == "https://europe-west4-aiplatform.googleapis.com/"


@pytest.mark.parametrize("service", Service)
def test_one_server_stands_in_for_all(service):
    assert endpoints({"SWEEPER_ENDPOINT": OURS}).base(service, "us-central1") == f"{OURS}/"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        (f"{OURS}/", OURS),
        (f" {OURS} ", OURS),
        ("http://localhost", "http://localhost"),
        ("https://[::1]:1", "https://[::1]:1"),
        ("HTTP://Localhost:1", "http://localhost:1"),
    ],
)
def test_the_address_may_be_written_loosely(text, base):
    assert endpoints({"SWEEPER_ENDPOINT": text}) == Endpoints(base)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_is_none(text):
    assert endpoints({"SWEEPER_ENDPOINT": text}) == Endpoints(None)


@pytest.mark.parametrize(
    "text",
    ["localhost:8080", "8080", "ftp://x", "http://", "http://x:y", "http://x:99999", "http://a b", "//x", "http://["],
)
def test_what_is_no_address_is_told_with_an_example(text, tmp_path):
    with pytest.raises(UserError) as failed:
        make_google(around(tmp_path, {"SWEEPER_ENDPOINT": text}))
    assert str(failed.value) == (
        f"SWEEPER_ENDPOINT: expected http(s)://host:port, got '{text}'\n"
        "  for example SWEEPER_ENDPOINT=http://127.0.0.1:8080, as `sweeper emulator start` prints it"
    )


@pytest.mark.parametrize("text", [f"{OURS}/v1", f"{OURS}/?a=b", f"{OURS}/#a"])
def test_a_path_is_told_with_the_address_without_it(text):
    with pytest.raises(UserError, match=r"try http://127\.0\.0\.1:8080"):
        endpoints({"SWEEPER_ENDPOINT": text})


@pytest.mark.parametrize("text", ["http://me:s3cr3t@h", "me:s3cr3t@h"])
def test_a_password_in_the_address_is_refused_and_not_repeated(text):
    with pytest.raises(UserError) as failed:
        endpoints({"SWEEPER_ENDPOINT": text})
    assert "s3cr3t" not in str(failed.value)


def test_every_service_is_called_under_the_paths_that_the_real_ones_have(server, google, tmp_path):
    server.always = lambda request: Reply(body={"generation": "1"}) if request.method == "POST" else Reply()
    google.ml_get("p", "a")
    google.custom_get("projects/1/locations/r/customJobs/2", "r")
    google.storage().write("gs://b-k/a b/c", b"x", generation=0, content_type="text/plain")
    google.storage().read("gs://b-k/a b/c")
    google.permitted("p", ("x.y",))
    assert [f"{request.method} {request.path}" for request in server.requests] == [
        "GET /v1/projects/p/jobs/a?alt=json",
        "GET /v1/projects/1/locations/r/customJobs/2?alt=json",
        "POST /upload/storage/v1/b/b-k/o?name=a+b%2Fc&ifGenerationMatch=0&fields=generation&alt=json&uploadType=media",
        "GET /storage/v1/b/b-k/o/a%20b%2Fc?alt=media",
        "POST /v1/projects/p:testIamPermissions?alt=json",
    ]
    assert server.requests[2].headers["content-type"] == "text/plain"


def test_descriptions_are_cut_down_to_what_is_called():
    for service in Service:
        assert len(json.dumps(document(service))) < 120_000
    jobs = collection(Service.AIPLATFORM, "projects.locations.customJobs", f"{OURS}/")
    assert jobs is collection(Service.AIPLATFORM, "projects.locations.customJobs", f"{OURS}/")
    assert {"us-central1", "europe-west4"} <= regions()


def test_making_google_reads_nothing_and_loads_nothing():
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sweeper.google.client import make_google\n"
        "from sweeper.surroundings import Surroundings\n"
        "make_google(Surroundings(Path('.'), {}, Path('.'), '', print, print)).storage()\n"
        "print(*{'googleapiclient', 'google.auth', 'httplib2', 'aiohttp', 'requests'} & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


PROXY = {"HTTPS_PROXY": "http://me:pa%20ss@proxy.example:3128", "no_proxy": ".internal.example, example.org"}


@pytest.mark.parametrize(
    ("host", "through"),
    [
        ("storage.googleapis.com", True),
        ("a.internal.example", False),
        ("example.org", False),
        ("notexample.org", True),
        ("127.0.0.1", False),
        ("localhost", False),
    ],
)
def test_the_environments_proxy_is_used_but_for_what_it_excludes(host, through):
    assert (proxy_for(host, PROXY) is not None) is through


def test_the_proxys_password_is_sent_and_not_shown():
    found = proxy_for("x.example", PROXY)
    assert found.headers == {"Proxy-Authorization": "Basic bWU6cGEgc3M="}
    assert "pa" not in repr(found).replace("proxy.example", "")
    assert proxy_for("x.example", {}) is None
    assert proxy_for("x.example", {"https_proxy": "http://h"}).port == 8080


def test_nobody_behind_the_proxy_means_that_nothing_was_sent(server):
    server.always = lambda request: Reply(403)
    wire = Wire({"https_proxy": server.url}, timeout=5)
    with pytest.raises(NotSent):
        wire.send("POST", "https://ml.googleapis.com/v1", {}, b"{}")
    wire.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/", Why.REFUSED),
        ("http://no-such-host.invalid/", Why.NAME),
        ("http://" + "a" * 70 + ".example/", Why.NAME),
    ],
)
def test_why_nobody_was_reached(url, why):
    wire = Wire({}, timeout=5)
    with pytest.raises(NotSent) as failed:
        wire.send("GET", url, {})
    assert failed.value.why is why


def test_tls_to_a_server_that_speaks_plain_http_was_not_sent(server):
    wire = Wire({}, timeout=5)
    with pytest.raises(NotSent) as failed:
        wire.send("POST", server.url.replace("http:", "https:") + "/", {}, b"{}")
    assert failed.value.why in (Why.TLS, Why.OTHER)
    wire.close()


def test_an_answer_that_is_packed_is_unpacked(server, google):
    import gzip

    server.then(Reply(200, gzip.compress(b'{"jobId": "a"}'), {"Content-Encoding": "gzip"}))
    assert google.ml_get("p", "a") == {"jobId": "a"}


def test_an_answer_that_is_packed_badly_is_no_answer(server):
    google = google_at(server.url, tries=2)
    server.then(Reply(200, b"\x1f\x8bnot", {"Content-Encoding": "gzip"}), Reply(body={"jobId": "a"}))
    assert google.ml_get("p", "a") == {"jobId": "a"}
    google.close()


def test_an_answer_that_breaks_off_is_no_answer(server):
    google = google_at(server.url, tries=2)
    server.then(Reply(200, b"{}", {"Content-Length": "10"}, close=True), Reply(body={"jobId": "a"}))
    assert google.ml_get("p", "a") == {"jobId": "a"}
    google.close()
