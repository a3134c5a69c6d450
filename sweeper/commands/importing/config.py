"""The work of ``sweeper import``: the text of a foreign file to the text of a config that can be planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sweeper.config import parse
from sweeper.config.loader import compose
from sweeper.config.report import Report
from sweeper.errors import ConfigError, Problem
from sweeper.formats.imported import MODULE, Clash, Imported, imported
from sweeper.formats.registry import FORMATS, read
from sweeper.formats.study import every


def docopt(module: str) -> str:
    """How a trainer's command line is known, where nobody looks."""
    return "docopt"


def config_of(text: str, *, file: str, usage_of: Callable[[str], str] = docopt, others: Sequence[str] = ()) -> Imported:
    """The config. Raises ConfigError with everything that is wrong, each with its line.

    ``usage_of`` is asked how the command line of the trainer's module is known. ``others`` are the tools that the file
    was not known as one of either.
    """
    report = Report(file)
    root = compose(text, report)
    found = None if root is None else read(root, report, others)
    if report or found is None:
        raise report.error()
    name, foreign = found
    try:
        usage = usage_of(foreign.setting.module or MODULE)
        made = imported(foreign, title=FORMATS[name].can.title, backend=name, file=file, usage=usage)
    except Clash as clash:
        parameter, place = clash.args
        hint = "a sweep has one spec for each parameter, below one parent"
        problem = Problem(f"the parameter {parameter} has several specs", f"{file}:{place}", hint=hint)
        raise ConfigError([problem]) from None
    places = {f"parameters.{axis.name}": f"{file}:{axis.place}" for axis in every(foreign.study.axes)}
    try:
        parse(made.text, path=file)
    except ConfigError as error:
        # What a sweep does not take although the service may.
        raise ConfigError(
            Problem(f"no sweep can be made of it: {one.message}", places.get(one.path, file), one.path, one.hint)
            for one in error.problems
        ) from None
    return made
