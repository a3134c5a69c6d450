"""Scalars mean what YAML 1.2 says, not what YAML 1.1 said."""

from __future__ import annotations

import math

import pytest

from sweeper.config import parse


def value(written):
    (parameter,) = parse(f"trainer: t\nparameters:\n  a: [{written}]\n", path="x.yaml").space.parameters
    (only,) = parameter.domain.values
    return only


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("1e-4", 1e-4),  # a string in YAML 1.1
        ("1E+4", 1e4),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5e2", -50.0),
        ("1.5", 1.5),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("0.10", 0.1),
        ("00.5", 0.5),
        ("0x1F", 31),
        ("0o17", 15),  # a string in YAML 1.1
        ("0b11", "0b11"),  # 3 in YAML 1.1
        ("1_000", "1_000"),  # 1000 in YAML 1.1
        ("1:30", "1:30"),  # 90 in YAML 1.1
        ("on", "on"),  # true in YAML 1.1, like the next ones
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ("nul", "nul"),
        ("2026-01-01", "2026-01-01"),  # a date in YAML 1.1
        ("2026-01-01 10:00:00", "2026-01-01 10:00:00"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
        ("1e", "1e"),
        ("e5", "e5"),
        (".", "."),
        ("--x", "--x"),
        ("+.inf.", "+.inf."),
        ("'010'", "010"),
        ('"1e-4"', "1e-4"),
        ("'true'", "true"),
        ("''", ""),
        ('"a\\tb"', "a\tb"),
        ("[1, [x, 2.0]]", (1, ("x", 2.0))),
        ("18446744073709551615", 2**64 - 1),
        ("1e-400", 0.0),
        ("日本 x", "日本 x"),
        ('"{job_dir}/x"', "{job_dir}/x"),
    ],
)
def test_a_scalar_is(written, means):
    assert value(written) == means
    assert type(value(written)) is type(means)


def test_minus_zero_keeps_its_sign_as_a_float():
    assert math.copysign(1, value("-0.0")) == -1


def test_anchors_aliases_and_merge_keys_share_values():
    text = """\
trainer: t
parameters:
  a: &common {min: 1, max: 9, num: 3}
  b: *common
  c: {<<: *common, num: 5}
  d: {<<: [{num: 2}, *common]}
"""
    a, b, c, d = (parameter.domain for parameter in parse(text, path="x.yaml").space.parameters)
    assert a == b
    assert (c.min, c.max, c.num) == (1, 9, 5)
    assert (d.min, d.max, d.num) == (1, 9, 2)


@pytest.mark.parametrize("text", ["\ufefftrainer: t\nparameters: {a: 1}\n", "trainer: t\r\nparameters: {a: 1}\r\n"])
def test_windows_files_are_read(text):
    assert parse(text, path="x.yaml").space.parameters[0].name == "a"


def test_json_is_yaml():
    sweep = parse('{"trainer": "t", "parameters": {"a": [1, 2.5, "x", true, null]}}', path="x.yaml")
    assert sweep.space.parameters[0].domain.values == (1, 2.5, "x", True, None)
