"""Points are read back from the command lines that were made of them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from sweeper.backends.cloud.history import Past
from sweeper.command import render
from sweeper.driver import recovered
from sweeper.model import Choices, Parameter, Range, Repeats, Space, Sweep, Together, Trainer
from sweeper.search import make
from sweeper.search.trials import trial_of
from sweeper.usage.binding import bind
from sweeper.usage.docopt_usage import schema_of
from sweeper.usage.source import UsageText

USAGE = """
Usage: task [options] [--layer=<n>]... [<data>]

Options:
  --learning-rate=<x>  Rate.
  --tag=<text>         Text.
  --units=<list>       Units.
  -d, --depth=<n>      Depth.
  -w <n>               Width.
  --quick              Flag.
  --deep               Flag.
  --optimizer=<name>   Optimizer.
  --momentum=<x>       Of sgd.
  --nesterov           Of sgd.
  --seed=<n>           Seed.
  --job-dir=<dir>      Folder.
"""


def choices(name, *values, when=None):
    return Parameter(name, Choices(values), when=when or {})


RATE = Parameter("learning_rate", Range(1e-5, 1e-1, scale="log"))
SGD = {"optimizer": ("sgd",)}
SPACES = {
    "numbers": (RATE, Parameter("depth", Range(1, 9, integer=True)), Parameter("momentum", Range(0.0, 0.9, num=4))),
    "below zero": (RATE, Parameter("depth", Range(-3, 3, integer=True)), Parameter("momentum", Range(-1.0, 1.0))),
    "a short option": (RATE, Parameter("w", Range(1, 9, integer=True))),
    "text with an equals sign": (RATE, choices("tag", "a=b", "--x=1", "a b", "", "1")),
    "text that is a number": (RATE, choices("tag", "1", 1.5, "1.5", 1, "0.10")),
    "flags that are on or off": (RATE, choices("quick", True, False), choices("deep", False, True)),
    "nothing at all": (RATE, choices("tag", None, "a"), choices("units", "8", None, "16,8")),
    "what is there sometimes": (
        RATE,
        choices("optimizer", "adam", "sgd"),
        Parameter("momentum", Range(0.0, 0.99), when=SGD),
        choices("nesterov", True, False, when=SGD),
    ),
    "a constant that is there sometimes": (
        RATE,
        choices("optimizer", "adam", "sgd"),
        choices("momentum", 0.9, when=SGD),
        choices("quick", True),
    ),
    "an argument without a name": (RATE, choices("data", "one.csv", "two.csv"), choices("quick", True, False)),
    "a list": (RATE, choices("layer", (8,), (16, 8), (32, 16, 8))),
    "a placeholder": (RATE, choices("tag", "{sweep}-a", "{sweep}-b")),
}


def sweep(parameters, **settings):
    space = Space(tuple(parameters), settings.pop("together", ()))
    return Sweep("test", Trainer("task"), space, method="auto", trials=24, **settings)


def jobs(made, *, addresses=None):
    """The trials of a sweep as a cloud tells of their jobs, in the order in which they were begun."""
    search = make(made)
    space = made.space
    names = [one.name for one in space.parameters] + [name for one in space.together for name in one.values]
    rendering = bind(schema_of(UsageText(USAGE, "task.py", 1)), names, seed_parameter=made.repeats.parameter)
    assert rendering.problems == ()
    found = []
    for k in range(search.count):
        for repeat in range(made.repeats.count):
            number = k * made.repeats.count + repeat
            trial = trial_of(made, search.propose(k), number=number, repeat=repeat)
            point = {name: (addresses or {}).get(value, value) for name, value in trial.point.items()}
            words = {"job_dir": "gs://b/d", "sweep": "test-1", "trial": trial.id, "seed": str(trial.seed)}
            seed = trial.seed if made.repeats.parameter else None
            args = render(rendering, point, placeholders=words, job_dir="gs://b/d", seed=seed)
            found.append((trial, Past(trial.id, 1, "", None, args, float(number), "")))
    return found


def read_back(made, told):
    return sorted(recovered.trials(made, [past for _, past in told]), key=lambda trial: trial.number)


@pytest.mark.parametrize("name", SPACES)
def test_what_was_proposed_is_read_back(name):
    made = sweep(SPACES[name])
    told = jobs(made)
    found = read_back(made, reversed(told))
    assert found == [trial for trial, _ in told]
    assert [list(trial.point) for trial in found] == [list(trial.point) for trial, _ in told]  # as the table has them


def test_so_is_what_moves_together_and_is_run_again():
    linked = (Together({"units": ("8", "16,8"), "depth": (1, 2)}),)
    made = sweep((RATE,), together=linked, repeats=Repeats(3, "seed"))
    told = jobs(made)
    assert read_back(made, told) == [trial for trial, _ in told]


def test_a_file_that_is_somewhere_else_for_the_job_is_read_back_by_its_own_name():
    made = sweep((RATE, choices("tag", "data/a.csv", "data/b.csv")))
    told = jobs(made, addresses={"data/a.csv": "gs://b/1/a.csv", "data/b.csv": "gs://b/2/b.csv"})
    assert read_back(made, told) == [trial for trial, _ in told]


def test_an_option_of_another_name_is_found_by_its_value():
    made = sweep((RATE, Parameter("depth", Range(1, 9, integer=True))))
    told = [(trial, replace(past, args=_as(past.args, "--depth", "--d"))) for trial, past in jobs(made)]
    assert read_back(made, told) == [trial for trial, _ in told]


def _as(args, name, other):
    return tuple(arg.replace(f"{name}=", f"{other}=") for arg in args)


def test_what_this_config_cannot_have_made_is_left_out():
    made = sweep(SPACES["numbers"])
    told = jobs(made)
    narrow = sweep((RATE, Parameter("depth", Range(1, 2, integer=True)), SPACES["numbers"][2]))
    found = read_back(narrow, told)
    assert 0 < len(found) < 24
    assert [trial.point for trial in found] == [trial.point for trial, _ in told if trial.point["depth"] <= 2]
    assert [trial.number for trial in found] == list(range(len(found)))
    stranger = Past("0" * 16, 1, "", None, ("--learning-rate=0.01", "--depth=1", "--momentum=0.3"), 0.0, "")
    assert read_back(made, [(None, stranger)]) == []


def test_many_flags_are_no_trouble():
    flags = [f"f{i}" for i in range(20)]
    made = sweep((RATE, *(choices(name, True, False) for name in flags)))
    search = make(made)
    told = []
    for k in range(24):
        trial = trial_of(made, search.propose(k), number=k, repeat=0)
        args = [f"--learning-rate={trial.point['learning_rate']}", *(f"--{f}" for f in flags if trial.point[f])]
        told.append(SimpleNamespace(trial_id=trial.id, submitted=float(k), attempt=1, args=tuple(args)))
    assert [trial.number for trial in recovered.trials(made, told)] == list(range(24))
