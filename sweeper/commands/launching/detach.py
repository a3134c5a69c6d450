"""``launch --detach``: the same launch again, in a session of its own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from sweeper.surroundings import Surroundings

PATIENCE = 30.0
"""Seconds until a launch that has said nothing is left to itself."""
# Not -m: the working directory may hold another `sweeper`.
_START = "import sys; sys.path.insert(0, {root!r}); from sweeper.cli import main; sys.exit(main(sys.argv[1:]))"


def detach(here: Surroundings) -> int:
    """Start it, and stay until it has begun: what ends it at once is still told here."""
    here.home.mkdir(parents=True, exist_ok=True)
    log = here.home / "launch.log"
    start = _START.format(root=str(Path(__file__).parents[3]))
    with log.open("ab") as out:
        begin = out.tell()
        child = subprocess.Popen(
            [here.python, "-P", "-c", start, *(word for word in here.argv if word != "--detach")],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=here.cwd,
            env=dict(here.environ),
        )
    code, said = _begun(child, log, begin)
    if said:
        here.say(said)
    if code is None:
        here.say(f"process {child.pid} runs it in the background; `sweeper watch` follows it, its words go to {log}")
        child.returncode = 0  # it is meant to outlive us
    return code or 0


def _begun(child: subprocess.Popen[bytes], log: Path, begin: int) -> tuple[int | None, str]:
    """Its exit code if it has ended by the time it says something, and what it has said."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        code = child.poll()
        with log.open("rb") as file:
            file.seek(begin)
            said = file.read().decode("utf-8", "replace").strip()
        if code is not None or _launches(said):
            return code, said
        time.sleep(0.02)
    return None, ""


def _launches(said: str) -> bool:
    return any(
        line.startswith(("launching ", "carrying on ")) or "being run by another" in line for line in said.splitlines()
    )
