"""A point becomes the trainer's arguments; and docopt reads back what was put in."""

from __future__ import annotations

import subprocess
import sys
import timeit
from pathlib import Path

import docopt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.command import render
from sweeper.errors import CheckError
from sweeper.usage.binding import bind
from sweeper.usage.docopt_usage import schema_of
from sweeper.usage.source import UsageText

PLACES = {"job_dir": "/out/7", "sweep": "digits", "trial": "7f", "seed": "3"}

TEXT = """Usage:
  task train [options] [--tag=<t>]... [-v...] [--] <data> [<more>...]
  task serve [options] PORT <host>

Options:
  -b, --batch_size=<n>   Examples [default: 32].
  --learning-rate=<f>    Step size.
  --use_bn               Normalise.
  -n <k>                 How many.
  --job-dir=<dir>        Where to write.
"""

ROWS = [
    # a name meets either spelling of an option, and an argument
    ({"batch_size": 32, "learning_rate": 0.1}, ["--batch_size=32", "--learning-rate=0.1"]),
    ({"batch-size": 32}, ["--batch_size=32"]),
    # one letter meets a short option, written long where it can be
    ({"b": 32, "n": 4}, ["--batch_size=32", "-n", "4"]),
    # numbers as Python writes them, shortest
    ({"learning_rate": 1e-4}, ["--learning-rate=0.0001"]),
    ({"learning_rate": 100000.0}, ["--learning-rate=100000.0"]),
    ({"learning_rate": 1e22}, ["--learning-rate=1e+22"]),
    ({"learning_rate": -1}, ["--learning-rate=-1"]),
    # strings byte for byte
    ({"learning_rate": "1e-4"}, ["--learning-rate=1e-4"]),
    ({"learning_rate": "a b=c 'ü' \n"}, ["--learning-rate=a b=c 'ü' \n"]),
    ({"learning_rate": ""}, ["--learning-rate="]),
    # null leaves the parameter out
    ({"learning_rate": None, "data": None, "use_bn": None}, []),
    # flags and commands: true writes them, false does not
    ({"use_bn": True, "train": True}, ["--use_bn", "train"]),
    ({"use_bn": False, "train": False}, []),
    # a flag that repeats can be counted
    ({"v": 3}, ["-v", "-v", "-v"]),
    ({"v": True}, ["-v"]),
    # a list fills what repeats
    ({"tag": ("a", 2, 0.5)}, ["--tag=a", "--tag=2", "--tag=0.5"]),
    ({"tag": "a"}, ["--tag=a"]),
    ({"tag": ()}, []),
    ({"more": ("x", "y"), "data": "d"}, ["d", "x", "y"]),
    # arguments after the options, in the usage's order, not the config's
    ({"more": "x", "data": "d", "train": True, "use_bn": True}, ["--use_bn", "train", "d", "x"]),
    ({"host": "h", "port": 80, "serve": True}, ["serve", "80", "h"]),
    # a leading dash among the arguments needs --, where the usage allows it
    ({"train": True, "data": "-x"}, ["train", "--", "-x"]),
    ({"train": True, "data": "-"}, ["train", "-"]),
    # placeholders, only these four, once
    ({"learning_rate": "{job_dir}/{trial}-{seed}-{sweep}"}, ["--learning-rate=/out/7/7f-3-digits"]),
    ({"learning_rate": "{other} {{}} {job_dir} {"}, ["--learning-rate={other} {{}} /out/7 {"]),
]


@pytest.fixture(scope="module")
def schema():
    return schema_of(UsageText(TEXT, "task.py", 1))


@pytest.mark.parametrize(("point", "argv"), ROWS)
def test_a_point_is_written_as_its_usage_wants_it(schema, point, argv):
    rendering = bind(schema, point)
    assert not rendering.problems
    assert render(rendering, point, placeholders=PLACES) == tuple(argv)


BAD = [
    ({"use_bn": "True"}, "--use_bn is a flag: expected true or false, got 'True'"),
    ({"use_bn": 1}, "--use_bn is a flag: expected true or false, got 1"),
    ({"v": -1}, "-v is a flag: expected true, false or how many times, got -1"),
    ({"train": "yes"}, "train is a command: expected true or false, got 'yes'"),
    ({"batch_size": True}, 'expected a value, got true\n  quote it ("true")'),
    ({"data": False}, 'expected a value, got false\n  quote it ("false")'),
    (
        {"batch_size": (64, 32)},
        '--batch_size takes one value, got the list [64, 32]\n  to pass it as one text, quote it: "64,32"',
    ),
    ({"data": ("a", "b")}, "<data> takes one value, got the list [a, b]"),
    ({"tag": ("a", True)}, "expected a value, got true"),
    ({"tag": ("a", None)}, "null inside a list"),
    ({"tag": ("a", ("b", "c"))}, "expected one value, got the list [b, c]"),
]


@pytest.mark.parametrize(("point", "message"), BAD)
def test_a_value_that_its_element_cannot_take_is_refused(schema, point, message):
    with pytest.raises(CheckError) as caught:
        render(bind(schema, point), point, placeholders=PLACES)
    assert f"parameters.{next(iter(point))}: {message}" in str(caught.value)


def test_job_dir_is_supplied_where_the_usage_declares_it(schema):
    rendering = bind(schema, ["data"])
    assert render(rendering, {"data": "d"}, placeholders=PLACES, job_dir="gs://b/7") == ("--job-dir=gs://b/7", "d")
    bare = bind(schema_of(UsageText("Usage: task [--x=<x>]", "task.py", 1)), ["x"])
    assert render(bare, {"x": 1}, placeholders=PLACES, job_dir="gs://b/7") == ("--x=1",)


def test_a_backend_that_passes_job_dir_itself_gets_none(schema):
    assert render(bind(schema, ["data"]), {"data": "d"}, placeholders=PLACES, job_dir=None) == ("d",)


def test_the_seed_goes_to_its_parameter():
    schema = schema_of(UsageText("Usage: task [--seed=<n>] [--x=<x>]", "task.py", 1))
    rendering = bind(schema, ["x"], seed_parameter="seed")
    assert render(rendering, {"x": 1}, placeholders=PLACES, seed=12) == ("--x=1", "--seed=12")


def test_without_a_usage_everything_is_name_equals_value():
    point = {"lr": 0.1, "flag": True, "off": False, "xs": (1, 2), "job_dir": "{job_dir}", "none": None}
    assert render(bind(None, point), point, placeholders=PLACES, job_dir="/ignored") == (
        "--lr=0.1",
        "--flag",
        "--xs=1",
        "--xs=2",
        "--job_dir=/out/7",
    )


def test_an_undescribed_option_beside_its_argument_is_written_as_both():
    schema = schema_of(UsageText("Usage: task [--x <x>] [--y <y>]", "task.py", 1))
    rendering = bind(schema, ["x", "y"])
    assert render(rendering, {"x": 1, "y": 2}, placeholders=PLACES) == ("--x", "--y", "1", "2")
    assert "docopt reads '--x <x>' as a flag and a separate argument" in str(rendering.warnings[0])


def test_rendering_a_trial_takes_microseconds(schema):
    rendering = bind(schema, ["batch_size", "learning_rate", "use_bn"])
    point = {"batch_size": 32, "learning_rate": 0.1, "use_bn": True}
    best = min(
        timeit.repeat(lambda: render(rendering, point, placeholders=PLACES, job_dir="/o"), number=1000, repeat=5)
    )
    assert best < 0.05  # 50 us each; 2 us on a quiet machine


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).filter(
    lambda text: not any("{" + name + "}" in text for name in PLACES)
)
WORDS = TEXTS.filter(lambda text: text not in ("train", "serve", "--"))


@given(
    size=TEXTS,
    rate=st.one_of(TEXTS, st.floats(allow_nan=False), st.integers()),
    tags=st.lists(TEXTS, min_size=1, max_size=3),
    data=WORDS,
    more=st.lists(WORDS, min_size=1, max_size=3),
    flag=st.booleans(),
)
def test_docopt_reads_back_what_was_written(size, rate, tags, data, more, flag):
    point = {"batch_size": size, "learning_rate": rate, "tag": tuple(tags), "use_bn": flag, "train": True}
    point |= {"data": data, "more": tuple(more)}
    argv = render(bind(schema_of(UsageText(TEXT, "task.py", 1)), point), point, placeholders=PLACES)
    parsed = docopt.docopt(TEXT, list(argv), False)
    assert parsed["--batch_size"] == size
    assert parsed["--learning-rate"] == (rate if isinstance(rate, str) else repr(rate))
    assert parsed["--tag"] == tags
    assert (parsed["<data>"], parsed["<more>"], parsed["--use_bn"]) == (data, more, flag)


def test_the_core_of_rendering_needs_no_heavy_import():
    heavy = {"pandas", "numpy", "scipy", "rich", "yaml", "sqlite3"}
    code = f"import sys, sweeper.command, sweeper.usage.check, sweeper.usage.load; print({heavy!r} & set(sys.modules))"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "set()"
