"""What the program finds around it, read once in ``cli`` and passed on as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sweeper.lean import dataclass, field


@dataclass(frozen=True)
class Surroundings:
    """Where the program was started, and whom it talks to."""

    cwd: Path
    environ: Mapping[str, str] = field(repr=False)
    """Its values may be secrets."""
    home: Path
    """The state folder, absolute."""
    python: str
    """The interpreter that sweeper itself runs in."""
    say: Callable[[str], None]
    """Talk: one line to stderr."""
    show: Callable[[str], None]
    """Results: to stdout."""
    lively: bool = False
    """stderr is a terminal that can be redrawn."""
    argv: tuple[str, ...] = ()
    """The command line that is being run, to start it again in the background."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """What the command line says of the cloud: project, region, bucket, impersonate."""
    to_people: bool = False
    """stdout is a terminal."""
    keys: bool = False
    """stdin is one: somebody may press keys."""

    def python_path(self, env: Mapping[str, str]) -> str:
        """The PYTHONPATH of a trainer that sets ``env``."""
        return env.get("PYTHONPATH", self.environ.get("PYTHONPATH", ""))
