"""The trainer of an imported sweep, looked up on this machine: how it takes options, and what it does not know of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sweeper.commands.init import schema_of
from sweeper.driver.prepare import entries
from sweeper.driver.trainers import interpreter
from sweeper.errors import UserError
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.imported import MODULE
from sweeper.model import Trainer
from sweeper.surroundings import Surroundings
from sweeper.usage.binding import bind
from sweeper.usage.find import find, read_source

_MOST_FILES = 200


def looked_up(draft: Draft, *, here: Surroundings) -> str:
    """``usage:`` of the trainer, as it is found out; what it does not take or report is warned of."""
    module = draft.module or MODULE
    trainer = Trainer(module, draft.package)
    try:
        path = entries(here.python_path(trainer.env))
        file = find(trainer, cwd=here.cwd, python_path=path, python=interpreter(trainer, here)).file
    except UserError:
        draft.notes.append(f"the trainer {module} is not on this machine: whether it takes these options is not known")
        return "argparse"
    _unreported(draft, file)
    try:
        schema, found = schema_of(module, here, package=draft.package)
    except UserError:
        draft.notes.append(f"{file.name} says its options neither in docopt nor in argparse: nothing can be checked")
        return "none"
    if draft.module is None:
        return found.usage  # a guess: `sweeper plan` tells soon enough
    names = [*draft.parameters, *(name for one in (*draft.together, *draft.points) for name in one)]
    draft.warnings += [f"{one.path}: {one.message}; {one.hint}" for one in bind(schema, dict.fromkeys(names)).problems]
    return found.usage


def _unreported(draft: Draft, file: Path) -> None:
    """A metric whose name stands nowhere in the program."""
    if draft.metric and not any(draft.metric in text for text in _sources(file)):
        draft.warnings.append(f"metric.name: nothing in {file.name}, or beside it, mentions {draft.metric}")


def _sources(file: Path) -> Iterator[str]:
    beside = [*sorted(file.parent.glob("*.py")), *sorted(file.parent.glob("*/*.py"))]
    for one in (file, *beside[:_MOST_FILES]):
        try:
            yield read_source(one, str(one))
        except UserError:
            continue
