"""What ``sweeper doctor`` looks at, told with what to type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweeper.google.access import Anonymous, Token
from sweeper.google.checks import OBJECTS, Check, checks, strange_region
from sweeper.google.place import Place
from tests.google.google_lab import Reply, error, google_at

PLACE = Place("my-project", "us-central1", "my-bucket", "sweeps")
INFO = "type.googleapis.com/google.rpc.ErrorInfo"


def off(request):
    details = [{"@type": INFO, "reason": "SERVICE_DISABLED"}]
    return error(403, "Vertex AI API has not been used.", "PERMISSION_DENIED", details=details)


def denied(request):
    return error(403, "Permission 'aiplatform.customJobs.list' denied on 'projects/my-project'.", "PERMISSION_DENIED")


def no_bucket(request):
    return error(404, "The specified bucket does not exist.", reason="notFound")


class Cloud:
    """All is well there, but for what a test says."""

    def __init__(self, **answers):
        self.answers = answers

    def __call__(self, request):
        path = request.path.partition("?")[0]
        for sign, name, well in (
            ("/customJobs", "jobs", {}),
            (":testIamPermissions", "create", {"permissions": ["aiplatform.customJobs.create", "ml.jobs.create"]}),
            ("/iam/testPermissions", "write", {"permissions": list(OBJECTS)}),
            ("/v1/projects/my-project/jobs", "jobs", {}),
            ("/storage/v1/b/my-bucket/o", "objects", {}),
            ("/storage/v1/b/my-bucket", "bucket", {"name": "my-bucket"}),
        ):
            if path.endswith(sign):
                return self.answers[name](request) if name in self.answers else Reply(body=well)
        return Reply(404)


def look(server, backend="vertex", **answers) -> dict[str, Check]:
    server.always = Cloud(**answers)
    google = google_at(server.url, tries=1)
    found = list(checks(google, PLACE, backend))
    google.close()
    return {check.name: check for check in found}


@pytest.mark.parametrize("backend", ["vertex", "mlengine"])
def test_where_all_is_well_every_line_says_so(backend, server):
    found = look(server, backend)
    assert list(found) == ["credentials", "project", "API", "region", "create", "bucket", "write"]
    assert all(check.ok for check in found.values())
    assert {request.method for request in server.requests if "testIam" not in request.path} == {"GET"}


@pytest.mark.parametrize(
    ("name", "answers", "ok", "says"),
    [
        ("API", {"jobs": off}, False, "gcloud services enable aiplatform.googleapis.com --project=my-project"),
        ("project", {"jobs": denied}, False, "--role=roles/aiplatform.user"),
        ("server", {"jobs": lambda request: Reply(404, b"<html>")}, False, "the address of a server"),
        ("service", {"jobs": lambda request: Reply(503)}, False, "try again in a few minutes"),
        ("create", {"create": lambda request: Reply(body={})}, False, "you lack aiplatform.customJobs.create"),
        ("create", {"create": lambda request: Reply(404)}, None, "could not be told without creating a job"),
        ("bucket", {"bucket": no_bucket}, True, "the first launch makes it"),
        ("bucket", {"bucket": denied, "objects": denied}, False, "roles/storage.objectAdmin"),
        ("write", {"write": lambda request: Reply(body={})}, False, "you lack storage.objects.create, storage.obj"),
        ("write", {"write": denied}, None, "could not be told"),
    ],
)
def test_what_is_not_well_is_on_its_line_with_what_to_type(name, answers, ok, says, server):
    found = look(server, **answers)
    assert found[name].ok is ok
    assert says in found[name].message + found[name].hint
    assert [check.name for check in found.values() if check.ok is False] == ([name] if ok is False else [])


def test_without_credentials_nothing_else_is_tried(server):
    def load():
        from sweeper.google.failures import CallFailed, Kind

        raise CallFailed(Kind.UNAUTHENTICATED, "there are none", hint="type: gcloud auth application-default login")

    google = google_at("https://apis.example", access=Token(load, lambda: None))
    assert list(checks(google, PLACE, "vertex")) == [
        Check("credentials", False, "there are none", "type: gcloud auth application-default login")
    ]


def test_ml_engine_at_googles_own_host_is_told_to_be_gone(server):
    [gone] = checks(google_at(None, access=Anonymous()), PLACE, "mlengine")
    assert "2025-01-31" in gone.message
    assert "--backend vertex" in gone.hint


def test_a_region_that_nobody_has_heard_of_gets_a_suggestion():
    found = strange_region(google_at(None), replace(PLACE, region="us-centrl1"), "vertex")
    assert found == Check(
        "region", False, "us-centrl1 is not a region of Vertex AI that this version knows", "try --region=us-central1"
    )
    assert strange_region(google_at(None), PLACE, "vertex") is None


def test_against_the_emulator_all_is_well(emulator):
    google = google_at(emulator.url)
    for backend in ("vertex", "mlengine"):
        found = {check.name: check.ok for check in checks(google, PLACE, backend)}
        assert False not in found.values()
        assert found["bucket"]
    google.storage().make_bucket("my-bucket", "my-project", "us-central1")
    assert {check.name: check.ok for check in checks(google, PLACE, "vertex")}["write"] is True
    google.close()
