"""``sweeper export``: a config as a tuning config or another tool's sweep, or finished trials as other tools' files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.commands.exporting.config import Exported, exported
from sweeper.commands.exporting.tool import exported_to_a_tool
from sweeper.commands.writing import write_whole
from sweeper.errors import UserError
from sweeper.formats.foreign.registry import WRITERS
from sweeper.formats.losses import in_words
from sweeper.formats.registry import FORMATS
from sweeper.formats.trackers import TRACKERS
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """A tuning config is checked, translated, uploaded where that is asked for, and written."""
    to, output = parsed["--to"], parsed["--output"]
    if to in TRACKERS:
        from sweeper.commands.exporting import trials as export_trials  # has nothing to do with configs

        return export_trials.run(parsed, here)
    if to not in FORMATS and to not in WRITERS:
        raise UserError(f"--to: expected {', '.join([*FORMATS, *WRITERS, *TRACKERS])}, got '{to}'")
    made = exported(parsed, here) if to in FORMATS else exported_to_a_tool(parsed, here)
    for line in (*in_words(made.losses), *made.notes):
        here.say(f"note: {line}")
    if output is not None and output != "-":
        write_whole(here.cwd / output, made.text, output)
        here.say(f"wrote {output}")
    if parsed["--json"]:
        here.show(json.dumps(_as_json(made, to, output)))
    elif output is None or output == "-":
        here.show(made.text.rstrip("\n"))
    return 0


def _as_json(made: Exported, to: str, output: str | None) -> dict[str, Any]:
    losses = [{"path": loss.path, "lost": loss.message, "instead": loss.instead} for loss in made.losses]
    file = None if output in (None, "-") else output
    return {"to": to, "file": file, "text": made.text, "losses": losses, "notes": list(made.notes)}
