"""``sweeper emulator start`` and ``env``: what they print, how they end, what they refuse, what survives a kill."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.request

import pytest

from sweeper import cli


class Started:
    """``sweeper emulator start`` in a process of its own."""

    def __init__(self, folder, *options):
        command = [sys.executable, "-m", "sweeper", "emulator", "start", "--port=0", *options]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environ()
        )
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), self.process.stderr.read()
        self.url = line.split()[-1]

    def post(self, path, data, kind="application/json"):
        request = urllib.request.Request(f"{self.url}{path}", data, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def get(self, path):
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            return answer.read()

    def end(self, how):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


def _environ():
    names = ("SWEEPER", "CLOUDSDK", "STORAGE_EMULATOR")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}


@pytest.fixture
def start(tmp_path):
    running = []

    def make(*options):
        running.append(Started(tmp_path, *options))
        return running[-1]

    yield make
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_ends_when_asked_to(start, how, tmp_path):
    one = start("--dir=here")
    assert json.loads(one.get("/_emulator/health"))["dir"] == str(tmp_path / "here")
    assert one.end(how) == (0, "", "")
    assert not (tmp_path / "here" / "address.json").exists()


def test_what_it_has_answered_survives_a_kill(start):
    one = start()
    one.post("/storage/v1/b?project=p", b'{"name": "bucket"}')
    one.post("/upload/storage/v1/b/bucket/o?uploadType=media&name=a", b"hello", "text/plain")
    one.end(signal.SIGKILL)
    two = start()
    assert two.get("/storage/v1/b/bucket/o/a?alt=media") == b"hello"
    books = json.loads(two.get("/_emulator/requests"))["requests"]
    assert [row["part"] for row in books] == ["storage.bucket_create", "storage.upload", "storage.read"]


def test_env_prints_what_a_shell_takes(start, tmp_path):
    one = start()
    command = [sys.executable, "-m", "sweeper", "emulator", "env"]
    lines = subprocess.check_output(command, cwd=tmp_path, text=True, env=_environ()).splitlines()
    assert all(line.startswith("export ") and len(shlex.split(line)) == 2 for line in lines)
    found = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    assert found["SWEEPER_ENDPOINT"] == found["STORAGE_EMULATOR_HOST"] == one.url
    assert found["CLOUDSDK_API_ENDPOINT_OVERRIDES_ML"] == f"{one.url}/"
    assert found["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] == f"{one.url}/storage/v1/"


def test_env_before_the_start_says_where_it_would_be(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["emulator", "env"]) == 0
    assert "export SWEEPER_ENDPOINT=http://127.0.0.1:8765\n" in capsys.readouterr().out
    assert cli.main(["emulator", "env", "--port=99", "--host=::1"]) == 0
    assert "export SWEEPER_ENDPOINT='http://[::1]:99'\n" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


# option -> a word of the message
REFUSED = {
    "--port=http": "--port: expected a whole number",
    "--port=70000": "--port: expected a port",
    "--port=-1": "--port: expected at least 0",
    "--host=nosuch.invalid": "cannot listen there",
    "--faults=nosuch=1": "no fault is called 'nosuch'",
    "--faults=nosuchfile": "cannot read the faults",
    "--seed=x": "--seed: expected a whole number",
    "--slots=0": "--slots: expected at least 1",
    "--quota=many": "--quota: expected a quota",
    "--simulate=long": "--simulate: expected seconds",
    "--clock=cuckoo": "no clock is called 'cuckoo'",
    "--study-engine=cuckoo": "no study engine is called 'cuckoo'",
}


@pytest.mark.parametrize("option", REFUSED)
def test_what_it_cannot_use_is_said_in_words(option, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    options = [option] if option.startswith("--port") else ["--port=0", option]
    assert cli.main(["emulator", "start", *options]) == 2
    out, err = capsys.readouterr()
    assert REFUSED[option] in err
    assert (out, "Traceback" in err) == ("", False)
    assert list(tmp_path.iterdir()) == []
