"""Says what is wrong with sweeper's own command line; docopt itself only prints the usage."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Literal, overload

from sweeper.errors import UserError


@overload
def explain(argv: Sequence[str], usage: str, commands: Sequence[str], later: Sequence[str]) -> UserError: ...
@overload
def explain(
    argv: Sequence[str], usage: str, commands: Sequence[str], later: Sequence[str], *, unknown_only: Literal[True]
) -> UserError | None: ...
def explain(
    argv: Sequence[str], usage: str, commands: Sequence[str], later: Sequence[str], *, unknown_only: bool = False
) -> UserError | None:
    """The first word that no usage line has; failing that, the usage line of the verb that was meant."""
    options = sorted(set(re.findall(r"--[a-z]+", usage)))
    for word in argv:
        if word == "--":
            break
        name = word.partition("=")[0]
        if name.startswith("--") and name not in options:
            return UserError(f"there is no option {name}", hint=_nearest(name, options))
    if unknown_only:
        return None
    verb = next((word for word in argv if not word.startswith("-")), "")
    if verb in later:
        return UserError(f"sweeper {verb}: not available yet")
    if verb not in commands:
        return UserError(f"there is no command '{verb}'", hint=_nearest(verb, commands) or f"try {', '.join(commands)}")
    line = next(line.strip() for line in usage.splitlines() if line.startswith(f"  sweeper {verb} "))
    return UserError(f"that is not how `sweeper {verb}` is used", hint=f"usage: {line}")


def _nearest(word: str, known: Sequence[str]) -> str:
    found = difflib.get_close_matches(word, known, 1)
    return f"did you mean {found[0]}?" if found else ""
