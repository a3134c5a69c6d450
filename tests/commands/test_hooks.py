"""``on_finish`` and ``on_failure``: real programs, and a real server on this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from command_lab import interrupt, is_refused, until

TELL = """
import json, os, sys
found = json.load(sys.stdin)
found["env"] = {name: text for name, text in os.environ.items() if name.startswith("SWEEPER_")}
with open("told.txt", "a") as out:
    print(json.dumps(found), file=out)
"""


@pytest.fixture
def told(lab):
    """What the program tell.py was told, each time."""
    lab.write("tell.py", TELL)

    def read():
        file = lab.folder / "told.txt"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    return read


class Server(ThreadingHTTPServer):
    """Keeps what is posted, and answers as it is told to."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.posted, self.status, self.silent = [], 200, threading.Event()
        self.silent.set()
        self.url = f"http://127.0.0.1:{self.server_port}/secret/path"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, dict(self.headers), json.loads(body)))
        self.server.silent.wait(60)
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.silent.set()
        made.shutdown()


def test_a_program_is_told_once_that_all_trials_have_succeeded(lab, told):
    lab.config(more="on_finish: [python, tell.py]\n")
    said = lab.run("launch", "sweep.yaml")
    assert said.code == 0
    assert "on_finish: runs python tell.py" in said.err
    (found,) = told()
    row = lab.run("results", "--json").json[0]
    assert (found["event"], found["status"], found["reason"], found["name"]) == ("finish", "succeeded", "", "toy")
    assert (found["states"]["succeeded"], found["trials"], found["best"]) == (3, 3, row)
    env = found["env"]
    assert (env["SWEEPER_STATUS"], env["SWEEPER_SWEEP"]) == ("succeeded", found["sweep"])
    assert (env["SWEEPER_BEST"], env["SWEEPER_BEST_TRIAL"]) == ("6.0", row["trial"])
    assert (env["SWEEPER_SUCCEEDED"], env["SWEEPER_FAILED"]) == ("3", "0")
    lab.run("launch", "sweep.yaml")
    assert len(told()) == 1
    lab.config(x="[1, 2, 3, 4]", more="on_finish: [python, tell.py]\n")
    lab.run("launch", "sweep.yaml")
    assert [one["trials"] for one in told()] == [3, 4]


def test_the_first_trial_that_fails_for_good_is_told_while_others_run(lab, told):
    more = "on_failure: [python, tell.py]\non_finish: [python, tell.py]\nlimits: {parallel: 2}\nlocal: {warm: never}\n"
    lab.config(x="[1, 3, 5]", mode="[odd, wait]", more=more)
    child = lab.start("launch", "sweep.yaml")
    until(told, "the word of the failure")
    (lab.folder / "go").touch()
    assert lab.end(child).code == 1
    failure, finish = told()
    assert (failure["event"], failure["status"]) == ("failure", "running")
    assert failure["failed"]["params"] == {"x": 1, "mode": "odd"}
    assert failure["failed"]["trial"] == failure["env"]["SWEEPER_TRIAL"]
    assert "cannot be learnt" in failure["reason"]
    assert (finish["event"], finish["status"], finish["states"]["failed"]) == ("finish", "failed", 3)


def test_what_is_tried_again_has_not_failed_for_good(lab, told):
    lab.config(x="2", mode="killed", more="on_failure: [python, tell.py]\n")
    assert lab.run("launch", "sweep.yaml").code == 0
    assert told() == []


def test_a_sweep_that_fails_as_a_whole_says_so(lab, told):
    lab.config(x="[1, 2, 3, 4]", mode="fail", more="on_failure: [python, tell.py]\non_finish: [python, tell.py]\n")
    assert lab.run("launch", "sweep.yaml").code == 1
    failure, finish = told()
    assert (failure["event"], finish["status"]) == ("failure", "halted")
    assert finish["reason"].startswith("the first 3 trials failed in the same way")


def test_a_limit_is_told_as_such(lab, told):
    lab.config(more="on_finish: [python, tell.py]\nlimits: {trials: 2}\n")
    assert lab.run("launch", "sweep.yaml").code == 1
    assert [(one["status"], one["reason"]) for one in told()] == [("limit", "limits.trials: 2 of 3 trials")]


def test_one_that_is_cancelled_and_then_carried_on_ends_twice(lab, told):
    lab.config(mode="wait", more="on_finish: [python, tell.py]\nlocal: {warm: never}\n")
    child = lab.start("launch", "sweep.yaml")
    until(lab.runs)
    interrupt(child)
    assert lab.end(child).code == 130
    (lab.folder / "go").touch()
    assert lab.run("launch", "sweep.yaml").code == 0
    assert [one["status"] for one in told()] == ["cancelled", "succeeded"]


def test_a_post_has_the_facts_and_headers_whose_values_are_nowhere_else(lab, server, monkeypatch):
    monkeypatch.setenv("TOKEN_OF_MINE", "Bearer hush-hush")
    monkeypatch.setenv("HOOK_OF_MINE", server.url)
    hook = "on_finish: {url_from: HOOK_OF_MINE, headers: {Authorization: TOKEN_OF_MINE}}\n"
    lab.config(more=hook)
    plan = lab.run("plan", "sweep.yaml")
    assert "  on_finish: posts to the address in HOOK_OF_MINE\n" in plan.out
    said = lab.run("launch", "sweep.yaml")
    assert said.code == 0
    ((path, headers, found),) = server.posted
    assert (path, headers["Authorization"], headers["Content-Type"]) == (
        "/secret/path",
        "Bearer hush-hush",
        "application/json",
    )
    assert (found["status"], found["best"]["metric"]) == ("succeeded", 6)
    everything = b"".join(lab.files().values()) + (said.out + said.err + plan.out).encode()
    assert b"hush-hush" not in everything
    assert b"secret/path" not in everything


@pytest.mark.parametrize(("status", "said"), [(500, "answered 500"), (302, "answered 302"), (404, "answered 404")])
def test_a_server_that_will_not_have_it_changes_nothing_and_is_said_without_its_path(lab, server, status, said):
    server.status = status
    lab.config(x="1", more=f"on_finish: {server.url}\n")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    assert f"\non_finish: http://127.0.0.1:{server.server_port} {said}\n" in found.err
    assert "secret" not in found.err
    assert len(server.posted) == 1
    lab.run("launch", "sweep.yaml")
    assert len(server.posted) == 1


def test_a_server_that_never_answers_is_given_up(lab, server):
    server.silent.clear()
    lab.config(x="1", more=f"on_finish: {{url: '{server.url}', timeout: 1s}}\n")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    assert f"\non_finish: http://127.0.0.1:{server.server_port}: no answer in time\n" in found.err


def test_a_server_that_is_not_there_is_said_in_words(lab):
    with socket.socket() as nobody:  # bound and not listening
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        lab.config(x="1", more=f"on_finish: {address}/secret\n")
        found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    assert f"\non_finish: {address}: connection refused\n" in found.err


def test_a_host_that_nobody_knows_is_said_in_words(lab, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    lab.config(x="1", more="on_finish: http://nowhere.invalid/secret\n")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    # The second where there is no network.
    assert re.search(
        r"\non_finish: http://nowhere.invalid: (name or service|temporary failure|no address|nodename)", found.err
    )


def test_of_what_a_program_prints_only_the_end_is_read_and_no_terminal_obeys_it(lab):
    huge = "with open(1, 'wb') as out:\n    out.truncate(1 << 40)\n    out.seek(0, 2)\n"
    lab.write("bad.py", f"{huge}    out.write(b'\\n\\x1b[2Jso ' + b'x' * 999)\nraise SystemExit(3)\n")
    lab.config(x="1", more='on_finish: [python, bad.py, "\\e[2J"]\n')
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    assert "on_finish: runs python bad.py '\\x1b[2J'\n" in found.err
    assert "on_finish: exit code 3: \\x1b[2Jso xxx" in found.err
    assert "\x1b" not in found.err + lab.run("plan", "sweep.yaml").out
    assert max(map(len, found.err.splitlines())) < 400


def test_a_program_that_fails_hangs_or_is_not_there_is_said_and_the_sweep_succeeds(lab):
    lab.write("bad.py", "print('so it is')\nraise SystemExit(3)\n")
    lab.config(x="1", more="on_finish: [python, bad.py]\n")
    said = lab.run("launch", "sweep.yaml")
    assert said.code == 0
    assert "on_finish: exit code 3: so it is\n" in said.err
    assert "on_finish.log" in said.err
    lab.config(x="2", more="on_finish: [no-such-program]\n")
    said = lab.run("launch", "sweep.yaml")
    assert said.code == 0
    assert "note: on_finish: there is no program no-such-program" in said.err
    assert "on_finish: no-such-program cannot be started: No such file or directory" in said.err


def test_a_program_that_hangs_is_killed_with_all_that_it_has_started(lab):
    lab.write("hang.sh", "sleep 600 & echo $! >child.pid\nwait\n")
    lab.config(x="1", more="on_finish: {command: [sh, hang.sh], timeout: 1s}\n")
    said = lab.run("launch", "sweep.yaml")
    assert said.code == 0
    assert "on_finish: has not ended within 1 s, and was killed" in said.err
    pid = int((lab.folder / "child.pid").read_text())
    until(lambda: not _lives(pid), "its child's end")


def _lives(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_launch_that_was_killed_before_all_was_told_tells_it_once_more_under_the_same_id(lab, server):
    server.silent.clear()
    lab.config(x="1", more=f"on_finish: {server.url}\n")
    child = lab.start("launch", "sweep.yaml")
    until(lambda: server.posted)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    server.silent.set()
    assert lab.run("launch", "sweep.yaml").code == 0
    lab.run("launch", "sweep.yaml")
    first, second = (found for _, _, found in server.posted)
    assert first == second
    assert len(lab.runs()) == 1
    with sqlite3.connect(lab.folder / ".sweeper" / "ledger.db") as ledger:
        ((settings,),) = ledger.execute("SELECT settings FROM sweeps")
    kept = json.loads(settings)["hooks"]["finish"]
    assert (kept["said"], kept["begun"] <= kept["ended"]) == ("", True)


def test_a_failure_that_was_not_told_to_the_end_is_told_by_the_next_launch(lab, server):
    server.silent.clear()
    lab.config(x="[1, 2]", mode="odd", more=f"on_failure: {server.url}\n")
    child = lab.start("launch", "sweep.yaml")
    until(lambda: server.posted)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    server.silent.set()
    assert lab.run("launch", "sweep.yaml").code == 1
    assert lab.run("launch", "sweep.yaml").code == 1
    first, second = (found for _, _, found in server.posted)
    assert first["id"] == second["id"]


def test_in_the_background_and_for_a_confirmation_they_run_and_for_a_smoke_run_they_do_not(lab, told):
    lab.config(more="on_finish: [python, tell.py]\n")
    assert lab.run("launch", "sweep.yaml", "--smoke").code == 0
    assert told() == []
    assert lab.run("launch", "sweep.yaml", "--detach").code == 0
    until(told)
    assert lab.run("confirm", "toy", "--top=2").code == 0
    assert [one["name"] for one in told()] == ["toy", "toy-confirm"]


def test_what_a_config_may_not_say_of_them(lab):
    for hook, said in (
        ("tell.py", "expected an address (http:// or https://), or a command as a list, got 'tell.py'"),
        ("ftp://example.org/x", "expected an address"),
        ("{}", "expected a command, a url or a url_from"),
        ("{command: [a], url: 'http://b/'}", "command and url: it can be only one of them"),
        ("{command: [a], headers: {A: B}}", "headers belong to an address"),
        ("{url: 'http://b/', headers: {Authorization: 'Bearer abc'}}", "the name of an environment variable"),
    ):
        lab.config(more=f"on_finish: {hook}\n")
        is_refused(lab.run("plan", "sweep.yaml"), said)


@pytest.mark.parametrize("form", ["'{}'", "{{url: '{}'}}"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:99999/x", "Port out of range"),
        ("http://127.0.0.1:http/x", "Port could not be cast"),
        ("http://[::1/x", "no address"),
        ("http://:80/x", "an address with a host"),
        ("https://me:hush-hush@example.org/x", "holds no user or password"),
    ],
)
def test_an_address_that_cannot_be_is_refused_before_anything_runs_and_a_password_is_not_repeated(lab, url, said, form):
    lab.config(more=f"on_finish: {form.format(url)}\n")
    line = next(at for at, line in enumerate((lab.folder / "sweep.yaml").read_text().splitlines(), 1) if url in line)
    for command in ("plan", "launch"):
        found = lab.run(command, "sweep.yaml")
        is_refused(found, said, f"sweep.yaml:{line}:")
        assert "hush" not in found.err
    assert not lab.runs()


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/x", "http://me:hush-hush@127.0.0.1/x", "127.0.0.1"])
def test_the_same_in_a_variable_is_said_without_it_when_it_is_used(lab, monkeypatch, url):
    monkeypatch.setenv("WEBHOOK", url)
    lab.config(x="1", more="on_finish: {url_from: WEBHOOK}\n")
    found = lab.run("launch", "sweep.yaml")
    assert found.code == 0
    assert "the variable WEBHOOK holds" in found.err
    assert "hush" not in found.err
