"""``sweeper help``: one verb, with its options, examples and exit codes."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.commands.typed.examples import EXAMPLES, exits_of
from sweeper.commands.typed.itself import Itself, options_in, said_of
from sweeper.config.names import did_you_mean
from sweeper.errors import UserError
from sweeper.surroundings import Surroundings

_WIDTH = 110


def run(parsed: Mapping[str, Any], here: Surroundings, itself: Itself) -> int:
    """Print it; without a verb, the whole usage text."""
    verb = parsed["<verb>"]
    if verb is not None and verb not in itself.verbs:
        raise UserError(f"there is no command '{verb}'", hint=did_you_mean(verb, itself.verbs))
    text = itself.usage if verb is None else "\n".join(lines(itself, verb))
    here.show(json.dumps({"command": verb, "text": text}) if parsed["--json"] else text.rstrip("\n"))
    return 0


def lines(itself: Itself, verb: str) -> Iterator[str]:
    """What there is to know of one verb."""
    yield from textwrap.wrap(f"sweeper {verb}: {said_of(itself, verb)}", _WIDTH)
    yield from ("", "Usage:")
    yield from _usage(itself, verb)
    yield from ("", "Options:")
    # the verb's own text has the first line of each description
    says = {one.name: one.says for one in options_in(itself.usage)}
    options = {
        (f"{one.name}={one.value}" if one.value else one.name): says[one.name]
        for one in options_in(itself.usage_of(verb))
    }
    for name in options:
        yield from _beside(name, options[name], max(map(len, options)) + 2)
    yield from ("", "Examples:")
    width = max(len(line) for line, _ in EXAMPLES[verb]) + 2
    yield from (f"  {line:<{width}}# {says}" for line, says in EXAMPLES[verb])
    yield from ("", "Exit codes:")
    yield from (f"  {code:>3}  {says}" for code, says in exits_of(verb).items())


def _usage(itself: Itself, verb: str) -> Iterator[str]:
    """As the usage text has it, but for what all verbs take."""
    found = re.search(r"^Usage:\n(.*?)\n\n", itself.usage_of(verb), re.DOTALL | re.MULTILINE)
    yield from (found[1] if found else "").splitlines()


def _beside(name: str, says: str, column: int) -> list[str]:
    """The name, and what it says in a column of its own."""
    first, indent = f"  {name:<{column}}", " " * (column + 2)
    return textwrap.wrap(says, _WIDTH, initial_indent=first, subsequent_indent=indent)
