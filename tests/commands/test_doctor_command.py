"""``sweeper doctor``: what a launch needs, line by line, and what to type."""

from __future__ import annotations

import pytest


@pytest.fixture
def at_emulator(lab, emulator, monkeypatch):
    monkeypatch.setenv("SWEEPER_ENDPOINT", emulator.url)
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "SWEEPER_PROJECT", "SWEEPER_REGION", "SWEEPER_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    return lab


def test_against_the_emulator_every_line_is_ok_but_what_it_cannot_tell(at_emulator):
    said = at_emulator.run("doctor", "--backend=vertex")
    lines = [line.split(":")[0].split() for line in said.out.splitlines()]
    assert said.code == 0, said
    assert lines == [
        ["ok", "credentials"],
        ["ok", "project"],
        ["ok", "API"],
        ["ok", "region"],
        ["unknown", "create"],
        ["ok", "bucket"],
    ]


def test_json_has_the_same(at_emulator):
    said = at_emulator.run("doctor", "--backend=mlengine", "--json")
    assert said.code == 0
    assert [sorted(check) for check in said.json] == [["hint", "message", "name", "ok"]] * 6


def test_a_problem_is_told_with_what_to_type_and_makes_the_code_2(lab, monkeypatch):
    monkeypatch.setenv("SWEEPER_ENDPOINT", "http://127.0.0.1:1")
    said = lab.run("doctor", "--backend=vertex", "--project=my-project", "--bucket=gs://b-k", "--region=us-central1")
    assert said.code == 2
    assert "PROBLEM  server: could not list the jobs" in said.out
    assert "sweeper emulator start" in said.out


@pytest.fixture
def nowhere(lab, monkeypatch):
    """At Google's own hosts, with no project, no region, no bucket and no credentials said anywhere."""
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "SWEEPER_PROJECT", "SWEEPER_REGION", "SWEEPER_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SWEEPER_ENDPOINT", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(lab.folder / "gcloud"))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(lab.folder / "none.json"))
    return lab


def test_without_a_place_the_credentials_are_looked_at_all_the_same(nowhere):
    said = nowhere.run("doctor", "--backend=vertex")
    assert said.code == 2
    assert "PROBLEM  credentials: GOOGLE_APPLICATION_CREDENTIALS names " in said.out
    assert all(f"vertex.{what}: the {what} is not known" in said.err for what in ("project", "region", "bucket"))


@pytest.mark.parametrize("verb", [("doctor",), ("plan", "sweep.yaml"), ("launch", "sweep.yaml"), ("attach", "toy")])
def test_nobody_looks_for_a_project_of_a_service_that_is_gone(nowhere, verb):
    nowhere.config()
    said = nowhere.run(*verb, "--backend=mlengine")
    assert said.code != 0
    assert "Google shut Cloud ML Engine down on 2025-01-31" in said.err
    assert "--backend vertex" in said.err
    assert "the project is not known" not in said.err


def test_a_plan_of_a_service_that_is_gone_says_so(nowhere):
    nowhere.config()
    place = ("--project=my-project", "--region=us-central1", "--bucket=gs://my-bucket")
    said = nowhere.run("plan", "sweep.yaml", "--backend=mlengine", *place)
    assert said.code == 0
    assert "  a launch would fail: Google shut Cloud ML Engine down on 2025-01-31; use --backend vertex" in said.out


@pytest.mark.parametrize(
    ("argv", "environ", "says"),
    [
        (["--backend=local"], {}, "expected mlengine or vertex, got 'local'"),
        (
            ["--backend=vertex"],
            {"SWEEPER_ENDPOINT": "localhost:8080"},
            "SWEEPER_ENDPOINT: expected http(s)://host:port",
        ),
    ],
)
def test_what_cannot_be_looked_at_is_refused(argv, environ, says, lab, monkeypatch):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    said = lab.run("doctor", *argv)
    assert said.code == 2
    assert says in said.err
