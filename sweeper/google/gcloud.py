"""What gcloud and the credentials file of this machine say of project and region."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Iterator
from pathlib import Path

from sweeper.config.forms import REGION
from sweeper.surroundings import Surroundings

NONE = "NONE"
"""The configuration that gcloud takes for "no configuration"."""


def said(name: str, here: Surroundings) -> Iterator[tuple[str, str]]:
    """(value, where it stands) of ``project`` or ``region``; nothing where the files are missing or unreadable."""
    if name == "project":
        yield from _in_credentials(here, "project_id")
    for section, key in {"project": (("core", "project"),), "region": _REGIONS}.get(name, ()):
        yield from _in_configuration(here, section, key)
    if name == "project":
        # Of a person's credentials: what calls are counted on, which need not be what gcloud works with.
        yield from _in_credentials(here, "quota_project_id")


# `gcloud ai` and `gcloud ai-platform` have a region each, which may be `global` for some of their commands.
_REGIONS = (("ai", "region"), ("ai_platform", "region"), ("compute", "region"))


def folder(here: Surroundings) -> Path:
    """Where gcloud keeps what it remembers."""
    given = here.environ.get("CLOUDSDK_CONFIG")
    return Path(given) if given else Path(here.environ.get("HOME") or "/") / ".config" / "gcloud"


def active(here: Surroundings) -> str:
    """The name of the configuration that gcloud would use."""
    named = here.environ.get("CLOUDSDK_ACTIVE_CONFIG_NAME") or _text(folder(here) / "active_config").strip()
    return named or "default"


def _in_configuration(here: Surroundings, section: str, key: str) -> Iterator[tuple[str, str]]:
    name = active(here)
    if name == NONE:
        return
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(folder(here) / "configurations" / f"config_{name}"))
    except configparser.Error:
        return
    value = parser.get(section, key, fallback="").strip()
    if value and (key != "region" or re.fullmatch(REGION.pattern, value)):
        yield value, f"gcloud's configuration '{name}' ({section}/{key})"


def _in_credentials(here: Surroundings, key: str) -> Iterator[tuple[str, str]]:
    """The project that the credentials file names. Nothing else of it is looked at, and its text is never shown."""
    given = here.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    path = Path(given) if given else folder(here) / "application_default_credentials.json"
    try:
        found = json.loads(_text(here.cwd / path))
    except ValueError:
        return
    value = found.get(key) if isinstance(found, dict) else None
    if isinstance(value, str) and value:
        yield value, f"{path} ({key})"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
