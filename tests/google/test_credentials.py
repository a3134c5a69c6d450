"""Whose name calls are made in; what is said where there is none; and that no key or token is ever shown."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sweeper.google.access import Anonymous, Token
from sweeper.google.client import make_google
from sweeper.google.credentials import Identity, load
from sweeper.google.failures import CallFailed, Kind
from tests.google.google_lab import Reply, around, error, google_at

TOKEN_1, TOKEN_2 = "tok-one-93475", "tok-two-28340"
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def key_file(tmp_path, pem, server) -> Path:
    path = tmp_path / "key.json"
    info = {
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "k1",
        "private_key": pem,
        "client_email": "robot@p.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{server.url}/token",
    }
    path.write_text(json.dumps(info))
    return path


def token(value: str) -> Reply:
    return Reply(body={"access_token": value, "expires_in": 3600, "token_type": "Bearer"})


def authorized(server, key_file, **options):
    return google_at(server.url, load=lambda: load({}, key_file=str(key_file)), **options)


def test_a_service_accounts_token_is_got_once_and_sent_with_every_call(server, key_file):
    google = authorized(server, key_file)
    server.then(token(TOKEN_1))
    google.ml_get("p", "a")
    google.ml_get("p", "b")
    assert [request.path.split("?")[0] for request in server.requests] == [
        "/token",
        "/v1/projects/p/jobs/a",
        "/v1/projects/p/jobs/b",
    ]
    assert {request.headers.get("authorization") for request in server.requests[1:]} == {f"Bearer {TOKEN_1}"}
    google.close()


def test_after_a_401_there_is_one_new_token_and_one_more_try(server, key_file):
    google = authorized(server, key_file)
    refused = error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED")
    server.then(token(TOKEN_1), refused, token(TOKEN_2), Reply(body={"jobId": "a"}))
    assert google.ml_create("p", {"jobId": "a"}) == {"jobId": "a"}
    assert server.requests[-1].headers["authorization"] == f"Bearer {TOKEN_2}"
    server.then(refused, token(TOKEN_1), refused)
    with pytest.raises(CallFailed) as failed:
        google.ml_create("p", {"jobId": "a"})
    assert failed.value.kind is Kind.UNAUTHENTICATED
    assert len(server.requests) == 7
    google.close()


def test_a_revoked_login_says_what_to_type_and_nothing_that_google_auth_said(server, key_file, caplog):
    google = authorized(server, key_file)
    server.then(Reply(400, {"error": "invalid_grant", "error_description": "Bad", "id_token": TOKEN_1}))
    with caplog.at_level(logging.DEBUG), pytest.raises(CallFailed) as failed:
        google.ml_get("p", "a")
    shown = "".join(traceback.format_exception(failed.value)) + caplog.text
    assert failed.value.kind is Kind.UNAUTHENTICATED
    assert "expired or revoked (invalid_grant)" in str(failed.value)
    assert "gcloud auth application-default login" in str(failed.value)
    assert TOKEN_1 not in shown
    assert "PRIVATE KEY" not in shown
    google.close()


def test_no_token_or_key_is_in_a_message_a_repr_or_a_log(server, key_file, pem, caplog):
    google = authorized(server, key_file, tries=1)
    server.then(token(TOKEN_1), error(400, f"what is {TOKEN_1}?", "INVALID_ARGUMENT"))
    with caplog.at_level(logging.DEBUG), pytest.raises(CallFailed) as failed:
        google.ml_create("p", {"jobId": "a"})
    shown = [
        str(failed.value),
        repr(failed.value),
        "".join(traceback.format_exception(failed.value)),
        repr(google),
        repr(google.caller.transport.access),
        caplog.text,
    ]
    assert [text for text in shown if TOKEN_1 in text or pem.splitlines()[1] in text] == []
    assert "what is [hidden]?" in shown[0]
    google.close()


def test_a_token_service_that_cannot_be_reached_is_not_a_bad_login(tmp_path, key_file, server):
    info = json.loads(key_file.read_text())
    (tmp_path / "away.json").write_text(json.dumps({**info, "token_uri": "http://127.0.0.1:1/token"}))
    with pytest.raises(CallFailed) as failed:
        google_at(server.url, load=lambda: load({}, key_file=str(tmp_path / "away.json"))).log_in()
    assert failed.value.kind is Kind.UNREACHABLE
    assert "oauth2.googleapis.com" in str(failed.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "it cannot be read: No such file"),
        ("{", "it is not JSON"),
        ("[]", "it is not a credentials file"),
        ("{}", "it is not a usable credentials file"),
        ('{"type": "service_account", "private_key": "s3cr3t-k3y"}', "it is not a usable credentials file"),
        (
            '{"type": "service_account", "private_key": "s3cr3t-k3y", "client_email": "a", "token_uri": "b"}',
            "it is not a usable credentials file",
        ),
        ('{"type": "authorized_user", "refresh_token": "s3cr3t-k3y"}', "it is not a usable credentials file"),
    ],
)
def test_a_bad_key_file_is_told_with_its_path_and_without_its_contents(text, says, tmp_path):
    path = tmp_path / "key.json"
    if text is not None:
        path.write_text(text)
    for arguments, where in (
        ({"environ": {}, "key_file": str(path)}, f"{path}"),
        ({"environ": {"GOOGLE_APPLICATION_CREDENTIALS": str(path)}}, f"GOOGLE_APPLICATION_CREDENTIALS names {path}"),
    ):
        with pytest.raises(CallFailed) as failed:
            load(**arguments)
        assert f"{where}: {says}" in str(failed.value)
        assert failed.value.kind is Kind.UNAUTHENTICATED
        assert "s3cr3t" not in "".join(traceback.format_exception(failed.value))


def test_a_users_own_login_is_used_with_its_project_for_quota(tmp_path, server):
    info = {
        "type": "authorized_user",
        "client_id": "c",
        "client_secret": "s",
        "refresh_token": "r",
        "token_uri": f"{server.url}/token",
        "quota_project_id": "payer",
    }
    (tmp_path / "adc.json").write_text(json.dumps(info))
    server.then(token(TOKEN_1))
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "adc.json")}
    identity = load(environ)
    identity.source._token_uri = f"{server.url}/token"  # its own is Google's, whatever the file says
    google = google_at(server.url, load=lambda: identity)
    google.ml_get("p", "a")
    assert server.requests[1].headers["authorization"] == f"Bearer {TOKEN_1}"
    assert server.requests[1].headers["x-goog-user-project"] == "payer"
    google.close()


class Answers:
    """google-auth's transport, with the answers at hand."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers = list(answers)
        self.urls: list[str] = []

    def __call__(self, url, method="GET", body=None, headers=None, timeout=None, **kwargs):
        self.urls.append(url)
        status, data = self.answers.pop(0)
        return type("Response", (), {"status": status, "headers": {}, "data": json.dumps(data).encode()})


def impersonated(key_file: Path) -> Identity:
    return load({}, key_file=str(key_file), impersonate="runner@p.iam.gserviceaccount.com")


def test_impersonation_gets_the_other_accounts_token_with_ours(key_file):
    until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answers = Answers(
        (200, {"access_token": TOKEN_1, "expires_in": 3600}),
        (200, {"accessToken": TOKEN_2, "expireTime": until}),
    )
    access = Token(lambda: impersonated(key_file), answers)
    assert access.headers()["authorization"] == f"Bearer {TOKEN_2}"
    assert TOKEN_2 in access.secrets()
    assert "runner@p.iam.gserviceaccount.com:generateAccessToken" in answers.urls[1]


def test_impersonation_that_is_not_allowed_says_which_role_is_missing(key_file):
    answers = Answers(
        (200, {"access_token": TOKEN_1, "expires_in": 3600}),
        (403, {"error": {"code": 403, "message": f"no {TOKEN_1}"}}),
        (200, {"access_token": TOKEN_1, "expires_in": 3600}),
    )
    with pytest.raises(CallFailed) as failed:
        Token(lambda: impersonated(key_file), answers).headers()
    assert failed.value.kind is Kind.DENIED
    assert "may not impersonate runner@p.iam.gserviceaccount.com" in str(failed.value)
    assert "roles/iam.serviceAccountTokenCreator" in str(failed.value)
    assert TOKEN_1 not in str(failed.value)


def test_impersonation_with_a_login_that_is_revoked_is_the_logins_fault(key_file):
    answers = Answers(*[(400, {"error": "invalid_grant"})] * 2)
    with pytest.raises(CallFailed) as failed:
        Token(lambda: impersonated(key_file), answers).headers()
    assert failed.value.kind is Kind.UNAUTHENTICATED


def test_impersonation_whose_api_is_off_says_how_to_switch_it_on(key_file):
    off = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
    own = (200, {"access_token": TOKEN_1, "expires_in": 3600})
    answers = Answers(own, (403, {"error": {"code": 403, "message": "off", "details": [off]}}), own)
    with pytest.raises(CallFailed) as failed:
        Token(lambda: impersonated(key_file), answers).headers()
    assert failed.value.kind is Kind.API_DISABLED
    assert "gcloud services enable iamcredentials.googleapis.com" in str(failed.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://localhost:1", "https://[::1]:1", "http://e.example:1"]
)
def test_a_server_on_this_machine_or_over_plain_http_never_sees_credentials(address, tmp_path, key_file):
    environ = {"SWEEPER_ENDPOINT": address, "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}
    google = make_google(around(tmp_path, environ), key_file=str(key_file), impersonate="x@y")
    assert isinstance(google.caller.transport.access, Anonymous)


def test_google_itself_and_a_server_behind_tls_do(tmp_path):
    for environ in ({}, {"SWEEPER_ENDPOINT": "https://apis.example"}):
        assert isinstance(make_google(around(tmp_path, environ)).caller.transport.access, Token)


def test_a_machine_without_credentials_is_told_what_to_type(tmp_path):
    code = (
        "from pathlib import Path\n"
        "from sweeper.google.client import make_google\n"
        "from sweeper.google.failures import CallFailed\n"
        "from sweeper.surroundings import Surroundings\n"
        "import os\n"
        "here = Surroundings(Path('.'), dict(os.environ), Path('.'), '', print, print)\n"
        "try:\n"
        "    make_google(here).log_in()\n"
        "except CallFailed as failed:\n"
        "    print(failed)\n"
    )
    environ = {"HOME": str(tmp_path), "CLOUDSDK_CONFIG": str(tmp_path), "NO_GCE_CHECK": "true", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "there are no Google credentials on this machine\n"
        "  type: gcloud auth application-default login; "
        "or set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file\n"
    )
    assert done.stderr == ""
