"""Command lines as a tuning service completes them: what the trainer's parser refuses, and what ``32.0`` breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from usage_texts import load, schema_from, write_package

from sweeper.model import Trainer
from sweeper.usage.service_values import Completed, check_service_values
from sweeper.usage.whole_numbers import Listed, warn_of_whole_numbers

OPTIONS = "Usage: task [options]\n\nOptions:\n  -b --batch=<n>  Examples [default: 32].\n  --lr=<x>  Step.\n"
ARGPARSE = """\
import argparse
p = argparse.ArgumentParser()
p.add_argument("--batch", type=int)
p.add_argument("--units", type=float)
p.add_argument("--opt", choices=["sgd", "adam"])
p.parse_args()
"""
WHOLE = [Listed("batch", "--batch-size", "32.0")]


def line(text, *more, option="--batch", certain=True):
    return Completed(option[2:], option, text, (f"{option}={text}", *more), certain)


def argparse_schema(tmp_path):
    return load(write_package(tmp_path, task=ARGPARSE), Trainer("trainer.task", usage="argparse"))


def test_docopt_takes_any_text_of_an_option():
    lines = [line("32"), line("32.0", certain=False), line("1e-05", option="--lr")]
    assert check_service_values(schema_from(OPTIONS), lines) == ([], [])


def test_what_docopt_does_not_take_is_a_problem():
    schema = schema_from("Usage: task --lr=<x>\n")
    (problem,), warnings = check_service_values(schema, [line("32"), line("64")])
    assert warnings == []
    assert problem.path == "parameters.batch"
    assert problem.message.startswith("the service passes --batch=32 or --batch=64: ")
    assert problem.hint == "declare --batch so that it takes each of its values (task.py:1)"


def test_a_value_that_goes_elsewhere_is_a_problem():
    schema = schema_from("Usage: task [--lr=<x>] [<rest>...]\n")
    stray = Completed("lr", "--lr", "0.1", ("--", "--lr=0.1"))
    (problem,), _ = check_service_values(schema, [stray])
    assert "it does not arrive as the value of --lr" in problem.message


def test_argparse_is_asked_itself(tmp_path):
    lines = [
        *(line("32"), line("32.0", certain=False), line("64.0", certain=False)),
        *(line("8", option="--units"), line("8.0", option="--units", certain=False)),
        *(line("adam", option="--opt"), line("lion", option="--opt")),
    ]
    (problem,), (warning,) = check_service_values(argparse_schema(tmp_path), lines)
    assert problem.path == "parameters.opt"
    assert problem.message.startswith("the service passes --opt=lion: argparse says: ")
    assert warning.path == "parameters.batch"
    assert warning.message.startswith("the service may pass --batch=32.0 or --batch=64.0: argparse says: ")
    assert "int(float(text))" in warning.hint


def test_who_is_refused_anyway_is_not_warned_of_as_well(tmp_path):
    lines = [line("x"), line("32.0", certain=False)]
    (problem,), warnings = check_service_values(argparse_schema(tmp_path), lines)
    assert "--batch=x" in problem.message
    assert warnings == []


FATAL = [
    'n = int(args["--batch-size"])',
    'n = int(args["<batch_size>"])',
    'n = int(options.get("--batch-size", 32))',
    "n = int(args.batch_size)",
    'p.add_argument("--batch-size", "-b", type=int, default=32)',
    '@click.option("--batch-size", type=int)\ndef main(): ...',
    'class Run:\n    def go(self):\n        return [int(self.options["--batch-size"])]',
]
HELPERS = [
    'def whole(text):\n    return int(text)\nn = whole(args["--batch-size"])',
    'def whole(name, text, least=1):\n    return int(text)\nn = whole("--batch-size", args["--batch-size"], least=2)',
    "class Run:\n    def whole(self, text):\n        return int(text)\nn = Run().whole(text=args.batch_size)",
    'def one(a):\n    return two(a)\ndef two(b):\n    return int(b)\nn = one(args["--batch-size"])',
]
FINE = [
    'n = int(float(args["--batch-size"]))\nm = float(args["--batch-size"])',
    'x = float(args["--batch-size"])',
    'p.add_argument("--batch-size", type=float)',
    'def whole(text):\n    return int(float(text))\nn = whole(args["--batch-size"])',
    "def whole(t):\n    try:\n        return int(t)\n    except ValueError:\n        return int(float(t))\n"
    'n = whole(args["--batch-size"])',
]
UNSURE = [
    'n = args["--batch-size"]',
    'n = int(args["--other"])',
    'n = int(args["--batch-size"], 16)',
    'n = whole(args["--batch-size"])',
    'def whole(text):\n    return text + int(other)\nn = whole(args["--batch-size"])',
    'def whole(text):\n    return whole(text)\nn = whole(args["--batch-size"])',
    'def whole(text):\n    return int(text)\ndef whole(text):\n    return text\nn = whole(args["--batch-size"])',
    "",
    "not python at all: (",
]


@pytest.mark.parametrize("source", [*FATAL, *HELPERS])
def test_the_line_that_would_fail_is_named(source):
    (warning,) = warn_of_whole_numbers({"a.py": "x = 1\n", "task.py": f"\n{source}\n"}, WHOLE, known=False)
    row = next(i for i, text in enumerate(source.splitlines()) if re.search(r"\bint\b", text)) + 2
    assert warning.where == f"task.py:{row}"
    assert warning.path == "parameters.batch"
    assert warning.message == "the service may pass --batch-size=32.0, and int('32.0') fails"


@pytest.mark.parametrize("source", FINE)
def test_a_number_that_is_read_as_a_float_is_fine(source):
    assert warn_of_whole_numbers({"task.py": source}, WHOLE, known=False) == []


@pytest.mark.parametrize("source", UNSURE)
def test_what_cannot_be_told_is_one_note_for_all_options(source):
    both = [*WHOLE, Listed("units", "--units", "64.0")]
    (warning,) = warn_of_whole_numbers({"task.py": source}, both, known=False)
    assert warning.message.startswith("the service may pass --batch-size=32.0 or --units=64.0: ")
    assert warn_of_whole_numbers({"task.py": source}, both, known=True) == []


def test_nothing_is_said_where_no_whole_numbers_are_listed():
    assert warn_of_whole_numbers({"task.py": FATAL[0]}, [], known=False) == []


def test_the_line_is_that_of_the_helper_in_its_own_file():
    texts = {"task.py": 'n = values.whole("--batch-size", args["--batch-size"])', "values.py": HELPERS[1]}
    (warning,) = warn_of_whole_numbers(texts, WHOLE, known=False)
    assert warning.where == "values.py:2"


def test_the_shipped_trainer_is_known_to_take_them():
    texts = {str(path): path.read_text() for path in (Path(__file__).parents[2] / "trainer").glob("*.py")}
    options = [Listed(name, f"--{name}", "32.0") for name in ("batch_size", "epochs", "seed")]
    assert warn_of_whole_numbers(texts, options, known=False) == []
