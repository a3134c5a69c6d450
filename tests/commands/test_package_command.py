"""``sweeper package`` and ``sweeper plan --files``: the same package, written or listed."""

from __future__ import annotations

import hashlib
import os
import tarfile

import pytest


@pytest.fixture
def packed(lab):
    """A sweep of a trainer in a package, with a few files that stay out."""
    (lab.folder / "trainer" / "__pycache__").mkdir(parents=True)
    lab.write("trainer/__init__.py", "")
    lab.write("trainer/task.py", '"""Usage: task.py --x=<n>"""\nfrom docopt import docopt\ndocopt(__doc__)\n')
    lab.write("trainer/words.txt", "some words")
    lab.write("trainer/.env", "KEY=1")
    lab.write("trainer/__pycache__/task.pyc", "")
    lab.write("sweep.yaml", "trainer: {module: trainer.task, requires: [docopt]}\nparameters: {x: [1, 2]}\n")
    return lab


def test_a_package_is_written_and_its_path_printed(packed):
    found = packed.run("package", "sweep.yaml", "--out=made/here", "--no-verify")
    assert (found.code, found.out) == (0, "made/here/trainer-0.1.tar.gz\n")
    data = (packed.folder / "made" / "here" / "trainer-0.1.tar.gz").read_bytes()
    assert f"sha256 {hashlib.sha256(data).hexdigest()}, {len(data)} bytes" in found.err
    assert "gcloud storage cp made/here/trainer-0.1.tar.gz gs://BUCKET/" in found.err
    assert "python-module=trainer.task" in found.err
    assert "note: stays out of the package, as it looks like credentials: trainer/.env" in found.err
    assert os.listdir(packed.folder / "made" / "here") == ["trainer-0.1.tar.gz"]
    assert not (packed.folder / ".sweeper").exists()


def test_json_has_the_keys_that_scripts_rely_on(packed):
    found = packed.run("package", "sweep.yaml", "--out=.", "--no-verify", "--json").json
    listed = packed.run("plan", "sweep.yaml", "--files", "--json").json
    assert found.pop("path") == "trainer-0.1.tar.gz"
    assert found == listed
    assert set(found) == {"name", "version", "filename", "digest", "size", "files", "left_out"}
    assert (found["name"], found["version"]) == ("trainer", "0.1")
    data = (packed.folder / "trainer-0.1.tar.gz").read_bytes()
    assert (found["size"], found["digest"]) == (len(data), hashlib.sha256(data).hexdigest())
    with tarfile.open(packed.folder / "trainer-0.1.tar.gz") as tar:
        sizes = {member.name.removeprefix("trainer-0.1/"): member.size for member in tar}
    assert {file["path"]: file["size"] for file in found["files"]} == sizes
    assert {file["path"]: file["why"] for file in found["left_out"]} == {
        "trainer/.env": "credentials",
        "trainer/__pycache__/": "a cache",
    }


def test_the_list_shows_what_goes_in_and_why_the_rest_stays_out(packed):
    packed.write("trainer/new\nline", "")
    found = packed.run("plan", "sweep.yaml", "--files")
    assert found.code == 0
    lines = found.out.splitlines()
    assert lines[0].startswith("trainer-0.1.tar.gz: 6 files, ")
    assert lines[0].split("sha256 ")[1] == packed.run("plan", "sweep.yaml", "--files", "--json").json["digest"]
    assert lines[1] == f"  made from {packed.folder} with a generated setup.py"
    rows = [line.split(maxsplit=1) for line in lines[3:9]]
    assert ["10", "trainer/words.txt"] in rows
    assert ["0", r"'trainer/new\nline'"] in rows
    assert lines[9:] == ["", "stays out:", "  credentials  trainer/.env", "  a cache      trainer/__pycache__/"]
    assert not (packed.folder / ".sweeper").exists()


def test_a_package_is_written_over_an_older_one_whole(packed):
    packed.run("package", "sweep.yaml", "--out=.", "--no-verify")
    before = (packed.folder / "trainer-0.1.tar.gz").stat()
    packed.write("trainer/words.txt", "other words")
    packed.run("package", "sweep.yaml", "--out=.", "--no-verify")
    assert (packed.folder / "trainer-0.1.tar.gz").stat().st_ino != before.st_ino


@pytest.mark.parametrize("argv", [("package", "sweep.yaml", "--out=out"), ("plan", "sweep.yaml", "--files")])
def test_a_private_key_stops_both_and_nothing_is_written(packed, argv):
    packed.write("trainer/notes.txt", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n")
    found = packed.run(*argv)
    assert (found.code, found.out) == (2, "")
    assert "trainer/notes.txt: this file looks like a private key" in found.err
    assert not list(packed.folder.rglob("*.tar.gz"))


def test_a_package_that_does_not_start_is_not_written(packed, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    found = packed.run("package", "sweep.yaml", "--out=out")
    assert (found.code, found.out) == (2, "")
    assert "pip cannot install the package" in found.err
    assert "--no-verify" in found.err
    assert not list(packed.folder.rglob("*.tar.gz"))


def test_a_folder_that_cannot_be_made_is_told(packed):
    found = packed.run("package", "sweep.yaml", "--out=sweep.yaml", "--no-verify")
    assert found.code == 2
    assert "--out: cannot make the folder sweep.yaml" in found.err


def test_a_trainer_in_an_image_has_no_package(packed):
    packed.write("image.yaml", "trainer: {module: trainer.task, image: gcr.io/p/i}\nparameters: {x: [1, 2]}\n")
    found = packed.run("package", "image.yaml", "--out=out")
    assert found.code == 2
    assert "the trainer is in the image gcr.io/p/i: there is no package to make" in found.err
