"""Trainers with argparse: their own parser is asked, and they never run."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from usage_texts import grid, load, write_package

from sweeper.command import render
from sweeper.model import Trainer
from sweeper.usage import argparse_probe
from sweeper.usage.binding import bind
from sweeper.usage.check import SAMPLE, Line, check_points
from sweeper.usage.schema import describe

HEAD = "import argparse, sys\nfrom pathlib import Path\n"
BODY = """print("noise on stdout")
def main():
    p = argparse.ArgumentParser(description="Trains.")
    p.add_argument("data")
    p.add_argument("extra", nargs="*")
    p.add_argument("--learning-rate", "-l", type=float, default=0.1, help="the step size")
    p.add_argument("--optimizer", choices=["sgd", "adam"], default="sgd")
    p.add_argument("-lr2", type=float)
    p.add_argument("--hidden", type=int, nargs="+")
    p.add_argument("--pair", type=int, nargs=2)
    p.add_argument("--tag", action="append")
    p.add_argument("--cache", action=argparse.BooleanOptionalAction)
    p.add_argument("--fast", action="store_true")
    p.add_argument("--no-cuda", dest="cuda", action="store_false")
    p.add_argument("-v", action="count", default=0)
    group = p.add_mutually_exclusive_group()
    group.add_argument("--a", action="store_true")
    group.add_argument("--b", action="store_true")
    p.add_argument("--job-dir")
    args = p.parse_args()
    Path("ran").write_text("it ran")
"""
TASK = HEAD + BODY + "try:\n    main()\nexcept BaseException:\n    Path('ran').write_text('caught')\n"
ARGPARSE = Trainer("trainer.task", usage="argparse")


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    folder = write_package(tmp_path_factory.mktemp("argparse"), task=TASK)
    yield load(folder, ARGPARSE)
    assert not (folder / "ran").exists()


WRITTEN = [
    ({"data": "d", "learning_rate": 0.5, "optimizer": "adam"}, ["--learning-rate=0.5", "--optimizer=adam", "d"]),
    ({"data": "d", "l": -1}, ["--learning-rate=-1", "d"]),
    ({"data": "d", "lr2": 1}, ["-lr2=1", "d"]),
    # lists as argparse wants them, and the arguments kept apart from them
    ({"data": "d", "hidden": (64, 32)}, ["--hidden", "64", "32", "--", "d"]),
    ({"data": "d", "hidden": (64,)}, ["--hidden=64", "--", "d"]),
    ({"data": "d", "pair": (1, -2), "fast": True}, ["--pair", "1", "-2", "--fast", "--", "d"]),
    ({"data": "d", "tag": ("x", "-y")}, ["--tag=x", "--tag=-y", "d"]),
    # switches
    ({"data": "d", "cache": True, "no_cuda": True}, ["--cache", "--no-cuda", "d"]),
    ({"data": "d", "cache": False, "no_cuda": False}, ["--no-cache", "d"]),
    ({"data": "d", "v": 2}, ["-v", "-v", "d"]),
    ({"data": "-d", "extra": ("-1", "e")}, ["--", "-d", "-1", "e"]),
]


@pytest.mark.parametrize(("point", "argv"), WRITTEN)
def test_argparse_reads_what_is_written(schema, point, argv):
    rendering = bind(schema, point)
    assert render(rendering, point, placeholders=SAMPLE) == tuple(argv)
    assert check_points(rendering, [grid({name: [value] for name, value in point.items()})]) == []


REFUSED = [
    # its types and choices are asked, all at once
    (
        {"data": ["d"], "learning_rate": [0.1, "fast"]},
        "invalid float value: 'fast' (in 1 of 2 points, where l",
    ),
    (
        {"data": ["d"], "optimizer": ["sgd", "rms"]},
        "invalid choice: 'rms'",
    ),
    ({"data": ["d"], "hidden": [(1, 2), ("x",)]}, "parameters.hidden: argparse says: argument --hidden: invalid int"),
    ({"data": ["d"], "pair": [(1,)]}, "argument --pair: expected 2 arguments"),
    ({"data": ["d"], "pair": [(1, 2, 3)]}, "argparse says: unrecognized arguments: "),
    ({"learning_rate": [1]}, "the following arguments are required: data"),
    ({"data": ["d"], "a": [True, False], "b": [True]}, "not allowed with argument"),
    ({"data": ["d"], "learn": [1]}, "--learn is only the beginning of --learning_rate"),
    ({"data": ["d"], "optimiser": ["sgd"]}, "did you mean optimizer?"),
    ({"data": ["d"], "job_dir": ["x"]}, "sweeper itself supplies --job-dir"),
    ({"data": ["d"], "fast": ["yes"]}, "--fast is a flag"),
]


@pytest.mark.parametrize(("axes", "message"), REFUSED)
def test_what_argparse_refuses_is_told(schema, axes, message):
    told = "\n".join(map(str, check_points(bind(schema, axes), [grid(axes)])))
    assert message in told


def test_all_refusals_come_at_once(schema):
    axes = {"learning_rate": ["x", 1], "optimizer": ["y", "adam"], "data": ["d"]}
    assert len(check_points(bind(schema, axes), [grid(axes)])) == 2


def test_what_a_service_appends_is_part_of_the_line(schema, tmp_path):
    line = Line(None, extras=("--job-dir", "gs://b"))
    fine = {"data": ["d"], "learning_rate": [0.1]}
    assert check_points(bind(schema, list(fine)), [grid(fine)], line=line) == []
    lists = {"data": ["d"], "hidden": [(64, 32)]}
    (only,) = check_points(bind(schema, list(lists)), [grid(lists)], line=line)
    assert "the service adds --job-dir gs://b, which goes to the usage's arguments" in only.message
    folder = write_package(tmp_path, task=TASK.replace('p.add_argument("--job-dir")', ""))
    (only,) = check_points(bind(load(folder, ARGPARSE), list(fine)), [grid(fine)], line=line)
    assert 'parser.add_argument("--job-dir")' in only.hint


def test_a_config_can_be_started_from_an_argparse_trainer(schema):
    found = {one.name: one for one in describe(schema)}
    assert (found["learning_rate"].default, found["learning_rate"].help) == ("0.1", "the step size")
    assert (found["optimizer"].choices, found["fast"].kind) == (("sgd", "adam"), "flag")
    assert "job_dir" not in found
    assert "help" not in found


def test_the_trainers_own_variables_and_folder_are_there(tmp_path):
    source = HEAD + "import os\np = argparse.ArgumentParser()\np.add_argument(os.environ['OPTION'])\np.parse_args()\n"
    write_package(tmp_path / "lib", task=source)
    trainer = Trainer("trainer.task", package="lib", usage="argparse", env={"OPTION": "--from-env"})
    assert [one.name for one in describe(load(tmp_path, trainer))] == ["from_env"]


def test_a_parse_of_something_else_on_the_way_is_let_through(tmp_path):
    source = HEAD + (
        "first = argparse.ArgumentParser()\nfirst.add_argument('--one')\n"
        "assert first.parse_args(['--one', '1']).one == '1'\nassert first.parse_known_args([])[0].one is None\n"
        "second = argparse.ArgumentParser()\nsecond.add_argument('--two')\nsecond.parse_args(sys.argv[1:])\n"
    )
    write_package(tmp_path, task=source)
    assert [one.name for one in describe(load(tmp_path, ARGPARSE))] == ["two"]


def test_known_and_intermixed_parsing_are_captured_too(tmp_path):
    for method in ("parse_known_args", "parse_intermixed_args"):
        source = HEAD + f"p = argparse.ArgumentParser()\np.add_argument('--x')\np.{method}()\nPath('ran').touch()\n"
        write_package(tmp_path, task=source)
        assert [one.name for one in describe(load(tmp_path, ARGPARSE))] == ["x"]
        assert not (tmp_path / "ran").exists()


def test_the_module_sees_itself_as_main_with_the_working_directory_first(tmp_path):
    source = HEAD + (
        "assert __name__ == '__main__' and sys.argv[0].endswith('task.py')\n"
        "assert sys.path[0] == str(Path.cwd())\nfrom trainer import helper\n"
        "argparse.ArgumentParser().parse_args()\n"
    )
    write_package(tmp_path, task=source, helper="")
    assert load(tmp_path, ARGPARSE).program == "task.py"


def test_the_probe_needs_nothing_but_the_standard_library():
    tree = ast.parse(Path(argparse_probe.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names
