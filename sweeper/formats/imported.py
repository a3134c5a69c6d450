"""A foreign study as a sweep config: the text, with everything that was left out in comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sweeper.formats.header import NOT_STAGED
from sweeper.formats.options import options
from sweeper.formats.study import Axis, Read, Study, every
from sweeper.formats.yamltext import WIDTH, comment, flow, scalar, yaml_text
from sweeper.lean import dataclass
from sweeper.model import Choices, Range, Value

MODULE = "trainer.task"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,62}"


class Clash(Exception):
    """Two specs of one parameter; its arguments are the name, and where the second one stands."""


@dataclass(frozen=True)
class Imported:
    """A config, and what is to be said about it."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Flat:
    """A parameter as a sweep config has it."""

    domain: Mapping[str, object]
    parent: str | None
    values: tuple[Value, ...]


def imported(found: Read, *, title: str, backend: str, file: str, usage: str = "docopt") -> Imported:
    """The config. Raises Clash where a parameter has a spec in several places that are not the same.

    ``usage`` is how the trainer's command line is known.
    """
    study, setting, notes = found.study, found.setting, list(found.notes)
    tuned = _flat(study)
    constants = options(setting.args, notes)
    for name in [name for name in constants if name.replace("-", "_") in {one.replace("-", "_") for one in tuned}]:
        notes.append(f"args: --{name} is left out: the parameter {name} gives it a value")
        del constants[name]
    module = setting.module or MODULE
    if setting.module is None:
        notes.insert(0, f"the file does not name the trainer's module: {MODULE} is a guess")
    top: dict[str, object] = {"name": _name(setting.name, notes)} if setting.name else {}
    top |= {"trainer": _trainer(module, setting.image, setting.env, usage), **_method(study)}
    metric = {"name": study.metric, "goal": study.goal, **({"reduce": "best"} if study.best else {})}
    limits = _limits(study, setting.timeout)
    backends = {"backend": backend} if setting.image else {}
    parameters = {**{name: _constant(value) for name, value in constants.items()}, **_parameters(tuned)}
    listed = [value for axis in every(study.axes) if isinstance(axis.domain, Choices) for value in axis.domain.values]
    stage = list(dict.fromkeys(_stage([*constants.values(), *listed])))
    section = {backend: setting.section} if setting.section else {}
    text = comment("\n".join(_head(title, file, notes))) + "\n" + yaml_text(top)
    text += f"metric: {flow(metric)}\n" + "".join(_entries("parameters", parameters))
    text += yaml_text({**({"stage": stage} if stage else {}), "limits": limits, **backends, **section})
    return Imported(text, tuple(notes))


def _name(written: str, notes: list[str]) -> str:
    if re.fullmatch(_NAME, written):
        return written
    clean = re.sub(r"[^A-Za-z0-9_.\-]+", "-", written).strip("-._")[:63] or "sweep"
    notes.append(f"displayName '{written}' is no name of a sweep: it is called {clean}")
    return clean


def _head(title: str, file: str, notes: list[str]) -> Iterator[str]:
    yield f"Made from {file}, a tuning config of {title}."
    if notes:
        yield ""
        yield from (f"note: {note}" for note in notes)


def _trainer(module: str, image: str | None, env: Mapping[str, str], usage: str) -> object:
    more: dict[str, object] = {"image": image} if image else {}
    more |= {"env": dict(env)} if env else {}
    more |= {"usage": usage} if usage != "docopt" else {}
    return {"module": module, **more} if more else module


def _method(study: Study) -> dict[str, object]:
    method: dict[str, object] = {"method": "service"}
    method |= {"algorithm": study.algorithm} if study.algorithm != "service" else {}
    method |= {"trials": study.trials}
    method |= {"resume": study.resume} if study.resume is not None else {}
    return method | ({"early_stopping": "service"} if study.early_stopping else {})


def _limits(study: Study, timeout: float | None) -> dict[str, object]:
    limits: dict[str, object] = {"parallel": study.parallel}
    limits |= {"max_failed": study.max_failed} if study.max_failed is not None else {}
    return limits | ({"timeout": f"{timeout:g}s"} if timeout is not None else {})


def _constant(value: Value) -> object:
    return {"value": [_unstaged(one) for one in value]} if isinstance(value, tuple) else _unstaged(value)


def _unstaged(value: Value) -> Value:
    """The path of a file that an export left to be staged."""
    return value.removeprefix(f"{NOT_STAGED}/") if isinstance(value, str) else value


def _stage(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, tuple):
            yield from _stage(value)
        elif _unstaged(value) != value:
            yield str(_unstaged(value))


def _flat(study: Study) -> dict[str, _Flat]:
    grid = study.algorithm == "grid"
    found: dict[str, _Flat] = {}
    for axis in study.axes:
        _add(axis, None, (), found, grid=grid)
    return found


def _add(axis: Axis, parent: str | None, values: tuple[Value, ...], found: dict[str, _Flat], *, grid: bool) -> None:
    one = _Flat(_domain(axis, grid=grid), parent, values)
    if known := found.get(axis.name):
        # Services take a parameter below several values of its parent, once for each.
        if (known.domain, known.parent) != (one.domain, one.parent) or parent is None:
            raise Clash(axis.name, axis.place)
        one = _Flat(one.domain, parent, tuple(dict.fromkeys((*known.values, *values))))
    found[axis.name] = one
    for branch in axis.branches:
        _add(branch.axis, axis.name, branch.values, found, grid=grid)


def _domain(axis: Axis, *, grid: bool) -> dict[str, object]:
    domain = axis.domain
    if isinstance(domain, Range):
        scale = {"scale": "log"} if domain.scale == "log" else {}
        return {"min": domain.min, "max": domain.max, **({"step": 1} if grid else scale)}
    return {"values": [_unstaged(value) for value in domain.values]}


def _parameters(tuned: Mapping[str, _Flat]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, one in tuned.items():
        if one.parent is None:
            found[name] = one.domain.get("values", one.domain)
        else:
            found[name] = {**one.domain, "when": {one.parent: [_unstaged(value) for value in one.values]}}
    return found


def _entries(section: str, entries: Mapping[str, object]) -> Iterator[str]:
    """Each on a line of its own, if it fits there."""
    yield f"{section}:\n"
    for name, value in entries.items():
        line = f"  {scalar(name)}: {flow(value)}\n"
        if len(line) <= WIDTH:
            yield line
        else:
            yield "".join(f"  {one}\n" for one in yaml_text({name: value}).splitlines())
