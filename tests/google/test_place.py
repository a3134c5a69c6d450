"""Project, region and bucket are found in one order, told with where each was said, and all that is missing at once."""

from __future__ import annotations

import json

import pytest

from sweeper.errors import ProblemsError
from sweeper.google.place import EMULATED, Place, from_json, resolve
from sweeper.model import CloudSettings
from sweeper.surroundings import Surroundings

CONFIG = CloudSettings(project="of-config", region="europe-west4", bucket="gs://of-config/a/b")


@pytest.fixture
def surroundings(tmp_path):
    def make(flags=None, **environ):
        environ = {"HOME": str(tmp_path), **environ}
        return Surroundings(tmp_path, environ, tmp_path / ".sweeper", "python", print, print, flags=flags or {})

    return make


def gcloud(tmp_path, text, *, name="default", folder=".config/gcloud"):
    configurations = tmp_path / folder / "configurations"
    configurations.mkdir(parents=True, exist_ok=True)
    (configurations / f"config_{name}").write_text(text)
    return tmp_path / folder


def test_the_command_line_is_stronger_than_the_config_and_the_config_than_variables(surroundings):
    here = surroundings({"project": "of-flag"}, SWEEPER_PROJECT="of-env", SWEEPER_BUCKET="gs://of-env")
    place = resolve(CONFIG, here, backend="vertex")
    assert place == Place("of-flag", "europe-west4", "of-config", "a/b")
    assert place.sources == {"project": "--project", "region": "vertex.region", "bucket": "vertex.bucket"}
    assert place.folder == "gs://of-config/a/b"


@pytest.mark.parametrize(
    ("variables", "project", "region"),
    [
        ({"SWEEPER_PROJECT": "aaa", "GOOGLE_CLOUD_PROJECT": "bbb"}, "SWEEPER_PROJECT", None),
        ({"GOOGLE_CLOUD_PROJECT": "aaa", "GCLOUD_PROJECT": "bbb"}, "GOOGLE_CLOUD_PROJECT", None),
        ({"GCLOUD_PROJECT": "aaa", "CLOUDSDK_CORE_PROJECT": "bbb"}, "GCLOUD_PROJECT", None),
        ({"CLOUDSDK_CORE_PROJECT": "aaa"}, "CLOUDSDK_CORE_PROJECT", None),
        ({"SWEEPER_PROJECT": "", "CLOUDSDK_CORE_PROJECT": "aaa"}, "CLOUDSDK_CORE_PROJECT", None),  # empty is not set
        ({"SWEEPER_REGION": "us-east1", "GOOGLE_CLOUD_REGION": "us-west1"}, None, "SWEEPER_REGION"),
        ({"GOOGLE_CLOUD_REGION": "us-east1", "CLOUDSDK_AI_REGION": "us-west1"}, None, "GOOGLE_CLOUD_REGION"),
        ({"CLOUDSDK_AI_REGION": "us-east1", "CLOUDSDK_COMPUTE_REGION": "us-west1"}, None, "CLOUDSDK_AI_REGION"),
        ({"CLOUDSDK_COMPUTE_REGION": "us-east1"}, None, "CLOUDSDK_COMPUTE_REGION"),
    ],
)
def test_variables_are_asked_in_this_order(surroundings, variables, project, region):
    other = {"SWEEPER_BUCKET": "gs://bucket"} | ({"SWEEPER_REGION": "us-west1"} if project else {"GCLOUD_PROJECT": "p"})
    place = resolve(CloudSettings(), surroundings(**other, **variables), backend="vertex")
    if project:
        assert (place.sources["project"], place.project) == (project, "aaa")
    else:
        assert (place.sources["region"], place.region) == (region, "us-east1")


def test_gclouds_own_configuration_is_asked_last(surroundings, tmp_path):
    gcloud(tmp_path, "[core]\nproject = of-gcloud\naccount = a@b.c\n[compute]\nregion = us-west1\n")
    place = resolve(CloudSettings(), surroundings(SWEEPER_BUCKET="gs://bucket"), backend="vertex")
    assert (place.project, place.region) == ("of-gcloud", "us-west1")
    assert place.sources["project"] == "gcloud's configuration 'default' (core/project)"
    assert resolve(CONFIG, surroundings(), backend="vertex").project == "of-config"


def test_the_active_configuration_is_the_one_that_gcloud_would_use(surroundings, tmp_path):
    folder = gcloud(tmp_path, "[core]\nproject = first\n", folder="g")
    gcloud(tmp_path, "[core]\nproject = second\n[ai]\nregion = global\n", name="work", folder="g")
    gcloud(tmp_path, "[core]\nproject = third\n", name="play", folder="g")
    rest = {"CLOUDSDK_CONFIG": str(folder), "SWEEPER_REGION": "us-east1", "SWEEPER_BUCKET": "gs://bucket"}

    def project(**more):
        return resolve(CloudSettings(), surroundings(**rest, **more), backend="vertex").project

    assert project() == "first"
    (folder / "active_config").write_text("work\n")
    assert project() == "second"
    assert project(CLOUDSDK_ACTIVE_CONFIG_NAME="play") == "third"
    with pytest.raises(ProblemsError, match="the project is not known"):
        project(CLOUDSDK_ACTIVE_CONFIG_NAME="NONE")


def test_a_region_that_is_none_for_jobs_is_passed_by(surroundings, tmp_path):
    gcloud(tmp_path, "[core]\nproject = p-1\n[ai]\nregion = global\n[compute]\nregion = us-east4\n")
    here = surroundings(SWEEPER_BUCKET="gs://bucket")
    assert resolve(CloudSettings(), here, backend="vertex").region == "us-east4"


def test_a_key_files_project_comes_before_gclouds(surroundings, tmp_path):
    gcloud(tmp_path, "[core]\nproject = of-gcloud\n")
    (tmp_path / "key.json").write_text(json.dumps({"type": "service_account", "project_id": "of-key"}))
    rest = {"SWEEPER_REGION": "us-east1", "SWEEPER_BUCKET": "gs://bucket"}
    place = resolve(
        CloudSettings(), surroundings(GOOGLE_APPLICATION_CREDENTIALS="key.json", **rest), backend="mlengine"
    )
    assert (place.project, place.sources["project"]) == ("of-key", "key.json (project_id)")
    (tmp_path / ".config/gcloud/application_default_credentials.json").write_text(
        json.dumps({"type": "authorized_user", "quota_project_id": "of-quota", "refresh_token": "secret"})
    )
    assert resolve(CloudSettings(), surroundings(**rest), backend="vertex").project == "of-gcloud"
    (tmp_path / ".config/gcloud/configurations/config_default").unlink()
    assert resolve(CloudSettings(), surroundings(**rest), backend="vertex").project == "of-quota"


@pytest.mark.parametrize(
    "broken", ["[", "[core\nproject", "project = x\n", "[core]\nproject = %(x)s%\n[core]\n", "\xff"]
)
def test_a_broken_file_of_gclouds_says_nothing(surroundings, tmp_path, broken):
    folder = gcloud(tmp_path, "")
    (folder / "configurations/config_default").write_bytes(broken.encode("latin-1"))
    (folder / "application_default_credentials.json").write_bytes(broken.encode("latin-1"))
    with pytest.raises(ProblemsError) as caught:
        resolve(CloudSettings(), surroundings(), backend="vertex")
    assert len(caught.value.problems) == 3


def test_all_that_is_missing_is_told_at_once_with_what_to_type(surroundings):
    with pytest.raises(ProblemsError) as caught:
        resolve(CloudSettings(region="us-east1"), surroundings(), backend="vertex")
    assert caught.value.exit_code == 2
    assert str(caught.value).splitlines() == [
        "vertex.project: the project is not known",
        "  write --project=my-project, or vertex: {project: my-project} in the config, or set SWEEPER_PROJECT, "
        "or say `gcloud config set project my-project`",
        "vertex.bucket: the bucket is not known",
        "  write --bucket=gs://my-bucket/sweeps, or vertex: {bucket: gs://my-bucket/sweeps} in the config, "
        "or set SWEEPER_BUCKET",
    ]


@pytest.mark.parametrize(
    ("flags", "environ", "said"),
    [
        ({"region": "us-central1-a"}, {}, "--region: expected a region, got 'us-central1-a'"),
        ({"bucket": "my-bucket"}, {}, "--bucket: expected gs://bucket or gs://bucket/folder, got 'my-bucket'"),
        ({}, {"SWEEPER_PROJECT": "My Project"}, "SWEEPER_PROJECT: expected a project's id"),
    ],
)
def test_a_value_that_can_be_none_is_told_with_where_it_was_said(surroundings, flags, environ, said):
    settings = CloudSettings(
        project=None if environ else "p", region=None if "region" in flags else "us-east1", bucket="gs://bucket"
    )
    with pytest.raises(ProblemsError) as caught:
        resolve(settings, surroundings(flags, **environ), backend="vertex")
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8765", "http://localhost:1", "http://[::1]:9"])
def test_a_server_of_this_machine_needs_no_settings(surroundings, tmp_path, endpoint):
    gcloud(tmp_path, "[core]\nproject = of-gcloud\n")  # the emulator has nothing to do with it
    place = resolve(CloudSettings(), surroundings(SWEEPER_ENDPOINT=endpoint), backend="vertex")
    assert place.as_json() == EMULATED
    named = resolve(CONFIG, surroundings(SWEEPER_ENDPOINT=endpoint), backend="vertex")
    assert named.as_json() == {"project": "of-config", "region": "europe-west4", "bucket": "gs://of-config/a/b"}


def test_a_server_of_another_machine_does(surroundings):
    with pytest.raises(ProblemsError):
        resolve(CloudSettings(), surroundings(SWEEPER_ENDPOINT="http://10.0.0.7:8765"), backend="vertex")


def test_a_place_comes_back_from_what_it_wrote():
    place = Place("p", "us-east1", "bucket", "a/b")
    assert from_json(place.as_json()) == place
    assert Place("p", "us-east1", "bucket").folder == "gs://bucket"
    assert from_json(Place("p", "us-east1", "bucket").as_json()).prefix == ""
