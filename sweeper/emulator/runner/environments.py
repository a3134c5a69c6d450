"""The environments that jobs run in: one for the same packages, made once, used only when whole."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from sweeper.emulator.runner import build
from sweeper.emulator.runner.packages import Package, digest
from sweeper.emulator.runner.processes import Processes
from sweeper.emulator.runner.threads import in_thread

READY = "ready"
"""The file that says that a folder is whole. It is the last to be written: an environment cannot be
built beside and renamed, since its scripts hold the path that they were made with."""


class Environments:
    """The environments of one emulator's folder."""

    def __init__(self, folder: Path, *, processes: Processes, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._processes = processes
        self._environ = environ
        self._building: dict[str, asyncio.Future[None]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for found in folder.iterdir():
            if not (found / READY).exists():
                shutil.rmtree(found, ignore_errors=True)

    async def folder(self, packages: Sequence[Package]) -> Path:
        """The environment's folder. Those who ask at the same time wait for one build; CannotRun where it fails."""
        folder = self._folder / digest(packages, build.surroundings())
        if not (folder / READY).exists():
            await asyncio.shield(self._build(folder, packages))
        return folder

    async def settle(self) -> None:
        """Wait until nothing is being built."""
        if self._building:
            await asyncio.wait(self._building.values())

    def _build(self, folder: Path, packages: Sequence[Package]) -> asyncio.Future[None]:
        key = folder.name
        if key not in self._building:
            self._building[key] = in_thread(lambda: self._make(folder, packages), name=f"environment {key[:8]}")
            self._building[key].add_done_callback(lambda done: self._forget(key, done))
        return self._building[key]

    def _make(self, folder: Path, packages: Sequence[Package]) -> None:
        shutil.rmtree(folder, ignore_errors=True)  # what a build that failed has left
        build.build(folder, packages, processes=self._processes, environ=self._environ)
        (folder / READY).touch()

    def _forget(self, key: str, done: asyncio.Future[None]) -> None:
        del self._building[key]
        if not done.cancelled():
            done.exception()  # every waiting job may have been cancelled: nobody else may look at it
