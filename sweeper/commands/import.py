"""``sweeper import``: another tool's sweep, or a tuning config of ML Engine or Vertex AI, as a sweep config."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sweeper.commands.importing.config import config_of
from sweeper.commands.importing.source import STDIN, text_of
from sweeper.commands.importing.tool import carried
from sweeper.commands.importing.trainer import looked_up
from sweeper.commands.init import schema_of
from sweeper.commands.starting.editors import for_editors
from sweeper.errors import UserError
from sweeper.formats.foreign.draft import Lost
from sweeper.formats.foreign.registry import TOOLS, is_a_sweep, tool_of
from sweeper.formats.registry import FORMATS
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read, translate, write; an existing file is left alone."""
    file, said = STDIN if parsed["<file>"] == "-" else parsed["<file>"], parsed["--from"]
    if said is not None and said not in (*FORMATS, *TOOLS):
        raise UserError(f"--from: expected {', '.join((*FORMATS, *TOOLS))}, got '{said}'")
    text = _overrides(file, parsed["<override>"]) or text_of(file)
    said = "hydra" if parsed["<override>"] else said
    tool = (said if said in TOOLS else None) if said is not None else tool_of(file, text)
    if tool is None and said is None and is_a_sweep(file, text):
        raise UserError("it is a sweep config already", where=file, hint=f"sweeper plan {file}")
    losses: tuple[Lost, ...] = ()
    first = ""
    if tool is not None:
        found = carried(text, tool=tool, file=file, lossy=parsed["--lossy"], usage_of=partial(looked_up, here=here))
        made, losses, notes, first = found.text, found.losses, found.notes, found.first
    else:
        study = config_of(text, file=file, usage_of=partial(_usage, here=here), others=() if said else tuple(TOOLS))
        made, notes = study.text, tuple(f"note: {note}" for note in study.notes)
    for note in notes:
        here.say(note)
    _answer(parsed, here, made, losses, notes, first)
    return 0


def _overrides(file: str, words: Sequence[str]) -> str:
    """What stands after ``import hydra``: a whole command line, or each override as Hydra gets it from the shell."""
    if words and file != "hydra":
        hint = 'overrides follow the word hydra: sweeper import hydra "lr=0.1,0.01 model=a,b"'
        raise UserError(f"expected one file, got {file} {' '.join(words)}", hint=hint)
    return words[0] if len(words) == 1 else shlex.join(words)


def _answer(
    parsed: Mapping[str, Any], here: Surroundings, made: str, losses: tuple[Lost, ...], notes: Any, first: str
) -> None:
    output = None if parsed["--output"] == "-" else parsed["--output"]
    if output is not None:
        _write(here, for_editors(made, here.cwd / output), output)
        look = f"look at it, {first}" if first else "look at it"
        here.say(f"wrote {output}; {look}, then: sweeper plan {output}")
    if parsed["--json"]:
        lost = [{"where": x.where, "path": x.path, "lost": x.message, "instead": x.instead} for x in losses]
        plain = [note.removeprefix("note: ") for note in notes]
        here.show(json.dumps({"file": output, "text": made, "notes": plain, "losses": lost}))
    elif output is None:
        here.show(made.rstrip("\n"))


def _usage(module: str, *, here: Surroundings) -> str:
    """As ``sweeper init`` finds it out; docopt where the trainer is not on this machine."""
    try:
        return schema_of(module, here)[1].usage
    except UserError as error:
        here.say(f"note: `sweeper plan` will ask for changes first:\n{error}")
        return "docopt"


def _write(here: Surroundings, text: str, output: str) -> None:
    try:
        with (here.cwd / output).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        hint = "name another file with --output, or move it away"
        raise UserError("it exists already", where=output, hint=hint) from None
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=output) from None
