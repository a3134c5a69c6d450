"""``sweeper import``: a tuning config of ML Engine or Vertex AI as a sweep config."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from sweeper.commands.editors import for_editors
from sweeper.commands.importing import config_of
from sweeper.commands.init import schema_of
from sweeper.config import read
from sweeper.errors import UserError
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Read, translate, write; an existing file is left alone."""
    file, output = parsed["<file>"], parsed["--output"]
    made = config_of(read(file), file=file, usage_of=partial(_usage, here=here))
    for note in made.notes:
        here.say(f"note: {note}")
    if output is not None and output != "-":
        _write(here, for_editors(made.text, here.cwd / output), output)
        here.say(f"wrote {output}; look at it, then: sweeper plan {output}")
    if parsed["--json"]:
        written = None if output in (None, "-") else output
        here.show(json.dumps({"file": written, "text": made.text, "notes": list(made.notes)}))
    elif output is None or output == "-":
        here.show(made.text.rstrip("\n"))
    return 0


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
