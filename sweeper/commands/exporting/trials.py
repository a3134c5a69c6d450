"""``sweeper export --to=optuna`` and the like: the finished trials of a sweep as files that another tool opens."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sweeper.commands.line import line_on
from sweeper.commands.shared import existing
from sweeper.commands.status import look
from sweeper.config import load
from sweeper.errors import UserError
from sweeper.formats.trackers import TRACKERS, Tracker
from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings

_OTHERS = ("--stage", "--lossy", "--no-verify")
_CHILD = (
    "import sys; sys.path.insert(0, {root!r}); from sweeper.commands.exporting.child import main; main(*sys.argv[1:])"
)
_LINES = 8
"""Of what the child said that are told where it failed."""


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Refuse what cannot be, write beside the target, move it there."""
    to, output = parsed["--to"], parsed["--output"]
    tracker = TRACKERS[to]
    _fits(parsed, tracker)
    row = _sweep(parsed["<config>"], here)
    usual = f"{row.id}{tracker.ending}"
    name = output or usual
    target = _free(here.cwd / name, name, usual)
    with _beside(target, name) as scratch:
        count = _written(to, row, scratch, here)
        _settle(scratch / "out", _free(target, name, usual))
    here.say(f"wrote {count} trial{'s' * (count != 1)} of {row.id} to {name}")
    here.say(f"look at them with: {tracker.look.format(shlex.quote(name))}")
    if parsed["--json"]:
        here.show(json.dumps({"to": to, "sweep": row.id, "file": name, "trials": count}))
    return 0


def _fits(parsed: Mapping[str, Any], tracker: Tracker) -> None:
    to = parsed["--to"]
    for option in _OTHERS:
        if parsed[option]:
            raise UserError(f"{option} is for tuning configs, not for --to={to}")
    if parsed["--output"] == "-":
        raise UserError(f"--output=-: --to={to} writes what cannot be printed", hint="name a file or leave it out")
    missing = [name for name in tracker.libraries if not _installed(name)]
    if missing:
        message = f"--to={to} needs {' and '.join(missing)}"
        raise UserError(message, hint=f'pip install "sweeper[{tracker.extra}]"')


def _installed(library: str) -> bool:
    spec = importlib.util.find_spec(library)
    return spec is not None and spec.origin is not None  # a folder of that name, full of logs, has no origin


def _sweep(text: str, here: Surroundings) -> SweepRow:
    """The launched sweep of that name or id; of a config, the newest of the config's name."""
    is_file = (here.cwd / text).is_file()
    name = load(text).name if is_file else text
    with existing(here) as ledger:
        row = ledger.find_sweep(name)
        look(ledger, row, here)
        return ledger.find_sweep(row.id)


def _free(target: Path, name: str, usual: str) -> Path:
    """Nothing is ever written over or into: somebody may have added to it."""
    if os.path.lexists(target):
        hint = "choose another --output, or move it away"
        if target.name == usual:  # nobody else calls anything so
            remove = "rm -r" if target.is_dir() and not target.is_symlink() else "rm"
            hint += f"; to export anew: `{remove} {shlex.quote(name)}`"
        raise UserError("exists already", where=name, hint=hint)
    return target


@contextmanager
def _beside(target: Path, name: str) -> Iterator[Path]:
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent))
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=name) from None
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _written(to: str, row: SweepRow, scratch: Path, here: Surroundings) -> int:
    """In a process of its own: these libraries read variables, start services and talk. Returns how many trials."""
    tracker, count = TRACKERS[to], 0
    child = _CHILD.format(root=str(Path(__file__).parents[3]))
    with (scratch / "said").open("w+b") as said, line_on(here) as line:
        with subprocess.Popen(
            [here.python, "-P", "-c", child, to, str(here.home), row.id],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            cwd=scratch,
            env=_environ(tracker, scratch, here),
            text=True,
        ) as writer:
            try:
                for count, _ in enumerate(writer.stdout or (), start=1):
                    if here.lively:
                        line.say(f"{count} of {row.total} trials")
            except BaseException:
                writer.kill()
                raise
        said.seek(0)
        words = said.read().decode("utf-8", "replace").splitlines()[-_LINES:]
    if writer.returncode:
        raise UserError(f"--to={to}: the library failed:\n" + "\n".join(f"    {word}" for word in words))
    return count


def _environ(tracker: Tracker, scratch: Path, here: Surroundings) -> dict[str, str]:
    outside = {name: value for name, value in here.environ.items() if not name.startswith(tracker.own)}
    # The child works in the scratch folder, where a relative entry would mean something else.
    path = os.pathsep.join(str(here.cwd / one) for one in outside.pop("PYTHONPATH", "").split(os.pathsep) if one)
    own = {name: value.format(scratch) for name, value in tracker.environ.items()}
    return {**outside, **({"PYTHONPATH": path} if path else {}), **own}


def _settle(made: Path, target: Path) -> None:
    """On disk, then in its place, at once."""
    for path in [made, *made.rglob("*")] if made.is_dir() else [made]:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    made.rename(target)
