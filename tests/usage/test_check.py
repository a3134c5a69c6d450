"""Every command line is parsed beforehand: what would go wrong is told, with the parameter and the points."""

from __future__ import annotations

import pytest
from usage_texts import FULL, bound, grid, problems_of, schema_from

from sweeper.model import Choices, Parameter, Space, Sweep, Together, Trainer
from sweeper.space.grid import Grid
from sweeper.usage.binding import bind
from sweeper.usage.cases import OnePoint, each_point
from sweeper.usage.check import Line, check_points
from sweeper.usage.occurs import grid_occurs, to_check

EXCLUSIVE = "Usage: task (--a | --b) [--x=<x>]\n"
PATHS = "Usage: task [options] <in> [<out>]\n\nOptions:\n  --x=<x>  X.\n"
COMMANDS = "Usage:\n  task train [--x=<x>] <in>\n  task eval <in>\n"
APPENDED = Line(None, extras=("--job-dir", "gs://b"))
REST = "Usage: task [--flag] [<rest>...]\n"

GOOD = [
    (FULL, {"data": ["d"], "batch_size": [32, 64], "learning_rate": [0.1, "1e-4", ""], "use_bn": [True, False]}),
    (FULL, {"data": ["d"], "tag": [("a",), ("a", "b"), ()], "more": [("x", "y"), None], "b": [1]}),
    (EXCLUSIVE, {"a": [True], "x": [1, -1, "-"]}),
    (PATHS, {"in": ["i"], "out": ["o", None], "x": ["--y", "-z", "--"]}),
    (COMMANDS, {"train": [True], "in": ["i"], "x": [1]}),
    (COMMANDS, {"eval": [True], "in": ["i"]}),
    ("Usage: task [options] [--] <in>\n\nOptions:\n  --x=<x>  X.\n", {"in": ["-i", "i", "--x", "--"], "x": [1]}),
    # mentioned, never described
    ("Usage: task --x=<x>\n", {"x": [1, 2]}),
    ("Usage: task --x <x>\n", {"x": [1, 2]}),
    # the words of ten and of more
    ("Usage: task [-v...]\n", {"v": [0, 1, 5, True, False]}),
    ("Usage: task NAME\n", {"name": ["a"]}),
]


@pytest.mark.parametrize(("text", "axes"), GOOD)
def test_what_docopt_takes_has_no_problems(text, axes):
    assert problems_of(schema_from(text), axes) == []


TRAPS = [
    # --- names
    (
        FULL,
        {"data": ["d"], "epochs": [1, 2]},
        "the trainer's usage has no 'epochs' (in all 2 points)",
    ),
    (FULL, {"data": ["d"], "batchsize": [1, 2]}, "did you mean batch_size? (task.py:1)"),
    # docopt would take a unique prefix
    (FULL, {"data": ["d"], "learn": [1, 2]}, "parameters.learn: --learn is only the beginning of --learning_rate"),
    (FULL, {"data": ["d"], "batch": [1]}, "write batch_size: the parser may guess, sweeper does not"),
    (
        FULL,
        {"data": ["d"], "--batch_size": [1]},
        "expected a name without dashes, got '--batch_size'",
    ),
    (FULL, {"data": ["d"], "help": [True]}, "--help ends the trainer before it trains"),
    (FULL, {"data": ["d"], "h": [True]}, "--help ends the trainer before it trains"),
    ("Usage: task [--version] [--x]\n", {"version": [True]}, "--version ends the trainer"),
    (FULL, {"data": ["d"], "job_dir": ["x"]}, "sweeper itself supplies --job-dir"),
    (FULL, {"data": ["d"], "b": [1], "batch_size": [2]}, "both 'b' and 'batch_size' mean --batch_size"),
    (
        "Usage: task [--a_b=<x>] [--a-b=<x>]\n",
        {"a_b": [1]},
        "'a_b' is ambiguous: the usage declares --a_b and --a-b",
    ),
    ("Usage: task [--x=<y>] <x>\n", {"x": [1]}, "'x' is ambiguous: the usage declares --x and <x>"),
    (
        "Usage: task [--y=<y>]\n\nOptions:\n  --x=<x>  X.\n",
        {"x": [1]},
        "--x is described, but no usage line takes it (in 1 of 1 points)\n  add [options]",
    ),
    # --- values
    (
        FULL,
        {"data": ["d"], "use_bn": ["True", True]},
        "--use_bn is a flag: expected true or false, got 'True' (in 1 of 2 points)",
    ),
    (
        FULL,
        {"data": ["d"], "batch_size": [True, 32]},
        "batch_size: expected a value, got true (in 1 of 2 points)",
    ),
    (FULL, {"data": ["d"], "hidden_units": [(64, 32)]}, "--hidden_units takes one value, got the list [64, 32]"),
    (FULL, {"data": ["d"], "batch_size": ["a\0b"]}, "a NUL character cannot be part of a command line"),
    (FULL, {"data": ["d"], "batch_size": ["\ud800"]}, "is not text that can be encoded"),
    (FULL, {"data": ["d"], "use_bn": [False, None]}, "none of its values reaches the command line"),
    # --- lines
    (
        FULL,
        {"batch_size": [1, 2]},
        "needs <data> (in all 2 points)\n  add data to parameters; usage: task [opt",
    ),
    (COMMANDS, {"in": ["i"]}, "add train: true to parameters"),
    (EXCLUSIVE, {"x": [1]}, "the usage line needs --a or --b"),
    (EXCLUSIVE, {"a": [True, False], "b": [True, False]}, "docopt does not take a and b together (in 1 of 4 points"),
    (
        EXCLUSIVE,
        {"a": [True, False], "b": [True, False]},
        "--a or --b (in 1 of 4 points, where a = false, b = false)",
    ),
    (COMMANDS, {"eval": [True], "in": ["i"], "x": [1]}, "parameters.x: the usage line does not take --x"),
    (
        COMMANDS,
        {"train": [True, False], "in": ["i"]},
        "line needs train (in 1 of 2 points, where train = false)",
    ),
    # an argument that is left out, and the next one takes its place
    (
        PATHS,
        {"out": ["o"]},
        "does not reach <out>: it gets nothing instead of 'o'; it went to <in>",
    ),
    (
        PATHS,
        {"in": ["-i", "i"]},
        "[--] in the usage line would allow it (in 1 of 2 points, where in = '-i')",
    ),
    # the words of a command
    (
        "Usage: task [go] [<x>]\n",
        {"x": ["go", "stop"]},
        "does not reach <x>: it gets nothing instead of 'go'",
    ),
    (
        "Usage: task [go] [<x>]\n",
        {"x": ["stop", "go"]},
        "does not reach <x>: it gets nothing instead of 'go' (in 1 of 2 points, where x = 'go')",
    ),
    # --flag True: the word would become an argument
    (REST, {"flag": ["True"]}, "--flag is a flag: expected true or false, got 'True'"),
    # a repeated option is an error unless it repeats; a description twice makes it unusable
    (
        "Usage: task [options]\n\nOptions:\n  --x=<x>  X.\n  --x=<x>  Again.\n",
        {"x": [1]},
        "parameters.x: --x is described twice",
    ),
    ("Usage: task --x=<x> --x=<x>\n", {"x": [("a",), ("a", "b")]}, "--x this many times (in 1 of 2"),
]


@pytest.mark.parametrize(("text", "axes", "message"), TRAPS)
def test_a_trap_is_told_before_anything_runs(text, axes, message):
    told = "\n".join(map(str, problems_of(schema_from(text), axes)))
    assert message in told


def test_everything_is_told_at_once():
    axes = {"learn": [1], "use_bn": ["yes"], "batch_size": [(1, 2)], "epochs": [3], "q": [True]}
    told = [problem.path for problem in problems_of(schema_from(FULL), axes)]
    assert told == [
        "parameters.learn",
        "parameters.epochs",
        "parameters.use_bn",
        "parameters.batch_size",
        "parameters.data",
    ]


def test_a_misspelt_required_option_is_not_called_missing_too():
    (only,) = problems_of(schema_from("Usage: task --learning_rate=<f>\n"), {"learnin_rate": [1]})
    assert "did you mean learning_rate?" in only.hint


def test_the_seed_parameter_is_checked_like_any_other():
    rendering = bound(FULL, ["data"], seed_parameter="seed")
    (only,) = check_points(rendering, [grid({"data": ["d"]})])
    assert (only.path, "no 'seed'" in only.message) == ("repeats.parameter", True)
    rendering = bound(FULL, ["data", "n"], seed_parameter="n")
    assert "is a parameter and the seed" in check_points(rendering, [grid({"data": ["d"], "n": [1]})])[0].message
    assert check_points(bound(FULL, ["data"], seed_parameter="n"), [grid({"data": ["d"]})]) == []


def test_what_a_service_appends_is_part_of_the_line():
    schema = schema_from("Usage: task [--x=<x>]\n")
    (only,) = problems_of(schema, {"x": [1]}, line=APPENDED)
    assert only.message == "the service adds --job-dir gs://b, which the usage does not take (in 1 of 1 points)"
    assert "make its usage line: task [--x=<x>] [--job-dir=<dir>]" in only.hint
    assert problems_of(schema_from("Usage: task [--x=<x>] [--job-dir=<dir>]\n"), {"x": [1]}, line=APPENDED) == []
    assert problems_of(schema_from(FULL), {"data": ["d"]}, line=APPENDED) == []


def test_a_usage_that_lists_its_options_is_told_the_option_to_add():
    text = "Usage: task [options]\n\nOptions:\n  --x=<x>  X.\n"
    (only,) = problems_of(schema_from(text), {"x": [1]}, line=APPENDED)
    assert "add this line to its options: --job-dir=<dir>  Where the trial's output goes." in only.hint
    added = text + "  --job-dir=<dir>  Where the trial's output goes.\n"
    assert problems_of(schema_from(added), {"x": [1]}, line=APPENDED) == []


def test_a_job_dir_with_an_underscore_is_not_what_the_service_appends():
    (only,) = problems_of(schema_from("Usage: task [--x=<x>] [--job_dir=<d>]\n"), {"x": [1]}, line=APPENDED)
    assert only.hint.startswith("it has --job_dir: spell that one --job-dir")


def test_a_required_job_dir_is_supplied():
    schema = schema_from("Usage: task --job-dir=<d> [--x=<x>]\n")
    assert problems_of(schema, {"x": [1]}) == []
    assert "needs --job-dir" in str(problems_of(schema, {"x": [1]}, line=Line(job_dir=None))[0])


def test_conditional_parameters_are_checked_in_their_own_shape():
    schema = schema_from("Usage: task --optimizer=<o> [--momentum=<m>] <a> [<b>]\n")
    shapes = [
        grid({"optimizer": ["sgd"], "momentum": [0.1, 0.9], "a": ["x"]}),
        grid({"optimizer": ["adam"], "b": ["y"]}),
    ]
    (only,) = problems_of(schema, {}, shapes=shapes)
    assert only.path == "parameters.b"
    assert "does not reach <b>" in only.message
    assert "in 1 of 3 points" in only.message


def test_listed_points_are_checked_one_by_one():
    schema = schema_from(EXCLUSIVE)
    names = ["a", "b"]
    good = [{"a": True, "b": False}, {"a": False, "b": True}]
    assert check_points(bind(schema, names), each_point(good)) == []
    (only,) = check_points(bind(schema, names), each_point([*good, {"a": True, "b": True}]))
    assert "in 1 of 3 points" in only.message


def sweep(method="grid", points=(), **space):
    return Sweep("s", Trainer("t"), Space(**space), method=method, points=points)


FLAGS = (Parameter("a", Choices((True, False))), Parameter("b", Choices((True, False))))
KEPT = [
    # combinations that no point has are no problems
    {"parameters": FLAGS, "exclude": ({"a": (True,), "b": (True,)}, {"a": (False,), "b": (False,)})},
    {"parameters": FLAGS, "constraints": ("a != b",)},
    {"parameters": (), "together": (Together({"a": (True, False), "b": (False, True)}),)},
]


@pytest.mark.parametrize("space", KEPT)
def test_only_combinations_that_occur_are_problems(space):
    wanted = sweep(**space)
    search = _Search(Grid(wanted.space))
    shapes, occurs = to_check(wanted, search)
    rendering = bound(EXCLUSIVE, ["a", "b"])
    assert check_points(rendering, shapes, occurs=occurs) == []


def test_the_points_of_a_failing_combination_are_counted_among_what_the_rules_leave():
    space = Space((*FLAGS, Parameter("x", Choices((1, 2, 3)))), exclude=({"a": (True,), "b": (True,), "x": (1,)},))
    grid_ = Grid(space)
    told = "\n".join(
        map(str, check_points(bound(EXCLUSIVE, ["a", "b", "x"]), grid_.shapes(), occurs=grid_occurs(space)))
    )
    assert "docopt does not take a and b together (in 2 of 11 points, where a = true, b = true)" in told
    assert "needs --a or --b (in 3 of 11 points, where a = false, b = false)" in told


def test_drawn_points_are_looked_at_one_by_one():
    points = ({"a": True, "b": False}, {"a": False, "b": True})
    shapes, occurs = to_check(sweep("random", parameters=FLAGS), _Listed(points))
    assert occurs is None
    assert list(shapes) == [
        OnePoint(("a", "b"), {"a": (True,), "b": (False,)}),
        OnePoint(("a", "b"), {"a": (False,), "b": (True,)}),
    ]


def test_a_huge_grid_has_few_cases():
    axes = {f"p{i}": list(range(1000)) for i in range(4)} | {f"f{i}": [True, False] for i in range(20)}
    options = [f"  --p{i}=<x>  P.\n" for i in range(4)] + [f"  --f{i}  F.\n" for i in range(20)]
    assert problems_of(schema_from("Usage: task [options]\n\nOptions:\n" + "".join(options)), axes) == []


class _Search:
    def __init__(self, grid):
        self.grid, self.count = grid, grid.count

    def propose(self, k):
        return self.grid.point(k)

    def shapes(self):
        return self.grid.shapes()


class _Listed:
    def __init__(self, points):
        self.points, self.count = points, len(points) + 1

    def propose(self, k):
        return self.points[k]

    def shapes(self):
        raise AssertionError("each point is asked for instead")
