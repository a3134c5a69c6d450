"""Which distributions an interpreter has, and whether the trainer's are among them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

_KIND = re.compile(r"^(?P<name>.+?)-(?P<version>[^-]+)(-py[\d.]+)?\.(dist-info|egg-info)$")


def missing(requires: Sequence[str], *, python: str, ours: str) -> list[str]:
    """The requirements that are not installed, as written; versions are left to pip."""
    if not requires:
        return []
    found = installed(python, ours=ours)
    return [text for text in requires if _plain(re.split(r"[\s\[<>=!~;@]", text.strip(), maxsplit=1)[0]) not in found]


def installed(python: str, *, ours: str) -> Mapping[str, str]:
    """Name -> version of every distribution on the interpreter's path.

    Read from the names of the metadata folders: importlib.metadata takes a hundred times as long to open them all.
    """
    # Paths are not resolved: an environment's interpreter is a link to one that has other packages.
    return _listed(tuple(sys.path)) if os.path.abspath(python) == os.path.abspath(ours) else _listed(_path_of(python))


@cache
def _listed(path: Iterable[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for folder in path:
        names = os.listdir(folder) if os.path.isdir(folder) else ()
        for match in filter(None, map(_KIND.match, sorted(names))):
            found.setdefault(_plain(match["name"]), match["version"])
    return found


def _path_of(python: str) -> tuple[str, ...]:
    import subprocess  # most trainers run in our own interpreter

    ask = [python, "-c", "import json, sys; print(json.dumps(sys.path))"]
    answer = subprocess.run(ask, capture_output=True, text=True, timeout=60, check=False)
    return tuple(json.loads(answer.stdout)) if answer.returncode == 0 else ()


def _plain(name: str) -> str:
    """Names that pip takes for the same (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
