"""From the config's ``trainer:`` to the schema of its command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sweeper.errors import CheckError, Problem
from sweeper.model import Trainer
from sweeper.usage import docopt_usage
from sweeper.usage.constants import Module
from sweeper.usage.find import Found, find, locate, read_source
from sweeper.usage.schema import Launch, Schema
from sweeper.usage.source import own_imports, parse_module, usage_text


def load_schema(
    trainer: Trainer,
    *,
    cwd: Path,
    python_path: Sequence[str],
    python: str,
    environ: Mapping[str, str] | None = None,
    timeout: float = 30.0,
) -> Schema | None:
    """The schema of a trainer's command line; None for ``usage: none``.

    ``python_path`` has the entries of PYTHONPATH that the trials will see, ``python`` is their interpreter. A docopt
    trainer is read, never imported. An argparse trainer is started in a child process, with ``environ`` (None = this
    process's own) and the trainer's variables, and ended where it parses its command line. Raises UserError or
    CheckError.
    """
    if trainer.usage == "none":
        return None
    found = find(trainer, cwd=cwd, python_path=python_path, python=python)
    module = _module(found, cwd)
    if trainer.usage == "docopt":
        return docopt_usage.schema_of(usage_text(module))
    _refuse_without_parser(module)
    path = [*([str(cwd / trainer.package)] if trainer.package else []), *(str(cwd / entry) for entry in python_path)]
    launch = Launch(trainer.module, python, str(cwd), environ, tuple(path), dict(trainer.env), timeout)
    from sweeper.usage import argparse_usage  # and with it inspect and argparse

    return argparse_usage.schema_of(launch, module.file)


def _module(found: Found, cwd: Path) -> Module:
    # Modules beside the trainer's are its own; what is installed is not read.
    own = [entry for entry in found.path if found.file.is_relative_to(entry)] or [found.file.parent]
    return _read(found.file, found.package, own, cwd)


def _read(file: Path, package: str, path: Sequence[Path], cwd: Path) -> Module:
    shown = str(file.relative_to(cwd)) if file.is_relative_to(cwd) else str(file)

    def load(name: str) -> Module | None:
        other = locate(name, path) if name else ()
        if not isinstance(other, Path):
            return None
        inner = name if other.name == "__init__.py" else name.rpartition(".")[0]
        return _read(other, inner, path, cwd)

    return parse_module(read_source(file, shown), shown, package, load)


def _refuse_without_parser(module: Module) -> None:
    """Starting a trainer that never parses with argparse would run it; so it is not started."""
    if any(_mentions_parser(one) for one in (module, *own_imports(module))):
        return
    message = "nothing in it or in its own modules calls parse_args of argparse"
    raise CheckError([Problem(message, where=module.file, hint="set trainer: {usage: docopt} or {usage: none}")])


def _mentions_parser(module: Module) -> bool:
    return bool(re.search(r"\bparse_(known_|intermixed_|known_intermixed_)?args", module.source))
