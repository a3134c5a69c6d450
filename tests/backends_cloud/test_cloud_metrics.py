"""Metrics out of the bucket and out of logs: what is asked for, and what is made of it."""

import dataclasses
import json

import pytest

from sweeper.metrics.routes import read_from
from sweeper.model import Measurement, Metric, State
from tests.backends_cloud.cloud_bench import Bench, seen, settled, until
from tests.emulator.runner_lab import shared_environments, wheel
from tests.metrics.test_metric_tensorboard import event, needs_package

BOTH = pytest.mark.parametrize("name", ["mlengine", "vertex"])
SAYS = """
import sys, time
words = sys.argv[1:]
if "--job-dir" in words: words = words[:words.index("--job-dir")]
for word in words: print(word, flush=True)
"""


@pytest.fixture
def bench(make_emulator, tmp_path):
    made = []

    def make(name, emulator=None, **sweep):
        options = emulator or {"simulate": 1000.0, "clock": "fake", "slots": 100}
        made.append(Bench(make_emulator(**options), name, tmp_path, **sweep))
        return made[-1]

    yield make
    for one in made:
        one.close()


def jsonl(*values):
    return "".join(json.dumps({"step": n, "accuracy": value}) + "\n" for n, value in enumerate(values)).encode()


def folder(trial):
    return f"sweeps/s/sweep-1/trials/{trial}"


def running(here, backend, names):
    handles = [backend.submit(here.job(name)) for name in names]
    until(lambda: all(one.state is State.RUNNING for one in seen(backend, handles).values()))
    return handles


def values(found):
    return [(one.step, one.value) for one in found.measurements if one.metric == "accuracy"]


@BOTH
def test_what_a_running_trial_has_written_is_seen_and_later_what_it_added(bench, name):
    here = bench(name)
    backend = here.backend()
    [handle] = running(here, backend, ["t"])
    here.put(f"{folder('t')}/metrics.jsonl", jsonl(0.5))
    assert values(seen(backend, [handle])[handle]) == [(0, 0.5)]
    here.put(f"{folder('t')}/metrics.jsonl", jsonl(0.5, 0.75))
    assert values(seen(backend, [handle])[handle]) == [(0, 0.5), (1, 0.75)]


@BOTH
def test_only_what_changed_is_fetched(bench, name):
    here = bench(name)
    backend = here.backend()
    names = [f"t{n}" for n in range(20)]
    handles = running(here, backend, names)
    for trial in names:
        here.put(f"{folder(trial)}/metrics.jsonl", jsonl(0.5))
        here.put(f"{folder(trial)}/checkpoints/a.bin", b"x" * 1000)
    seen(backend, handles)
    since = here.last_request()
    seen(backend, handles)
    assert len(here.requests("storage.*", since)) == 1, "one listing for all"
    for trial in names[:3]:
        here.put(f"{folder(trial)}/metrics.jsonl", jsonl(0.5, 0.9))
    since = here.last_request()
    found = seen(backend, handles)
    assert len(here.requests("storage.*", since)) == 4
    assert [len(found[handle].measurements) for handle in handles] == [2] * 3 + [1] * 17


@BOTH
def test_the_end_is_told_with_the_last_metrics_and_not_without_them(bench, name):
    here = bench(name)
    here.patience = dataclasses.replace(here.patience, metrics=1e9)
    backend = here.backend()
    handles = running(here, backend, ["t", "u"])
    here.emulator.set_faults("storage.*:error503=1")
    here.emulator.advance(2000)
    until(lambda: all(row["state"].endswith("SUCCEEDED") for row in here.rows()))
    for _ in range(3):
        assert seen(backend, handles) == {}
    here.emulator.set_faults("")
    for found in settled(backend, *handles):
        assert len(found.measurements) == 1


@BOTH
def test_a_job_whose_last_metrics_could_not_be_read_is_told_later(bench, name):
    here = bench(name)
    here.patience = dataclasses.replace(here.patience, metrics=1e9)
    backend = here.backend()
    handles = running(here, backend, ["t", "u"])
    here.put(f"{folder('t')}/metrics.jsonl", jsonl(0.5))
    here.emulator.advance(2000)
    until(lambda: all(row["state"].endswith("SUCCEEDED") for row in here.rows()))
    here.emulator.set_faults("storage.read:error503=1")
    for _ in range(3):
        assert seen(backend, handles) == {}
    here.emulator.set_faults("")
    assert all(found.measurements for found in settled(backend, *handles))


@BOTH
def test_of_several_files_only_the_one_that_changed_is_fetched(bench, name):
    here = bench(name)
    backend = here.backend()
    [handle] = running(here, backend, ["t"])
    for file in ("a", "b", "c"):
        here.put(f"{folder('t')}/{file}.jsonl", json.dumps({"loss_" + file: 1.0}).encode())
    assert len(seen(backend, [handle])[handle].measurements) == 3
    here.put(f"{folder('t')}/b.jsonl", json.dumps({"loss_b": 2.0}).encode())
    since = here.last_request()
    found = seen(backend, [handle])[handle]
    assert [one.value for one in found.measurements] == [1.0, 2.0, 1.0]
    assert len(here.requests("storage.*", since)) == 2


@BOTH
def test_the_same_rules_hold_as_for_local_files(bench, name):
    here = bench(name, metric=Metric(name="accuracy"))
    backend = here.backend()
    handles = running(here, backend, ["a", "b", "c"])
    here.put(f"{folder('a')}/other.jsonl", jsonl(0.1))
    here.put(f"{folder('a')}/deep/metrics.jsonl", jsonl(0.9))
    here.put(f"{folder('b')}/other.jsonl", jsonl(0.1))
    here.put(f"{folder('b')}/metrics.jsonl", jsonl(0.2))
    here.put(f"{folder('c')}/metrics.jsonl", jsonl(0.3)[:-4])
    found = seen(backend, handles)
    assert [values(found[handle]) for handle in handles] == [[(0, 0.1)], [(0, 0.2)], []]


@needs_package
@BOTH
def test_event_files_are_read_from_the_bucket(bench, name):
    here = bench(name, metric=Metric(name="accuracy", source="tensorboard"))
    backend = here.backend()
    [handle] = running(here, backend, ["t"])
    here.put(f"{folder('t')}/logs/events.out.tfevents.1.host", event(3, accuracy=0.5))
    assert [(one.metric, one.step) for one in seen(backend, [handle])[handle].measurements] == [("accuracy", 3)]


@BOTH
@pytest.mark.parametrize("source", ["stdout", "auto"])
def test_a_pattern_is_looked_for_in_the_logs(bench, name, source, tmp_path):
    root = tmp_path / "emulator"
    root.mkdir()
    (root / "environments").symlink_to(shared_environments())
    here = bench(
        name,
        {"folder": root, "slots": 2},
        metric=Metric(name="accuracy", source=source, pattern=r"acc=(?P<value>\S+)"),
        package=wheel({"trainer/task.py": SAYS}),
    )
    backend = here.backend()
    jobs = [here.job(f"t{n}", "acc=0.5", "noise", f"acc=0.{n}") for n in range(3)]
    handles = [backend.submit(job) for job in jobs]
    for n, found in enumerate(settled(backend, *handles)):
        assert values(found) == [(0, 0.5), (1, n / 10)]
    assert "noise\n" in list(backend.output(handles[0]))


@BOTH
def test_the_log_of_many_jobs_is_one_query(bench, name):
    here = bench(name, metric=Metric(source="stdout", pattern=r"acc=(?P<value>\S+)"))
    backend = here.backend()
    handles = running(here, backend, [f"t{n}" for n in range(30)])
    since = here.last_request()
    seen(backend, handles)
    assert len(here.requests("logging.*", since)) == 1


@BOTH
def test_history_is_one_listing_with_what_each_trial_has_measured(bench, name):
    here = bench(name)
    backend = here.backend()
    handles = [backend.submit(here.job(trial, "--x=1", trial)) for trial in ("a", "b")]
    handles.append(backend.submit(here.job("b", "--x=1", "b", attempt=2)))
    until(lambda: all(one.state is State.RUNNING for one in seen(backend, handles).values()))
    here.emulator.advance(2000)
    settled(backend, *handles)
    since = here.last_request()
    past = {(one.trial_id, one.attempt): one for one in here.backend().history("sweep-1")}
    assert len(here.requests("*.list", since)) <= 4
    assert set(past) == {("a", 1), ("b", 1), ("b", 2)}
    assert [past[key].handle for key in sorted(past)] == handles
    assert all(one.args == ("--x=1", one.trial_id) for one in past.values())
    assert all(one.package == "d" * 16 and one.submitted > 0 for one in past.values())
    assert {one.observation.state for one in past.values()} == {State.SUCCEEDED}
    assert [len(past[key].observation.measurements) for key in sorted(past)] == [1, 0, 1]
    assert here.backend().history("sweep-2") == []


@BOTH
def test_only_names_that_stay_below_the_folder_are_fetched(bench, name, tmp_path):
    here = bench(name)
    backend = here.backend()
    handle = backend.submit(here.job("t"))
    for one in ("model.bin", "deep/er/a.txt", "../../escaped.txt", "x/../../y", "/absolute", "folder/", "deep/.."):
        here.put(f"{folder('t')}/{one}", b"data")
    backend.fetch(handle, tmp_path / "in" / "here")
    files = {path.relative_to(tmp_path / "in").as_posix() for path in (tmp_path / "in").rglob("*") if path.is_file()}
    assert files == {"here/model.bin", "here/deep/er/a.txt"}
    assert not (tmp_path / "escaped.txt").exists()


def test_a_number_is_a_number_wherever_it_is_from():
    class Nothing:
        output = staticmethod(lambda name: jsonl(1.0) if name == "metrics.jsonl" else b"")
        jsonl_names = event_names = staticmethod(list)
        hypertune = log = staticmethod(bytes)

    assert read_from(Nothing(), Metric()) == (Measurement("accuracy", 1.0, 0),)
