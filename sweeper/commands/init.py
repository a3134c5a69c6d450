"""``sweeper init``: a commented config from a trainer's usage text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.commands.starting.editors import for_editors
from sweeper.commands.starting.starter import starter
from sweeper.config import parse
from sweeper.driver.prepare import entries, prepare
from sweeper.driver.trainers import interpreter
from sweeper.errors import CheckError, UserError
from sweeper.model import Trainer
from sweeper.surroundings import Surroundings
from sweeper.usage.find import find, read_source
from sweeper.usage.load import load_schema
from sweeper.usage.schema import Schema

MODULE = "trainer.task"


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read the usage, write the file; an existing one is left alone."""
    module, output = parsed["<module>"] or MODULE, parsed["--output"] or "sweep.yaml"
    path = here.cwd / output
    if output != "-" and os.path.lexists(path):
        raise UserError("it exists already", where=output, hint="name another file with --output, or move it away")
    schema, trainer = schema_of(module, here)
    text = starter(schema, trainer, path="sweep.yaml" if output == "-" else output)
    _try(text, output, here)
    if output == "-":
        here.show(json.dumps({"file": None, "text": text}) if parsed["--json"] else text.rstrip("\n"))
        return 0
    text = for_editors(text, path)
    _write(path, text, output)
    here.say(f"wrote {output}; edit it, then: sweeper plan {output}")
    if parsed["--json"]:
        here.show(json.dumps({"file": str(path), "text": text}))
    return 0


def schema_of(module: str, here: Surroundings, *, package: str | None = None) -> tuple[Schema, Trainer]:
    """As docopt has it, else as argparse has it; where neither works, why."""
    trainer = Trainer(module, package)
    try:
        return _load(trainer, here), trainer
    except CheckError as not_docopt:
        python = interpreter(trainer, here)
        found = find(trainer, cwd=here.cwd, python_path=entries(here.python_path(trainer.env)), python=python)
        if "argparse" not in read_source(found.file, str(found.file)):
            raise
        trainer = Trainer(module, package, usage="argparse")
        try:
            return _load(trainer, here), trainer
        except CheckError as not_argparse:
            raise not_argparse from not_docopt


def _load(trainer: Trainer, here: Surroundings) -> Schema:
    schema = load_schema(
        trainer,
        cwd=here.cwd,
        python_path=entries(here.python_path(trainer.env)),
        python=interpreter(trainer, here),
        environ=here.environ,
    )
    assert schema is not None
    return schema


def _try(text: str, output: str, here: Surroundings) -> None:
    """A usage with many alternatives may need a choice that only its user can make: say so now."""
    try:
        prepare(parse(text, path=output), here)
    except UserError as error:
        here.say(f"note: `sweeper plan` will ask for changes first:\n{error}")


def _write(path: Path, text: str, output: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileNotFoundError:
        raise UserError("there is no such folder", where=str(path.parent)) from None
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=output) from None
