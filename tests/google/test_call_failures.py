"""Every way the services say no, as one word and as one message with what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from sweeper.google.failures import CallFailed, Kind
from sweeper.google.redact import redact
from tests.google.google_lab import CUT, Reply, error, google_at

RPC = "type.googleapis.com/google.rpc"
QUOTA = (
    "Quota failure for project P. The request for 2 K80 accelerators exceeds the allowed maximum of 0 A100, 0 K80. To "
    "read more about Cloud ML Engine quota, see https://cloud.google.com/ml-engine/quotas."
)
METRICS = (
    "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_cpus,"
    "aiplatform.googleapis.com/custom_model_training_nvidia_t4_gpus"
)


def info(reason: str, **metadata: str) -> dict:
    return {"@type": f"{RPC}.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": metadata}


def bad(field: str, description: str) -> dict:
    return {"@type": f"{RPC}.BadRequest", "fieldViolations": [{"field": field, "description": description}]}


def ml_create(google):
    google.ml_create("P", {"jobId": "gs_1"})


def ml_get(google):
    google.ml_get("P", "gs_1")


def ml_cancel(google):
    google.ml_cancel("P", "gs_1")


def vertex_create(google):
    google.custom_create("P", "us-central1", {"displayName": "gs-1"})


def vertex_list(google):
    list(google.custom_list("P", "us-central1"))


def write(google):
    google.storage().write("gs://b-k/o", b"x", generation=0)


def read(google):
    google.storage().read("gs://b-k/o")


def listing(google):
    list(google.storage().list("gs://b-k/"))


def log(google):
    list(google.log_entries("P", filter="x"))


@dataclass(frozen=True)
class Row:
    name: str
    act: object
    answer: object
    kind: Kind
    says: tuple[str, ...]


TABLE = (
    Row(
        "duplicate id",
        ml_create,
        error(
            409,
            "Field: job.job_id Error: A job with this id already exists.",
            "ALREADY_EXISTS",
            details=[bad("job.job_id", "A job with this id already exists.")],
        ),
        Kind.EXISTS,
        ("ML Engine at http", "could not create the job gs_1", "A job with this id already exists.", "another name"),
    ),
    Row(
        "unknown JSON field",
        ml_create,
        error(
            400,
            "Invalid JSON payload received. Unknown name \"job_spec\" at 'job.training_input': Cannot find field.",
            "INVALID_ARGUMENT",
        ),
        Kind.INVALID,
        ("the request was refused", 'Unknown name "job_spec"'),
    ),
    Row(
        "accelerator quota",
        ml_create,
        error(
            429,
            QUOTA,
            "RESOURCE_EXHAUSTED",
            details=[
                {
                    "@type": f"{RPC}.QuotaFailure",
                    "violations": [{"subject": "P", "description": "The request for 2 K80"}],
                }
            ],
        ),
        Kind.QUOTA,
        ("quota does not allow so many machines", "2 K80 accelerators", "iam-admin/quotas?project=P"),
    ),
    Row(
        "accelerator quota, its details lost on the way",
        ml_create,
        error(429, QUOTA, "RESOURCE_EXHAUSTED"),
        Kind.QUOTA,
        ("2 K80 accelerators", "iam-admin/quotas?project=P"),
    ),
    Row(
        "Vertex's quota, which has no details",
        vertex_create,
        error(429, METRICS, "RESOURCE_EXHAUSTED"),
        Kind.QUOTA,
        ("Vertex AI (us-central1)", "custom_model_training_cpus", "another machine or region"),
    ),
    Row(
        "field validation",
        ml_create,
        error(
            400,
            "Field: job.training_input.region Error: The region is not valid.",
            "INVALID_ARGUMENT",
            details=[bad("job.training_input.region", "try us-central1")],
        ),
        Kind.INVALID,
        ("Field: job.training_input.region Error", "job.training_input.region: try us-central1"),
    ),
    Row(
        "missing job",
        ml_get,
        error(404, "Field: name Error: The specified job could not be found.", "NOT_FOUND"),
        Kind.NOT_FOUND,
        ("could not look at the job gs_1: there is no such thing", "is P the right project?"),
    ),
    Row(
        "bad token",
        vertex_list,
        error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"),
        Kind.UNAUTHENTICATED,
        ("the credentials are missing, expired or not valid", "asks for credentials"),
    ),
    Row(
        "no permission",
        vertex_create,
        error(
            403,
            "Permission 'aiplatform.customJobs.create' denied on resource '//aiplatform.googleapis.com/projects/P'.",
            "PERMISSION_DENIED",
            details=[info("IAM_PERMISSION_DENIED", permission="aiplatform.customJobs.create")],
        ),
        Kind.DENIED,
        (
            "no permission",
            "aiplatform.customJobs.create",
            "gcloud projects add-iam-policy-binding P --member=user:YOU --role=roles/aiplatform.user",
            "is us-central1 the right region?",
        ),
    ),
    Row(
        "no permission, named in the details alone",
        ml_create,
        error(403, "The caller may not.", "PERMISSION_DENIED", details=[info("X", permission="ml.jobs.create")]),
        Kind.DENIED,
        ("The caller may not.; ml.jobs.create", "--role=roles/ml.developer"),
    ),
    Row(
        "API off",
        vertex_create,
        error(
            403,
            "Vertex AI API has not been used in project P before or it is disabled.",
            "PERMISSION_DENIED",
            details=[info("SERVICE_DISABLED", service="aiplatform.googleapis.com")],
        ),
        Kind.API_DISABLED,
        ("this API is not enabled", "gcloud services enable aiplatform.googleapis.com --project=P"),
    ),
    Row(
        "API off, the older way",
        read,
        error(403, "Access Not Configured.", reason="accessNotConfigured"),
        Kind.API_DISABLED,
        ("gcloud services enable storage.googleapis.com",),
    ),
    Row(
        "request rate",
        ml_create,
        error(
            429,
            "Quota exceeded for quota metric 'Job submission requests' and limit 'per minute'.",
            "RESOURCE_EXHAUSTED",
            details=[info("RATE_LIMIT_EXCEEDED", quota_limit="x")],
        )
        | {"Retry-After": "30"},
        Kind.RATE,
        ("too many requests in a short time", "welcome again in 30 seconds"),
    ),
    Row(
        "request rate that comes with a QuotaFailure beside its reason",
        ml_create,
        error(
            429,
            "Quota exceeded",
            "RESOURCE_EXHAUSTED",
            details=[info("RATE_LIMIT_EXCEEDED"), {"@type": f"{RPC}.QuotaFailure", "violations": []}],
        ),
        Kind.RATE,
        ("welcome again in a minute",),
    ),
    Row(
        "request rate, as storage says it",
        write,
        error(429, "The object is changed too often.", reason="rateLimitExceeded"),
        Kind.RATE,
        ("too many requests",),
    ),
    Row(
        "request rate with a 403",
        listing,
        error(403, "User Rate Limit Exceeded", reason="userRateLimitExceeded"),
        Kind.RATE,
        ("too many requests",),
    ),
    Row(
        "cancel of a job that has ended",
        ml_cancel,
        error(400, "Cannot cancel a job that has finished.", "FAILED_PRECONDITION"),
        Kind.PRECONDITION,
        ("could not cancel the job gs_1", "has finished"),
    ),
    Row(
        "two at once",
        vertex_create,
        error(409, "Aborted due to a concurrent operation.", "ABORTED"),
        Kind.UNCERTAIN,
        ("it answered neither yes nor no", "look before doing it again"),
    ),
    Row(
        "wrong region: a host that knows no such address",
        vertex_create,
        Reply(404, b"<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"),
        Kind.INVALID,
        ("HTTP 404", "the address of a server that speaks Google's APIs?"),
    ),
    Row(
        "wrong region: no permission there",
        vertex_create,
        error(403, "Permission denied on 'locations/us-central1' (or it may not exist).", "PERMISSION_DENIED"),
        Kind.DENIED,
        ("locations/us-central1", "is us-central1 the right region?"),
    ),
    Row(
        "missing bucket",
        write,
        error(404, "The specified bucket does not exist.", reason="notFound"),
        Kind.NOT_FOUND,
        ("could not write gs://b-k/o", "gcloud storage buckets create gs://b-k"),
    ),
    Row(
        "missing object",
        read,
        error(404, "No such object: b-k/o", reason="notFound"),
        Kind.NOT_FOUND,
        ("could not read gs://b-k/o: there is no such thing: No such object",),
    ),
    Row(
        "missing object, with an empty body",
        read,
        Reply(404, b""),
        Kind.NOT_FOUND,
        ("could not read gs://b-k/o", "HTTP 404"),
    ),
    Row(
        "somebody else wrote it first",
        write,
        error(412, "At least one of the pre-conditions you specified did not hold.", reason="conditionNotMet"),
        Kind.PRECONDITION,
        ("it is not in the state that this asks for",),
    ),
    Row(
        "no permission on the bucket",
        write,
        error(403, "me@x does not have storage.objects.create access.", reason="forbidden"),
        Kind.DENIED,
        (
            "storage.objects.create",
            "gcloud storage buckets add-iam-policy-binding gs://b-k --member=user:YOU --role=roles/storage.objectAdmin",
        ),
    ),
    Row(
        "billing off",
        vertex_create,
        error(403, "This API method requires billing.", "PERMISSION_DENIED", details=[info("BILLING_DISABLED")]),
        Kind.DENIED,
        ("billing is off", "https://console.cloud.google.com/billing"),
    ),
    Row(
        "credentials that do not reach that far",
        vertex_create,
        error(403, "Insufficient scopes.", "PERMISSION_DENIED", details=[info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")]),
        Kind.DENIED,
        ("gcloud auth application-default login",),
    ),
    Row(
        "no project to count against",
        vertex_create,
        error(403, "Caller may not use project P.", "PERMISSION_DENIED", details=[info("USER_PROJECT_DENIED")]),
        Kind.DENIED,
        ("gcloud auth application-default set-quota-project P",),
    ),
    Row(
        "no permission to read the log",
        log,
        error(403, "Permission denied for all log views", "PERMISSION_DENIED"),
        Kind.DENIED,
        ("Cloud Logging", "could not read the log", "--role=roles/logging.viewer"),
    ),
    Row(
        "server error at a create",
        vertex_create,
        error(503, "The service is currently unavailable.", "UNAVAILABLE"),
        Kind.UNCERTAIN,
        ("look before doing it again",),
    ),
    Row("server error at a question", ml_get, Reply(500, b""), Kind.BUSY, ("it is in trouble", "status.cloud.google")),
    Row("connection lost at a create", ml_create, CUT, Kind.UNCERTAIN, ("no reply from ML Engine", "the connection")),
    Row("connection lost at a question", vertex_list, CUT, Kind.BUSY, ("could not list the jobs: no reply from",)),
    Row("a login page", ml_create, Reply(200, b"<html>"), Kind.UNCERTAIN, ("not JSON", "a proxy or a login page")),
    Row("a redirect", ml_create, Reply(302, b"", {"Location": "/"}), Kind.INVALID, ("HTTP 302",)),
    Row("not implemented", ml_create, error(501, "no", "UNIMPLEMENTED"), Kind.INVALID, ("the request was refused",)),
    Row("an answer of another make", ml_get, Reply(400, ["x"]), Kind.INVALID, ("HTTP 400",)),
    Row("an error in a list", ml_get, Reply(403, [{"error": {"message": "no"}}]), Kind.DENIED, (": no",)),
)


def test_the_table_has_all_its_rows():
    assert len(TABLE) == 38
    assert len({row.name for row in TABLE}) == 38
    unheard = {Kind.GONE, Kind.UNREACHABLE}  # no server answers these
    assert {row.kind for row in TABLE} == set(Kind) - unheard


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_one_clear_message_for(row, server):
    google = google_at(server.url, tries=1)
    server.then(row.answer)
    with pytest.raises(CallFailed) as failed:
        row.act(google)
    google.close()
    assert failed.value.kind is row.kind
    assert failed.value.__cause__ is None
    text = str(failed.value)
    assert [part for part in row.says if part not in text] == []
    assert len(text.splitlines()) <= 2
    assert failed.value.exit_code == (1 if failed.value.transient else 2)


def test_ml_engine_at_googles_own_host_is_told_to_be_shut_down_and_nothing_is_sent():
    google = google_at(None)
    for act in (ml_create, ml_get, ml_cancel, lambda google: list(google.ml_list("P"))):
        with pytest.raises(CallFailed) as failed:
            act(google)
        assert failed.value.kind is Kind.GONE
        assert "Google shut Cloud ML Engine down on 2025-01-31" in str(failed.value)
        assert "--backend vertex" in str(failed.value)
        assert "SWEEPER_ENDPOINT" in str(failed.value)


@pytest.mark.parametrize("region", ["evil.example/", "us central1", "us-central1.evil.example", "-", "x@y", "US"])
def test_a_region_that_would_change_the_host_is_refused(region):
    with pytest.raises(CallFailed) as failed:
        google_at(None).custom_create("p", region, {})
    assert failed.value.kind is Kind.INVALID
    assert "us-central1" in str(failed.value)


def test_a_project_that_cannot_be_one_is_told_without_a_call(server, google):
    with pytest.raises(CallFailed) as failed:
        google.custom_create("a/b", "us-central1", {})
    assert failed.value.kind is Kind.INVALID
    assert server.requests == []


SECRETS = (
    "ya29.a0AfH6SNotARealToken",
    "1//0gNotARealRefreshToken",
    "GOCSPX-notarealsecret",
    "AIzaSyNotARealKeyNotARealKeyNot",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl",
    "-----BEGIN PRIVATE KEY-----\nMIIEnotreal\n-----END PRIVATE KEY-----",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_a_server_echoes_of_a_secret_is_hidden(secret, server):
    google = google_at(server.url, tries=1)
    server.then(error(400, f"you sent Authorization: Bearer {secret} with {secret}.", "INVALID_ARGUMENT"))
    with pytest.raises(CallFailed) as failed:
        ml_create(google)
    google.close()
    assert secret.split("\n")[-2 if "\n" in secret else 0] not in str(failed.value)
    assert "[hidden]" in str(failed.value)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('{"access_token": "abc.def", "n": 1}', "abc.def"),
        (json.dumps({"private_key": "x\ny", "client_email": "me@x"}), "x\\ny"),
        ("refresh_token=abc&x=1", "abc"),
        ("https://h/o?upload_id=ABC-d_e&x=1", "ABC-d_e"),
        ("http://user:pw@host/", "user:pw"),
        ("known-token-1 was refused", "known-token-1"),
    ],
)
def test_secrets_are_taken_out_and_the_rest_stays(text, hidden):
    found = redact(text, "known-token-1")
    assert hidden not in found
    assert "[hidden]" in found


def test_ordinary_messages_are_left_alone():
    assert redact(QUOTA) == QUOTA
    assert redact("could not read gs://b/key=1/o: Bearer of news") == "could not read gs://b/key=1/o: Bearer of news"
