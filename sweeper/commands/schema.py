"""``sweeper schema``: the JSON Schema of configs, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sweeper.commands.starting.editors import schema_text
from sweeper.commands.writing import write_whole
from sweeper.surroundings import Surroundings


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Print it, or write it over an older one."""
    text, output = schema_text(), parsed["--output"]
    if output is None or output == "-":
        here.show(text.rstrip("\n"))
        return 0
    write_whole(here.cwd / output, text, output)
    here.say(f"wrote {output}")
    if parsed["--json"]:
        here.show(json.dumps({"file": output}))
    return 0
