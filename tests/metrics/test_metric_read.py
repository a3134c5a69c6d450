"""Where the numbers of a local trial are looked for."""

import json
import os
import subprocess
import sys
import time

import pytest

from sweeper.metrics.read import ROUTES, read
from sweeper.model import Measurement, Metric


@pytest.fixture
def trial(tmp_path):
    (tmp_path / "output").mkdir()
    for attempt in ("1", "2"):
        (tmp_path / attempt).mkdir()
    return tmp_path


def write(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def reported(tag, value, step=1):
    return {"checkpoint_path": "", "global_step": str(step), tag: str(value), "timestamp": 1.0, "trial": "0"}


def values(trial, attempt="2", **metric):
    found = read(Metric(**metric), output_dir=trial / "output", attempt_dir=trial / attempt)
    return {m.metric: m.value for m in found}


def test_a_trial_that_wrote_nothing_has_no_measurements(trial):
    assert values(trial) == {}
    assert read(Metric(), output_dir=trial / "nowhere", attempt_dir=trial / "nowhere") == ()


def test_only_this_attempts_reports_are_read(trial):
    write(trial / "1" / "hypertune.jsonl", reported("accuracy", 0.1))
    write(trial / "2" / "hypertune.jsonl", reported("accuracy", 0.2))
    assert values(trial, "2") == {"accuracy": 0.2}
    assert values(trial, "1") == {"accuracy": 0.1}


def test_json_lines_come_before_reports_of_the_same_metric(trial):
    write(trial / "output" / "metrics.jsonl", {"step": 1, "accuracy": 0.5})
    write(trial / "2" / "hypertune.jsonl", reported("accuracy", 0.6))
    assert values(trial) == {"accuracy": 0.5}
    assert values(trial, source="hypertune") == {"accuracy": 0.6}


def test_a_later_route_is_asked_for_the_named_metric_and_adds_to_the_earlier(trial):
    write(trial / "output" / "metrics.jsonl", {"step": 1, "loss": 2.0})
    write(trial / "2" / "hypertune.jsonl", reported("accuracy", 0.6), reported("loss", 9))
    assert values(trial) == {"loss": 2.0, "accuracy": 0.6}


def test_other_json_lines_are_read_where_there_is_no_metrics_file(trial):
    write(trial / "output" / "b.jsonl", {"step": 1, "accuracy": 0.5, "loss": 9.0})
    write(trial / "output" / "a.jsonl", {"step": 1, "loss": 2.0})
    write(trial / "output" / "deeper" / "c.jsonl", {"step": 1, "depth": 2.0})
    assert values(trial) == {"loss": 2.0, "accuracy": 0.5}
    write(trial / "output" / "metrics.jsonl", {"step": 1, "mine": 1.0})
    assert values(trial) == {"mine": 1.0}


def test_a_big_file_of_json_lines_counts_only_if_it_mentions_the_metric(trial):
    write(trial / "output" / "predictions.jsonl", *[{"label": 3, "text": "x" * 1000}] * 1100)
    assert values(trial) == {}
    write(trial / "output" / "predictions.jsonl", *[{"accuracy": 3.0, "text": "x" * 1000}] * 1100)
    assert values(trial) == {"accuracy": 3.0}


def test_the_log_is_searched_when_there_is_a_pattern(trial):
    (trial / "2" / "log.txt").write_bytes(b"\xff\xfe accuracy=0.25\n")
    assert values(trial, source="stdout", pattern=r"accuracy=(?P<value>\S+)") == {"accuracy": 0.25}
    assert values(trial, pattern=r"accuracy=(?P<value>\S+)") == {"accuracy": 0.25}
    assert values(trial) == {}


def test_a_file_that_is_rewritten_shorter_is_read_as_it_is_now(trial):
    path = trial / "output" / "metrics.jsonl"
    write(path, {"step": 1, "accuracy": 0.1}, {"step": 2, "accuracy": 0.2})
    assert values(trial) == {"accuracy": 0.2}
    path.write_text('{"step": 1, "accuracy": 0.3}\n{"step": 2, "acc')
    assert values(trial) == {"accuracy": 0.3}


def test_what_is_not_a_plain_file_is_as_good_as_missing(trial):
    (trial / "output" / "metrics.jsonl").mkdir()
    os.mkfifo(trial / "2" / "hypertune.jsonl")
    (trial / "2" / "log.txt").symlink_to("log.txt")
    for source in ("auto", *ROUTES):
        assert values(trial, source=source, pattern="(?P<value>.)") == {}


def test_the_order_of_the_file_is_kept(trial):
    write(trial / "output" / "metrics.jsonl", *({"step": step, "accuracy": 1.0} for step in (3, 1, 2)))
    found = read(Metric(), output_dir=trial / "output", attempt_dir=trial / "2")
    assert found == tuple(Measurement("accuracy", 1.0, step) for step in (3, 1, 2))


def test_reading_nothing_is_cheap_and_imports_nothing(trial):
    code = "import sys; import sweeper.metrics.read; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()
    assert "sweeper" in loaded
    assert not {"pandas", "numpy", "tensorboard", "google", "rich", "yaml", "sqlite3"} & set(loaded)
    best = min(_seconds_of(lambda: values(trial)) for _ in range(50))
    assert best < 0.001


def _seconds_of(act):
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def test_every_metric_that_is_wanted_is_looked_for_and_comes_from_the_first_place_that_has_it(trial):
    write(trial / "output" / "metrics.jsonl", {"step": 1, "accuracy": 0.5})
    write(trial / "2" / "hypertune.jsonl", reported("loss", 3.0), reported("accuracy", 0.9))
    assert values(trial) == {"accuracy": 0.5}
    assert values(trial, more=(Metric("loss"),)) == {"accuracy": 0.5, "loss": 3.0}
    assert values(trial, where=("loss < 4",), watched=("loss",)) == {"accuracy": 0.5, "loss": 3.0}
    assert values(trial, source="hypertune", more=(Metric("loss"),)) == {"accuracy": 0.9, "loss": 3.0}


def test_files_are_searched_until_all_that_is_wanted_is_found(trial):
    write(trial / "output" / "a.jsonl", {"step": 1, "accuracy": 0.5})
    write(trial / "output" / "b.jsonl", {"step": 1, "size": 9.0})
    assert values(trial) == {"accuracy": 0.5}
    assert values(trial, watched=("size",)) == {"accuracy": 0.5, "size": 9.0}


def test_one_pattern_finds_several_by_their_names(trial):
    (trial / "2" / "log.txt").write_text("accuracy=0.5 size=9\naccuracy=0.75 size=9\n")
    found = values(trial, source="stdout", pattern=r"(?P<name>\w+)=(?P<value>\S+)", more=(Metric("size"),))
    assert found == {"accuracy": 0.75, "size": 9.0}
