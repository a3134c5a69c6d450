"""Sweeps through a format and back, without a trainer, a disk or a command line."""

from __future__ import annotations

from sweeper.command import render
from sweeper.commands.importing.config import config_of
from sweeper.config import parse
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.formats.yamltext import yaml_text
from sweeper.model import Choices, Range
from sweeper.space.identity import value_text
from sweeper.space.values import grid_values
from sweeper.usage.binding import bind
from sweeper.usage.check import SAMPLE

HEAD = "trainer: {module: trainer.task, usage: none}\n"
JOBS = {
    "mlengine": lambda args: {"scaleTier": "BASIC", "pythonModule": "trainer.task", "args": args},
    "vertex": lambda args: {
        "workerPoolSpecs": [
            {
                "machineSpec": {"machineType": "n1-standard-4"},
                "replicaCount": "1",
                "pythonPackageSpec": {"pythonModule": "trainer.task", "args": args},
            }
        ]
    },
}


def names_of(sweep):
    names = [one.name for one in sweep.space.parameters]
    return names + [name for rows in sweep.space.together for name in rows.values]


def rendering_of(sweep):
    return bind(None, names_of(sweep), seed_parameter=sweep.repeats.parameter)


def translated(config, to):
    """Of the text of a config."""
    sweep = parse(config if "trainer:" in config else HEAD + config, path="sweep.yaml")
    return translate(sweep, rendering_of(sweep), FORMATS[to].can)


def document(sweep, to):
    """What is written of a sweep, and what is lost."""
    rendering = rendering_of(sweep)
    found = translate(sweep, rendering, FORMATS[to].can)
    args = list(render(rendering, found.constants, placeholders=SAMPLE, seed=found.seed))
    return FORMATS[to].write(found.study, JOBS[to](args), name=sweep.name), found.losses


def again(text, file="tuning.yaml"):
    """The sweep that an exported file is imported as."""
    return parse(config_of(text, file=file).text, path=file)


def round_trip(sweep, to):
    """(what was written, the sweep that came back, what that is written as)."""
    first, losses = document(sweep, to)
    assert losses == ()
    back = again(yaml_text(first))
    return first, back, document(back, to)[0]


def meaning(sweep):
    """A space by what trials can be passed: spellings and the way it is written do not count."""
    fixed = {one.name for one in sweep.space.parameters if _is_constant(one)}
    return {one.name: (_values(one, sweep), _when(one, fixed)) for one in sweep.space.parameters}


def _is_constant(one):
    return isinstance(one.domain, Choices) and len(one.domain.values) == 1 and not one.when


def _values(one, sweep):
    domain = one.domain
    if isinstance(domain, Range) and domain.num is None and domain.step is None:
        small = domain.integer and domain.scale == "linear" and domain.max - domain.min < 2000
        if not small:
            return (domain.min, domain.max, domain.scale, domain.integer)
        values = range(domain.min, domain.max + 1)
    else:
        values = grid_values(domain) if isinstance(domain, Range) else domain.values
    if _is_constant(one):
        return "".join(render(bind(None, ["x"]), {"x": values[0]}, placeholders=SAMPLE))
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    spelt = values if numbers else [value if isinstance(value, str) else repr(value) for value in values]
    return frozenset(map(value_text, spelt))


def _when(one, fixed):
    shown = {}
    for name, values in one.when.items():
        if name not in fixed:
            shown[name] = frozenset(value_text(value) for value in values)
    return shown
