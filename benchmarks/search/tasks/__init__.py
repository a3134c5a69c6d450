"""The tasks, chosen before the first run and written down in TASKS.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.search.kept import FOLDER
from benchmarks.search.task import Task


def makers(folder: Path = FOLDER) -> dict[str, Callable[[], Task]]:
    """What makes each task, by its name, in the order in which they are run and listed; fits are kept in the folder."""
    from benchmarks.search.tasks import bbob, curves, live

    return {**bbob.tasks(), **curves.tasks(), **live.tasks(folder)}
