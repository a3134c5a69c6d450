"""What the tests of the usage share: trainers written to disk, and the check of a space given as a mapping."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from sweeper.command import Rendering
from sweeper.errors import Problem
from sweeper.model import Trainer
from sweeper.usage.binding import bind
from sweeper.usage.cases import OnePoint
from sweeper.usage.check import Line, check_points
from sweeper.usage.docopt_usage import schema_of
from sweeper.usage.load import load_schema
from sweeper.usage.schema import Schema
from sweeper.usage.source import UsageText

FULL = """Train a model.

Usage:
  task [options] [--tag=<t>]... <data> [<more>...]
  task (-h | --help)

Options:
  -h --help               Show this screen.
  -b, --batch_size=<n>    Examples per step [default: 32].
  --learning-rate=<f>     Step size
                          of the optimizer [default: 0.1].
  --hidden_units=<list>   Comma-separated [default: 64,32].
  --use_bn                Normalise.
  -q                      Say less.
  -n <k>                  How many.
  --job-dir=<dir>         Where to write.
"""


def schema_from(text: str) -> Schema:
    """The schema of a docopt text."""
    return schema_of(UsageText(text, "task.py", 1))


def bound(text: str, names, **more) -> Rendering:
    """The names bound to a docopt text."""
    return bind(schema_from(text), names, **more)


def grid(axes) -> OnePoint:
    """One shape: the full product of the axes, each a list of values."""
    values = {name: tuple(axis) for name, axis in axes.items()}
    return OnePoint(tuple(values), values, math.prod(map(len, values.values())))


def problems_of(schema: Schema, axes, *, line: Line | None = None, shapes=None) -> list[Problem]:
    """What is wrong with a grid."""
    names = dict.fromkeys(name for shape in shapes or [grid(axes)] for name in shape.present)
    return check_points(bind(schema, names), shapes or [grid(axes)], line=line)


def write_package(folder: Path, **sources: str) -> Path:
    """A package ``trainer`` with these modules."""
    package = folder / "trainer"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    for name, source in sources.items():
        (package / f"{name}.py").write_text(source)
    return folder


def load(folder: Path, trainer: Trainer | str = "trainer.task", *, timeout: float = 20.0, python_path=()) -> Schema:
    """The schema of a trainer under ``folder``."""
    trainer = Trainer(trainer) if isinstance(trainer, str) else trainer
    schema = load_schema(trainer, cwd=folder, python_path=python_path, python=sys.executable, timeout=timeout)
    assert schema is not None
    return schema
