"""The readers of texts: reports, JSON lines and what a trial printed."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.errors import UserError
from sweeper.metrics import hypertune, jsonl, stdout
from sweeper.model import Measurement


def report(tag, value, step="1", **more):
    return json.dumps({"checkpoint_path": "", "global_step": step, tag: value, "timestamp": 5.5, "trial": "0", **more})


HYPERTUNE = [
    # as the package writes it
    (report("accuracy", "0.987", "1000"), [Measurement("accuracy", 0.987, 1000, 5.5)]),
    (report("training/hptuning/metric", "2.0"), [Measurement("training/hptuning/metric", 2.0, 1, 5.5)]),
    # infinities are values
    (report("loss", "inf"), [Measurement("loss", math.inf, 1, 5.5)]),
    # the last line is half written, the first one is garbage
    ("garbage\n" + report("a", "1.0") + '\n{"a": "2.', [Measurement("a", 1.0, 1, 5.5)]),
    # a file caught while it was rewritten
    ("", []),
    # a metric called like a key of the report cannot be told from that key
    (report("trial", "0.5"), []),
    # other writers put numbers, and steps as numbers
    (report("a", 3, 7), [Measurement("a", 3.0, 7, 5.5)]),
    (report("a", True), []),
    (report("a", "high"), []),
    (report("a", None), []),
    # a damaged step or time costs the step or time, not the value
    (report("a", "1.0", "x", timestamp="y"), [Measurement("a", 1.0)]),
    (report("a", "1.0", "nan", timestamp=float("nan")), [Measurement("a", 1.0)]),
    # several metrics are lines of their own
    (report("a", "1.0") + "\n" + report("b", "2.0"), [Measurement("a", 1.0, 1, 5.5), Measurement("b", 2.0, 1, 5.5)]),
]


@pytest.mark.parametrize(("text", "expected"), HYPERTUNE)
def test_reports_of_cloudml_hypertune_become_measurements(text, expected):
    assert hypertune.parse(text) == expected


def test_a_reported_nan_stays_a_nan():
    (one,) = hypertune.parse(report("accuracy", "nan"))
    assert math.isnan(one.value)


def test_reports_without_a_step_are_numbered_so_that_equal_values_stay_apart():
    text = "\n".join(
        [report("a", "0.5", "0"), report("b", "9.0", "3"), report("a", "0.6", "0"), report("a", "0.5", "0")]
    )
    assert [(m.metric, m.value, m.step) for m in hypertune.parse(text)] == [
        ("a", 0.5, 0),
        ("b", 9.0, 3),
        ("a", 0.6, 1),
        ("a", 0.5, 2),
    ]


def test_the_real_package_writes_what_is_read(tmp_path):
    package = pytest.importorskip("hypertune")
    path = tmp_path / "hypertune.jsonl"
    reporter = package.HyperTune()
    reporter.metric_path = str(path)
    for step in range(1, 121):
        reporter.report_hyperparameter_tuning_metric("accuracy", step / 1000, step)
    found = hypertune.parse(path.read_text())
    assert [m.step for m in found] == list(range(21, 121)), "the package keeps the last hundred"
    assert found[-1].value == 0.12
    assert found[-1].time > 1e9


JSONL = [
    ('{"epoch": 3, "accuracy": 0.9, "loss": 1}', [Measurement("accuracy", 0.9, 3), Measurement("loss", 1.0, 3)]),
    ('{"step": 7, "epoch": 1, "loss": 2.5, "time": 9.5}', [Measurement("loss", 2.5, 7, 9.5)]),
    ('{"global_step": 7, "loss": 2.5, "timestamp": 9}', [Measurement("loss", 2.5, 7, 9.0)]),
    ('{"loss": 2.5, "wall_time": 9.25}', [Measurement("loss", 2.5, 0, 9.25)]),
    # no step: the line's number, so that the same value twice stays two
    ('{"a": 1}\n{"a": 2}\n{"a": 1}', [Measurement("a", 1.0, 0), Measurement("a", 2.0, 1), Measurement("a", 1.0, 2)]),
    # what is not a number is not a metric; nested ones are not looked for
    ('{"a": true, "b": "0.5", "c": null, "d": [1], "e": {"x": 1}, "f": 1}', [Measurement("f", 1.0, 0)]),
    # JSON's own words and their spelling as strings
    (
        '{"a": Infinity, "b": -Infinity, "c": "inf"}',
        [Measurement(n, v) for n, v in zip("abc", [math.inf, -math.inf, math.inf], strict=True)],
    ),
    # the file was cut off, or is empty, or is not JSON lines at all
    ('{"a": 1}\n{"a": 2', [Measurement("a", 1.0, 0)]),
    ("", []),
    ("[1, 2]\n3\nnull\n", []),
    ("[" * 100_000 + '{"a": 1}', []),
    # damaged steps and times
    ('{"step": "x", "epoch": 4, "a": 1}', [Measurement("a", 1.0, 4)]),
    ('{"step": 1e400, "a": 1, "time": NaN}', [Measurement("a", 1.0, 0)]),
    ('{"step": 12345678901234567890123, "a": 1}', [Measurement("a", 1.0, 0)]),
    ('{"a": 1' + "0" * 400 + "}", [Measurement("a", math.inf, 0)]),
    # an editor's byte order mark; a line separator inside a string
    ("\ufeff" + '{"a": 1}', [Measurement("a", 1.0, 0)]),
    ('{"note": "x\u2028y", "a": 1}\r\n', [Measurement("a", 1.0, 0)]),
]


@pytest.mark.parametrize(("text", "expected"), JSONL)
def test_numbers_at_the_top_of_json_lines_become_measurements(text, expected):
    assert jsonl.parse(text) == expected


def test_nan_is_a_number_of_json_lines():
    assert all(math.isnan(one.value) for one in jsonl.parse('{"a": NaN, "b": "nan", "c": "NaN"}'))
    assert len(jsonl.parse('{"a": NaN, "b": "nan", "c": "NaN"}')) == 3


VALUE = r"accuracy[=:] *(?P<value>\S+)"
STDOUT = [
    # matches are numbered where the pattern has no step
    (
        VALUE,
        "accuracy=0.5\nnoise\naccuracy: 0.75\n",
        [Measurement("accuracy", 0.5, 0), Measurement("accuracy", 0.75, 1)],
    ),
    (r"epoch (?P<step>\d+) .*?acc (?P<value>[\d.]+)", "epoch 3 acc 0.5", [Measurement("accuracy", 0.5, 3)]),
    # the line may name the metric
    (
        r"(?P<name>\w+)=(?P<value>\S+)",
        "loss=2 accuracy=1",
        [Measurement("loss", 2.0, 0), Measurement("accuracy", 1.0, 0)],
    ),
    # a line's start, though a progress bar used carriage returns
    (r"^acc (?P<value>\S+)", "10%\racc 1\racc 2", [Measurement("accuracy", 1.0, 0), Measurement("accuracy", 2.0, 1)]),
    # what matched is not a number
    (VALUE, "accuracy=n/a\naccuracy=1", [Measurement("accuracy", 1.0, 0)]),
    (r"acc(=(?P<value>\d))?", "acc", []),
    (VALUE, "", []),
    (VALUE, "accuracy=inf", [Measurement("accuracy", math.inf, 0)]),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), STDOUT)
def test_a_pattern_finds_numbers_in_what_was_printed(pattern, text, expected):
    assert stdout.parse(text, pattern=pattern, name="accuracy") == expected


@pytest.mark.parametrize("pattern", ["", "accuracy=(.*)", "(?P<value>", "*"])
def test_a_pattern_that_cannot_work_is_a_users_error(pattern):
    with pytest.raises(UserError, match=r"metric\.pattern") as caught:
        stdout.parse("accuracy=1", pattern=pattern, name="accuracy")
    assert caught.value.problems[0].hint


@given(
    st.text()
    | st.lists(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.floats() | st.text())).map(
        lambda lines: "\n".join(map(json.dumps, lines))
    ),
    st.integers(0, 200),
)
def test_no_text_makes_a_reader_raise(text, cut):
    for parse in (hypertune.parse, jsonl.parse):
        for one in parse(text[:cut]) + parse(text):
            assert isinstance(one.value, float)
            assert isinstance(one.step, int)
            assert math.isfinite(one.time)
