"""From a hook and the facts to the process that tells them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sweeper.hooks.child import Child
from sweeper.model import Hook
from sweeper.surroundings import Surroundings

# Not -m: the working directory may hold another `sweeper`.
_POST = "import sys; sys.path.insert(0, {root!r}); from sweeper.hooks.webhook import main; sys.exit(main(sys.argv[1:]))"
SPARE = 2.0
"""Seconds for a process of ours to start and to end, beside what the server may take."""


def start(hook: Hook, *, name: str, facts: str, env: Mapping[str, str], folder: Path, here: Surroundings) -> Child:
    """Leaves what it is told as ``<name>.json`` in the folder, and what it says as ``<name>.log``."""
    log = folder / f"{name}.log"
    whole = {**here.environ, **env}
    if hook.command:
        return Child(hook.command, env=whole, cwd=here.cwd, facts=facts, log=log, timeout=hook.timeout)
    asked = {"url": hook.url, "url_from": hook.url_from, "headers": dict(hook.headers), "timeout": hook.timeout}
    program = _POST.format(root=str(Path(__file__).parents[2]))
    argv = (here.python, "-P", "-c", program, json.dumps(asked))
    return Child(argv, env=whole, cwd=here.cwd, facts=facts, log=log, timeout=hook.timeout + SPARE, telling=True)
