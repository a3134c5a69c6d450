"""Hooks in words, without their secrets, and what speaks against one before anything is run."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sweeper.model import Hook
from sweeper.results.table import text_of


def in_words(hook: Hook) -> str:
    """What it does, for people. Of an address only the host: what follows is often a secret."""
    if hook.command:
        return f"runs {text_of(shlex.join(hook.command))}"
    return f"posts to {host_of(hook.url) if hook.url else f'the address in {hook.url_from}'}"


def host_of(url: str) -> str:
    """``https://host``."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def doubts(hook: Hook, environ: Mapping[str, str], cwd: Path) -> Iterator[str]:
    """Why it would fail, as far as that shows now."""
    if hook.command:
        program = hook.command[0]
        if shutil.which(str(cwd / program) if "/" in program else program, path=environ.get("PATH")) is None:
            yield f"there is no program {text_of(program)}"
    for variable in filter(None, (hook.url_from, *hook.headers.values())):
        if not environ.get(variable):
            yield f"the variable {variable} is not set"
