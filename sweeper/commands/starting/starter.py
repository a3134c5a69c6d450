"""The text of a starter config: every option of the trainer with its help, its default and an axis to try."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator

from sweeper.commands.starting.suggest import axis
from sweeper.model import Trainer
from sweeper.usage.schema import Described, Schema, describe, is_job_dir

EDIT = "EDIT-ME"
_PLAIN = re.compile(r"[A-Za-z_./][\w./@+-]*(,[\w./@+-]+)*")
_SPECIAL = re.compile(r"(?i)(true|false|null|yes|no|on|off|\.?(nan|inf|\d.*))")
_COLUMN = 44
"""Where comments beside values begin."""


def starter(schema: Schema, trainer: Trainer, *, path: str) -> str:
    """A config for the trainer. With ``EDIT-ME`` replaced it runs; as it is, it can be planned."""
    known = describe(schema)
    parts = [_head(schema, trainer, path), _settings(trainer), _parameters(schema, known), _tail(known)]
    return "\n".join("\n".join(lines) + "\n" for lines in parts)


def _head(schema: Schema, trainer: Trainer, path: str) -> Iterator[str]:
    yield f"# A sweep of {trainer.module}. `sweeper init` made this from its usage text ({schema.where})."
    yield "#"
    yield f"#   {f'sweeper plan {path}':<28} counts and checks every command line; touches nothing"
    yield f"#   {f'sweeper launch {path}':<28} runs it; run it again and it carries on where it was"
    yield f"#   {'sweeper results':<28} the ranked table"


def _settings(trainer: Trainer) -> Iterator[str]:
    yield _beside(f"name: {_name(trainer.module)}", "what the sweep is called in lists and folders")
    yield ""
    yield "trainer:"
    yield _beside(f"  module: {trainer.module}", f"a trial is `python -m {trainer.module} ...`")
    if trainer.usage != "docopt":
        yield _beside(f"  usage: {trainer.usage}", "its command line is read from its parser")
    yield _beside("  # requires: [numpy]", "what must be installed, as pip names it; checked before the first trial")
    yield ""
    yield _beside("method: grid", "every combination; random and sobol draw some, with trials: N")
    yield _beside("metric: {name: accuracy, goal: maximize}", "what the trainer reports, and which way is better")


def _parameters(schema: Schema, known: tuple[Described, ...]) -> Iterator[str]:
    yield "# A value alone is the same in every trial. A list, or a range with num:, is an axis of the grid."
    yield "# What is left out keeps the trainer's own default."
    lines = [line for one in known for line in _parameter(one)]
    swept = any(line and not line.startswith("  #") for line in lines)
    yield "parameters:" if swept else "parameters: {}"
    yield from lines
    for option in schema.options:
        if is_job_dir(option):
            yield f"  # {option.name} is not set here: sweeper gives each trial its own folder."


def _parameter(one: Described) -> Iterator[str]:
    """Its help, then its line; a comment where the trainer has no value that could be written."""
    yield from (f"  # {line}" for line in textwrap.wrap(one.help, 110))
    notes = [f"one of {', '.join(one.choices)}"] if one.choices else []
    value, required = _value(one), one.required and one.default is None
    if required:
        notes.insert(0, "required: edit this" if value == EDIT else "required")
    if suggested := axis(one):
        notes.append(f"as an axis: {suggested}")
    active = value is not None and not _is_seed(one)
    shown = value if value is not None else "true" if one.kind in ("flag", "command") else "..."
    yield _beside(f"  {'' if active else '# '}{one.name}: {shown}", "; ".join(notes))


def _value(one: Described) -> str | None:
    """What is written as its value; None where it should rather be left out."""
    if one.kind in ("flag", "command"):
        return "true" if one.required else None
    if one.default is not None:
        return _listed(one.default) if isinstance(one.default, tuple) else scalar(one.default)
    if not one.required:
        return None
    placeholder = one.choices[0] if one.choices else {"int": "1", "float": "1.0"}.get(one.type, EDIT)
    return scalar(placeholder)


def _listed(values: tuple[str, ...]) -> str | None:
    return f"{{value: [{', '.join(map(scalar, values))}]}}" if values else None


def scalar(text: str) -> str:
    """The text as YAML that reaches the command line as it is: numbers plain where they keep their spelling."""
    if re.fullmatch(r"0|-?[1-9]\d{0,14}", text) or _is_short_float(text):
        return text
    plain = _PLAIN.fullmatch(text) and not _SPECIAL.fullmatch(text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _is_short_float(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", text)) and repr(float(text)) == text


def _tail(known: tuple[Described, ...]) -> Iterator[str]:
    seed = next((one.name for one in known if _is_seed(one)), None)
    if seed is not None:
        yield "# Each point several times, each with another seed; the table then has the mean and its spread."
        yield f"# repeats: {{count: 3, parameter: {seed}}}"
        yield ""
    yield "# limits: {parallel: 4, timeout: 1h, trials: 100}"


def _is_seed(one: Described) -> bool:
    return one.kind == "option" and (one.name == "seed" or one.name.endswith("_seed"))


def _name(module: str) -> str:
    return module.replace(".", "-").strip("-_")[:63] or "sweep"


def _beside(line: str, comment: str) -> str:
    return f"{line:<{_COLUMN}}  # {comment}" if comment else line
