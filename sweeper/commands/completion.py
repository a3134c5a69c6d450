"""``sweeper completion``: the script that completes sweeper's command lines in a shell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.surroundings import Surroundings

SHELLS = ("bash", "zsh", "fish")


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Print it. It asks sweeper itself what may come next, so a newer sweeper needs no newer script."""
    shell = next(name for name in SHELLS if parsed[name])
    text = Path(__file__).with_name("typed").joinpath(f"completion.{shell}").read_text(encoding="utf-8")
    here.show(json.dumps({"shell": shell, "script": text}) if parsed["--json"] else text.rstrip("\n"))
    return 0
