"""Clean virtual environments, and pip in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sweeper.errors import UserError
from sweeper.google.packaging.programs import Done, run, shown, surrounded

MAKING = 120.0
INSTALLING = 1800.0
"""Seconds; wheels of large frameworks take minutes on a slow line."""
_CAN_AIM = """
import sys
from importlib.metadata import version
sys.exit(tuple(map(int, version('pip').split('.')[:2])) < (22, 3))
"""
"""pip takes ``--python`` since 22.3."""
_UNREACHABLE = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "NewConnectionError",
    "Name or service not known",
    "Network is unreachable",
    "Connection refused",
    "ConnectTimeoutError",
    "ProxyError",
)


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment."""

    python: str
    """Its interpreter."""
    pip: tuple[str, ...]
    """The command that installs into it."""
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def install(self, *arguments: str, patience: float = INSTALLING) -> Done:
        """``pip install`` of that."""
        # Not in the folder of a checkout: pip takes names that are folders there for these. Not compiled: with large
        # libraries that takes longer than all the rest, for an environment that starts one program.
        command = [*self.pip, "install", "--no-compile", "--progress-bar=off", *arguments]
        return run(command, cwd=self.folder, env=surrounded(self.environ), patience=patience)

    def run(self, arguments: Sequence[str], *, cwd: Path, more: Mapping[str, str], patience: float) -> Done:
        """Its interpreter with those arguments."""
        return run([self.python, *arguments], cwd=cwd, env=surrounded(self.environ, more), patience=patience)


def make(folder: Path, *, python: str, environ: Mapping[str, str]) -> Environment:
    """A new environment in a folder, of that interpreter. Raises UserError where the interpreter cannot."""
    env = surrounded(environ)
    inside = str(folder / "bin" / "python")
    # The interpreter's own pip, where it has one, saves the seconds that a new one takes to unpack.
    aims = run([python, "-I", "-c", _CAN_AIM], cwd=folder.parent, env=env, patience=MAKING).code == 0
    options = ("--without-pip",) if aims else ()
    done = run([python, "-m", "venv", *options, str(folder)], cwd=folder.parent, env=env, patience=MAKING)
    if done.code != 0:
        raise UserError(
            f"{python} cannot make a virtual environment\n{shown(done.output, environ)}",
            hint="its venv module, and pip or ensurepip, must be there (on Debian and Ubuntu: python3-venv)",
        )
    pip = (python, "-m", "pip", "--python", inside) if aims else (inside, "-m", "pip")
    return Environment(inside, pip, folder, environ)


def is_unreachable(done: Done) -> bool:
    """Whether pip could not reach its index, as far as its words tell: it says so in no other way."""
    return any(sign in done.output for sign in _UNREACHABLE)
