"""The work of ``sweeper export`` to another tool: the trainer checked, the sweep translated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.commands.exporting.config import Exported, checked
from sweeper.commands.exporting.source import source
from sweeper.errors import UserError
from sweeper.formats.foreign.outgoing import Outgoing
from sweeper.formats.foreign.registry import WRITERS, Writer
from sweeper.formats.losses import in_words, refuse
from sweeper.formats.yamltext import comment, yaml_text
from sweeper.surroundings import Surroundings


def exported_to_a_tool(parsed: Mapping[str, Any], here: Surroundings) -> Exported:
    """Everything that the command prints. Raises UserError for what is wrong and for what the tool cannot say."""
    to, output = parsed["--to"], parsed["--output"]
    writer = WRITERS[to]
    if parsed["--stage"]:
        raise UserError("--stage uploads for a cloud's tuning service", hint="leave it out")
    sweep = source(parsed["<config>"], to=None, here=here)
    rendering, _ = checked(sweep, here)
    document, made = writer.write(sweep, rendering)
    if not parsed["--lossy"]:
        refuse(made.losses, title=writer.title, where=sweep.path)
    file = writer.file if output in (None, "-") else output
    head = "\n".join(_head(sweep.path, writer, file, made))
    return Exported(f"{comment(head)}\n{yaml_text(document)}", tuple(made.losses), tuple(made.notes))


def _head(config: str, writer: Writer, file: str, made: Outgoing) -> Iterator[str]:
    yield f"Made from {config} for {writer.title}:"
    yield from (f"    {command.format(file=file)}" for command in writer.commands)
    if made.losses:
        yield ""
        yield f"What {writer.title} cannot say:"
        yield from (f"- {line}" for line in in_words(made.losses))
    if made.notes:
        yield ""
        yield from (f"note: {note}" for note in made.notes)
