"""What the handlers share: the state, the objects, the faults, the books and the runner."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.emulator.faults import Faults
from sweeper.emulator.state import State

if TYPE_CHECKING:
    from sweeper.emulator.book import Book
    from sweeper.emulator.storage.objects import Objects


@dataclass(frozen=True)
class Options:
    """How an emulator was started."""

    dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    faults: str = ""
    seed: int = 0
    slots: int | None = None
    """None = the cores."""
    quota: str = ""
    simulate: float | None = None
    """Seconds that each job takes, instead of being run; None = jobs are processes."""
    provisioning: float = 0.0
    """Seconds until a job has its machine."""
    clock: str = "real"
    """``real`` or ``fake``."""
    study_engine: str = "auto"
    """Who proposes the trials of a tuning job that leaves that to the service."""


@dataclass(frozen=True)
class Context:
    """One running emulator, as its handlers see it."""

    options: Options
    state: State
    objects: Objects
    faults: Faults
    book: Book
    base_url: str
    """``http://127.0.0.1:<port>``, as its own jobs reach it."""
    hosts: frozenset[str] = field(default_factory=frozenset)
    """The Host headers that it answers."""
