"""The real gcloud against the emulated Cloud Storage, with nothing but what ``sweeper emulator env`` prints."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from sweeper.emulator.env import variables

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not on the PATH"),
]


@pytest.fixture
def gcloud(emulator, tmp_path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CLOUDSDK", "GOOGLE"))}
    environ |= {**variables(emulator.url, emulator.dir), "HOME": str(tmp_path)}

    def run(*words, ok=True):
        done = subprocess.run(
            ["gcloud", "storage", *words], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode == 0) is ok, done.stderr
        return done.stdout if ok else done.stderr

    emulator.make_bucket()
    return run


def test_files_go_there_and_back(gcloud, tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "ü x.txt").write_text("hello\n")
    (tmp_path / "in" / "sub" / "empty").write_text("")
    gcloud("cp", "-r", "in", "gs://bucket/tree")
    assert gcloud("ls", "gs://bucket/**").split("\n") == ["gs://bucket/tree/sub/empty", "gs://bucket/tree/ü x.txt", ""]
    assert gcloud("ls", "gs://bucket/tree/").split("\n") == ["gs://bucket/tree/ü x.txt", "gs://bucket/tree/sub/", ""]
    assert gcloud("cat", "gs://bucket/tree/ü x.txt") == "hello\n"
    (tmp_path / "out").mkdir()
    gcloud("cp", "-r", "gs://bucket/tree/*", "out")
    assert (tmp_path / "out" / "ü x.txt").read_text() == "hello\n"
    assert (tmp_path / "out" / "sub" / "empty").read_text() == ""


def test_a_large_file_goes_there_in_chunks_and_back_in_slices(gcloud, tmp_path, emulator):
    data = os.urandom(20_000_000)
    (tmp_path / "large").write_bytes(data)
    gcloud("cp", "large", "gs://bucket/large")
    assert "resumable" in {row["query"].get("uploadType") for row in emulator.requests(part="storage.upload")}
    gcloud("cp", "gs://bucket/large", "back")
    assert (tmp_path / "back").read_bytes() == data


def test_objects_are_copied_and_removed(gcloud, tmp_path, emulator):
    (tmp_path / "a").write_text("a")
    gcloud("cp", "a", "gs://bucket/x/a")
    gcloud("cp", "gs://bucket/x/a", "gs://bucket/x/b")
    gcloud("mv", "gs://bucket/x/a", "gs://bucket/y/a")
    assert gcloud("ls", "gs://bucket/**").split() == ["gs://bucket/x/b", "gs://bucket/y/a"]
    gcloud("rm", "gs://bucket/x/b")
    gcloud("rm", "-r", "gs://bucket")
    assert emulator.call("GET", "/storage/v1/b/bucket")[0] == 404


def test_what_is_not_there_is_said_in_words(gcloud):
    assert "gs://nosuch not found: 404" in gcloud("ls", "gs://nosuch", ok=False)
    assert "matched no objects" in gcloud("rm", "gs://bucket/nosuch", ok=False)
