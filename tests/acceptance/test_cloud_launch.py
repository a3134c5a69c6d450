"""A cloud sweep from its launch on: jobs that do not end well, cancels, leaving, and second launches of all kinds."""

import json
import re
import shutil
from collections import Counter

import pytest

from tests.acceptance.cloud_lab import LAUNCH, Desk, Laptop, until
from tests.emulator.runner_lab import shared_environments

TRAINER = '''"""A trainer that counts its runs in its output folder.

Usage:
  task [--x=<n>] [--mode=<word>] [--job-dir=<dir>]

Options:
  --x=<n>          A number [default: 0].
  --mode=<word>    What becomes of it [default: fine].
  --job-dir=<dir>  Where the metric goes.
"""
import json, os, sys, time, urllib.error, urllib.parse, urllib.request

from docopt import docopt

options = docopt(__doc__)
base, mode = os.environ["STORAGE_EMULATOR_HOST"], options["--mode"]
bucket, _, folder = options["--job-dir"].removeprefix("gs://").partition("/")


def read(name):
    try:
        path = urllib.parse.quote(name, safe="")
        return urllib.request.urlopen(f"{base}/storage/v1/b/{bucket}/o/{path}?alt=media").read()
    except urllib.error.HTTPError:
        return b""


def write(name, data):
    url = f"{base}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={urllib.parse.quote(name, safe='')}"
    urllib.request.urlopen(urllib.request.Request(url, data=data, headers={"Content-Type": "text/plain"})).read()


runs = read(folder + "/runs.txt") + b"run\\n"
write(folder + "/runs.txt", runs)
print("run", len(runs.split()), flush=True)
if mode == "fail":
    sys.exit("x cannot be learnt")
while mode == "wait" and not read("go"):
    time.sleep(0.05)
write(folder + "/metrics.jsonl", json.dumps({"accuracy": float(options["--x"])}).encode())
'''

CONFIG = """\
name: tiny
trainer: {{module: tiny.task, requires: []}}
metric: accuracy
parameters:
  x: {x}
  mode: {mode}
limits: {limits}
{backend}: {{creates_per_minute: 100000}}
"""


class Site(Desk):
    """A desk whose trainer does as it is told."""

    def config(self, *, x="[1, 2, 3]", mode="fine", limits="{}"):
        text = CONFIG.format(x=x, mode=mode, limits=limits, backend=self.backend)
        (self.folder / "sweep.yaml").write_text(text)

    def start(self, *argv):
        """In a process of its own; what it says goes to a file."""
        laptop = Laptop.__new__(Laptop)
        laptop.folder, laptop.url, laptop.said = self.folder, self.emulator.url, self.folder / f"said-{len(self.made)}"
        self.made.append(laptop.start(*argv, f"--backend={self.backend}"))
        return self.made[-1], laptop.said.read_text

    def objects(self):
        found = self.emulator.call("GET", "/storage/v1/b/sweeper-emulator/o")[2].get("items", [])
        return [one["name"] for one in found]

    def runs(self):
        """How often the trainer has run in each trial's folder."""
        found = {}
        for name in self.objects():
            if name.endswith("/runs.txt"):
                path = name.replace("/", "%2F")
                text = self.emulator.call("GET", f"/storage/v1/b/sweeper-emulator/o/{path}?alt=media")[2]
                found[name.split("/")[-2]] = len(text.split())
        return found

    def go(self):
        """The trainers that wait go on."""
        path = "/upload/storage/v1/b/sweeper-emulator/o?uploadType=media&name=go"
        assert self.emulator.call("POST", path, b"go", {"Content-Type": "text/plain"})[0] == 200

    def trials(self, *more):
        code, said = self.run("results", "--json", *more)
        assert code == 0
        return json.loads(said)

    def folders(self):
        """The output folders that the jobs of each trial have had."""
        found = {}
        for job in self.jobs():
            where = (
                job["trainingInput"]["jobDir"] if self.backend == "mlengine" else job["jobSpec"]["baseOutputDirectory"]
            )
            found.setdefault(job["labels"]["sweeper-trial"], set()).add(str(where))
        return found

    def labels(self):
        """Trial and attempt of every job that the service has."""
        return Counter((job["labels"]["sweeper-trial"], job["labels"]["sweeper-attempt"]) for job in self.jobs())


@pytest.fixture
def site(request, tmp_path, make_emulator, monkeypatch, capsys):
    folder = tmp_path / "emulator"
    folder.mkdir()
    (folder / "environments").symlink_to(shared_environments())
    backend = getattr(request, "param", "vertex")
    made = Site(tmp_path / "laptop", make_emulator(folder, slots=4), monkeypatch, capsys, backend=backend)
    made.made = []
    (made.folder / "tiny" / "task.py").write_text(TRAINER)
    made.config()
    yield made
    for process in made.made:
        process.kill()
        process.wait()


BOTH = pytest.mark.parametrize("site", ["mlengine", "vertex"], indirect=True)


@BOTH
def test_a_preempted_trial_is_a_new_attempt_that_goes_on_in_its_folder(site):
    site.emulator.set_faults("preempt=1x3")  # whatever the three had done by then
    code, said = site.run(*LAUNCH)
    assert code == 0, said
    assert site.runs().keys() == {row["trial"] for row in site.trials()}
    if site.backend == "vertex":  # ML Engine starts the same job again by itself
        assert {row["attempt"] for row in site.trials()} == {2}
        assert len(site.labels()) == 6
    assert set(site.labels().values()) == {1}
    assert all(len(folders) == 1 for folders in site.folders().values())


@pytest.mark.slow
def test_trials_that_stay_preempted_are_one_class_of_failure(site):
    site.config(x="[1, 2]", limits="{retries: 0}")
    site.emulator.set_faults("preempt=1")
    assert site.run(*LAUNCH)[0] == 1
    (group,) = json.loads(site.run("results", "--failures", "--json")[1])
    assert (group["class"], group["n"]) == ("preempted", 2)


@BOTH
def test_a_trial_whose_own_code_failed_is_run_again_only_where_the_config_says_so(site):
    site.config(x="[1, 2]", mode="fail")
    code, said = site.run(*LAUNCH)
    assert code == 1
    assert "see why: sweeper results" in said
    assert set(site.runs().values()) == {1}
    assert {(row["state"], row["reason"]) for row in site.trials()} == {("failed", "code")}
    assert all("x cannot be learnt" in row["note"] for row in site.trials())
    site.config(x="[1, 2]", mode="fail", limits="{retries: {transient: 0, code: 1}}")
    assert site.run(*LAUNCH, "--fresh")[0] == 1
    assert {row["attempt"] for row in site.trials()} == {2}


@BOTH
def test_a_job_that_hangs_is_ended_at_its_limit(site):
    site.config(x="[1, 2]", limits="{timeout: 1, retries: 0}")
    site.emulator.set_faults("hang=1")
    code, said = site.run(*LAUNCH)
    assert code == 1, said
    assert {(row["state"], row["reason"]) for row in site.trials()} == {("failed", "timeout")}


@BOTH
def test_it_is_left_to_run_and_looked_after_from_later_processes(site):
    site.config(mode="wait")
    code, said = site.run(*LAUNCH, "--detach")
    assert code == 0
    assert re.search(r"left 3 with \w+; follow them: sweeper watch tiny-", said)
    until(lambda: len(site.runs()) == 3)
    until(lambda: site.states() == {"running": 3})
    code, said = site.run("status")
    assert "no launch is running" in said
    first, second, _ = sorted(site.trials(), key=lambda row: row["params"]["x"])
    assert "run 1" in site.run("logs", "tiny", first["trial"])[1]
    assert site.run("cancel", "tiny", second["trial"])[0] == 0
    assert site.states() == {"running": 2, "cancelled": 1}
    site.go()
    code, said = site.run("watch")
    assert code == 1, "one was cancelled"
    assert "2 succeeded, 1 cancelled" in said
    assert [row["metric"] for row in site.trials()] == [3.0, 1.0, None]
    assert site.run(*LAUNCH)[0] == 1, "a trial that was cancelled by itself stays so"
    assert max(site.labels().values()) == 1
    assert len(site.labels()) == 3


@BOTH
def test_a_sweep_that_is_cancelled_ends_its_jobs_and_the_next_launch_goes_on(site):
    site.config(mode="wait")
    assert site.run(*LAUNCH, "--detach")[0] == 0
    code, said = site.run("cancel", "tiny")
    assert code == 0
    assert "3 cancelled" in said
    assert {job["state"].removeprefix("JOB_STATE_") for job in site.jobs()} == {"CANCELLED"}
    site.go()
    assert site.run(*LAUNCH)[0] == 0
    assert site.states() == {"succeeded": 3}


def test_a_launch_that_runs_is_told_to_cancel_by_another_process(site):
    site.config(mode="wait")
    process, said = site.start(*LAUNCH)
    until(lambda: len(site.runs()) == 3)
    code, heard = site.run("cancel", "tiny")
    assert code == 0
    assert "asked the launch that runs it" in heard
    assert process.wait(60) == 1, said()
    assert site.states() == {"cancelled": 3}


def test_leaving_does_not_wait_for_a_quota(make_emulator, tmp_path, monkeypatch, capsys):
    site = Site(tmp_path / "laptop", make_emulator(simulate=0.05), monkeypatch, capsys, trials=3)
    site.emulator.set_faults("custom.create:quota429")
    code, said = site.run(*LAUNCH, "--detach")
    assert code == 0, said
    assert said.count("waiting for room: ") == 1
    assert "left 0 with vertex" in said
    assert "3 more wait for room; start them: sweeper launch sweep.yaml" in said
    assert site.jobs() == []
    site.emulator.set_faults("")
    assert site.run(*LAUNCH)[0] == 0
    assert site.states() == {"succeeded": 3}


def test_a_second_launch_of_this_machine_watches_the_first(site):
    site.config(mode="wait")
    first, said = site.start(*LAUNCH)
    until(lambda: len(site.runs()) == 3)
    second, heard = site.start(*LAUNCH)
    until(lambda: "is being run by another launch" in heard())
    site.go()
    assert (first.wait(60), second.wait(60)) == (0, 0), said() + heard()
    assert set(site.labels().values()) == {1}
    assert set(site.runs().values()) == {1}


@BOTH
def test_a_second_machine_neither_adopts_nor_doubles_what_the_first_one_runs(site):
    site.config(x="[1, 2, 3, 4]", mode="wait", limits="{parallel: 2}")
    first, said = site.start(*LAUNCH)
    until(lambda: len(site.runs()) == 2)
    code, heard = site.run(*LAUNCH, "--home=elsewhere")
    assert code == 2
    assert "the name 'tiny' is taken in this bucket" in heard
    assert f"sweeper attach tiny --backend={site.backend}" in heard
    assert site.run("attach", "tiny", "--home=elsewhere")[0] == 0
    code, heard = site.run(*LAUNCH, "--home=elsewhere")
    assert code == 2
    assert "this sweep is being launched by another machine (" in heard
    assert len(site.jobs()) == 2
    site.go()
    assert first.wait(60) == 0, said()
    # once the first has ended, the second takes over what it did, and the other way round
    code, heard = site.run(*LAUNCH, "--home=elsewhere")
    assert code == 0
    assert "another machine has launched this sweep too: 4 jobs of it taken over" in heard
    site.config(x="[1, 2, 3, 4, 5]", mode="wait", limits="{parallel: 2}")
    assert site.run(*LAUNCH, "--home=elsewhere")[0] == 0
    code, heard = site.run(*LAUNCH)
    assert code == 0
    assert "1 job of it taken over" in heard
    assert set(site.labels().values()) == {1}
    assert len(site.labels()) == 5
    assert site.run("results")[1] == site.run("results", "--home=elsewhere")[1]


def test_a_launch_that_was_killed_is_followed_at_once(site):
    site.config(mode="wait")
    first, _ = site.start(*LAUNCH)
    until(lambda: len(site.runs()) == 3)
    first.kill()
    first.wait()
    site.go()
    code, said = site.run(*LAUNCH)
    assert code == 0, said
    assert set(site.runs().values()) == {1}


def test_a_fresh_sweep_takes_the_name_and_leaves_the_earlier_one_as_it_is(site):
    assert site.run(*LAUNCH)[0] == 0
    earlier = site.run("results", "--json")[1]
    before = json.loads(site.run("list", "--json")[1])[0]["sweep"]
    assert site.run(*LAUNCH, "--fresh")[0] == 0
    assert len(site.jobs()) == 6
    assert site.run("results", "--json", before)[1] == earlier
    assert site.run("attach", "tiny", "--home=elsewhere")[0] == 0
    newest = json.loads(site.run("status", "--json")[1])["sweep"]
    assert newest != before
    assert json.loads(site.run("status", "--json", "--home=elsewhere")[1])["sweep"] == newest
    shutil.rmtree(site.folder / ".sweeper")
    code, said = site.run(*LAUNCH, "--fresh")
    assert code == 2
    assert "is taken in this bucket" in said


def test_an_edited_config_runs_what_is_new_and_changed_code_is_another_package(site):
    assert site.run(*LAUNCH)[0] == 0
    site.config(x="[2, 3, 4]")
    code, said = site.run(*LAUNCH)
    assert code == 0
    assert "1 removed" in said
    assert len(site.jobs()) == 4
    task = site.folder / "tiny" / "task.py"
    task.write_text(task.read_text() + "# changed\n")
    site.config(x="[2, 3, 4, 5]")
    code, said = site.run(*LAUNCH)
    assert code == 0
    assert "the trainer's code has changed since the last launch" in said
    assert len(site.jobs()) == 5
    assert len([name for name in site.objects() if name.endswith("tiny-0.1.tar.gz")]) == 2
    assert len({row["digest"] for row in site.trials() if row["state"] == "succeeded"}) == 2
    before = site.run("results")[1]
    shutil.rmtree(site.folder / ".sweeper")
    assert site.run("attach", "tiny")[0] == 0
    assert site.run("results")[1] == before
