"""What an editor needs to complete and check a config: the JSON Schema in a file, and the line that names it."""

from __future__ import annotations

import json
from pathlib import Path

from sweeper.config.jsonschema import json_schema
from sweeper.errors import UserError

FILE = ".sweep.schema.json"
"""Beside the configs, so that the line is the same for everybody who has them, and needs no network. The name begins
with a dot: it is no part of what a trainer's package holds."""
LINE = f"# yaml-language-server: $schema={FILE}\n"
"""The path is relative to the config: https://github.com/redhat-developer/yaml-language-server#using-inlined-schema"""


def schema_text() -> str:
    """The schema as a file has it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def for_editors(text: str, path: Path) -> str:
    """The config with the line on top, and the schema beside the file that it will be; as it was where that fails."""
    from sweeper.commands.writing import write_whole

    beside, schema = path.parent / FILE, schema_text()
    try:
        if not beside.is_file() or beside.read_text(encoding="utf-8") != schema:
            write_whole(beside, schema, FILE)
    except (OSError, UserError):  # a convenience, and no reason to fail
        return text
    return LINE + text
