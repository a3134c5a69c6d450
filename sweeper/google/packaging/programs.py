"""Programs that packaging starts: with few variables, a time limit, and nothing secret in what is shown of them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sweeper.google.redact import redact

LAST = 15
"""Lines of a program's output that are shown when it fails."""
WIDEST = 400

_PASSED = re.compile(
    r"(PATH|HOME|TMPDIR|LD_LIBRARY_PATH|XDG_(CACHE|CONFIG)_(HOME|DIRS)|PIP_\w+|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE"
    r"|CURL_CA_BUNDLE|(HTTPS?|ALL|NO|FTP)_PROXY|SETUPTOOLS_SCM_PRETEND_VERSION\w*)",
    re.IGNORECASE,
)
_REDIRECTING = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_LOG", "PIP_REPORT", "PIP_REQUIRE_VIRTUALENV"}
"""These would send an installation somewhere else than into the environment that it is meant for."""
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|APIKEY|API_KEY|ACCESS_KEY|PRIVATE|AUTH", re.IGNORECASE)
_FIXED = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_USER": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "SOURCE_DATE_EPOCH": "946684800",
}


@dataclass(frozen=True, slots=True)
class Done:
    """A program that has ended."""

    code: int | None
    """None: it was stopped when its time was over."""
    output: str = field(repr=False)
    """Both its streams; may hold secrets."""


def surrounded(environ: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that a program of ours gets: none of the user's that it has no use for."""
    passed = {name: text for name, text in environ.items() if _PASSED.fullmatch(name) and name not in _REDIRECTING}
    return {**passed, **_FIXED, **(more or {})}


def run(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], patience: float) -> Done:
    """Run a program to its end, or to the end of our patience; nothing that it started is left behind."""
    try:
        child = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Done(127, f"{argv[0]}: {error.strerror}")
    try:
        output, _ = child.communicate(timeout=patience)
        return Done(child.returncode, output.decode("utf-8", "replace"))
    except subprocess.TimeoutExpired:
        _end(child)
        output, _ = child.communicate()
        return Done(None, output.decode("utf-8", "replace"))
    finally:
        _end(child)


def shown(output: str, environ: Mapping[str, str]) -> str:
    """The last lines of an output, indented, without anything secret."""
    secrets = sorted((text for name, text in environ.items() if _SECRET.search(name) and len(text) > 5), key=len)
    lines = [line.rstrip() for line in redact(output, *reversed(secrets)).splitlines() if line.strip()]
    return "\n".join(f"    {_printable(line[:WIDEST])}" for line in lines[-LAST:])


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line)


def _end(child: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader where a program has left others behind.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
