"""``sweeper doctor``: look at everything that a launch on a cloud service needs, and say what to type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sweeper.backends import registry
from sweeper.driver.targets import place_of
from sweeper.errors import UserError
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.google.checks import Check

WORDS = {True: "ok", False: "PROBLEM", None: "unknown"}


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """A line for each check, and what to type where it is not well; 2 where one is known not to be."""
    from sweeper.google.checks import checks, credentials  # Google's client, only where it is used
    from sweeper.google.client import make_google

    backend = parsed["--backend"]
    if backend not in registry.CLOUDS:
        raise UserError(f"--backend: expected {' or '.join(registry.CLOUDS)}, got '{backend}'")
    google = make_google(here, impersonate=here.flags.get("impersonate"))
    found: list[Check] = []
    try:
        try:
            place = place_of(backend, here)
        except UserError:  # that is worth a line, and so is what does not depend on it
            if not parsed["--json"]:
                here.show(_line(credentials(google)))
            raise
        for check in checks(google, place, backend):
            found.append(check)
            if not parsed["--json"]:
                here.show(_line(check))
    finally:
        google.close()
    if parsed["--json"]:
        here.show(json.dumps([_as_json(check) for check in found]))
    return 2 if any(check.ok is False for check in found) else 0


def _line(check: Check) -> str:
    text = f"{WORDS[check.ok]:<8} {check.name}: {check.message}"
    return f"{text}\n         {check.hint}" if check.hint and not check.ok else text


def _as_json(check: Check) -> dict[str, Any]:
    return {"name": check.name, "ok": check.ok, "message": check.message, "hint": check.hint}
