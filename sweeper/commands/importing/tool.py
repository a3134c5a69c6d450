"""The work of ``sweeper import`` for other tools' sweeps: text to a config that can be planned, and what was lost."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.config import parse
from sweeper.config.report import Report
from sweeper.errors import ConfigError, Problem, ProblemsError
from sweeper.formats.foreign.draft import Draft, Lost
from sweeper.formats.foreign.filled import warn_of_placeholders
from sweeper.formats.foreign.registry import TOOLS
from sweeper.formats.foreign.text import config_text, lost_in_words
from sweeper.formats.losses import LOSSY
from sweeper.lean import dataclass, replace

LARGEST = 4 * 2**20
"""Characters of a foreign file, and bytes of what is read: sweeps are written by people."""


@dataclass(frozen=True)
class Carried:
    """A config, and what is to be said about it."""

    text: str
    losses: tuple[Lost, ...]
    notes: tuple[str, ...]
    first: str = ""
    """What is to be changed in the config before it can be planned."""


def unchecked(draft: Draft) -> str:
    """How the command line of the trainer is known, where nobody looks."""
    return "argparse"


def carried(text: str, *, tool: str, file: str, lossy: bool, usage_of: Callable[[Draft], str] = unchecked) -> Carried:
    """The config. Raises ProblemsError for what is wrong with the file and, without ``lossy``, for every loss.

    ``usage_of`` looks the trainer up; what it finds out about the draft it adds to its warnings.
    """
    if len(text) > LARGEST:
        raise ConfigError([Problem(f"the file is larger than {LARGEST // 2**20} MB: no sweep", file)])
    draft = Draft(file, Report(file), TOOLS[tool].title)
    TOOLS[tool].read(text, draft)
    if draft.report:
        raise draft.report.error()
    warn_of_placeholders(draft, text)
    first = _first(draft)
    if draft.losses and not lossy:
        raise ProblemsError(_refused(draft))
    made = config_text(draft, usage=usage_of(draft))
    _try(made, draft)
    notes = (*(f"warning: {line}" for line in draft.warnings), *(f"note: {line}" for line in draft.notes))
    return Carried(
        made, tuple(draft.losses), (*(f"note: {line}" for line in lost_in_words(draft.losses)), *notes), first
    )


def _first(draft: Draft) -> str:
    """A container runs nowhere but in a cloud, and which one, the file cannot know."""
    if draft.image is None:
        return ""
    first = "write backend: vertex, or take image: out to run it on this machine"
    draft.notes.append(f"trainer.image is for cloud jobs: {first}")
    return first


def _refused(draft: Draft) -> list[Problem]:
    problems = [
        Problem(f"a sweep cannot say this: {loss.message}; with --lossy, {loss.instead}", loss.where, loss.path)
        for loss in draft.losses
    ]
    hint = LOSSY.replace("left out", "replaced so")
    return [replace(one, hint=hint) if one is problems[-1] else one for one in problems]


def _try(made: str, draft: Draft) -> None:
    """What a sweep does not take although the other tool may: told at the place it comes from."""
    try:
        parse(made, path=draft.file)
    except ConfigError as error:
        raise ConfigError(
            Problem(f"no sweep can be made of it: {one.message}", _place(one, draft), one.path, one.hint)
            for one in error.problems
        ) from None


def _place(problem: Problem, draft: Draft) -> str:
    named = [name for name in draft.places if problem.path.startswith(f"parameters.{name}")]
    return draft.at(draft.places[max(named, key=len)]) if named else draft.file
