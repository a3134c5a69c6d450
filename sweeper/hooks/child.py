"""A hook as a process of its own, which gets the facts on its standard input and may neither hang nor harm anybody."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sweeper.results.table import text_of

_TAIL, _LONGEST = 4096, 300
"""Bytes of what it printed that are read, however much that is, and letters of its last line that are told."""


class Child:
    """A program that was started, in a session of its own, so that a ^C meant for the launch does not end it.

    It is given ``facts``, which stay beside ``log`` as JSON. Never raises: what cannot be started has gone wrong.
    ``telling``: one whose last line says all, so that nobody needs its exit code.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        facts: str,
        log: Path,
        timeout: float,
        telling: bool = False,
    ) -> None:
        self._log, self._timeout, self._telling, self._began = log, timeout, telling, time.monotonic()
        told = log.with_suffix(".json")
        self._said: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            told.write_text(facts, encoding="utf-8")
            with told.open("rb") as given, log.open("wb") as out:
                self._process = subprocess.Popen(
                    list(argv), env=dict(env), cwd=cwd, stdin=given, stdout=out, stderr=out, start_new_session=True
                )
        except OSError as error:
            self._said = f"{text_of(argv[0])} cannot be started: {error.strerror}"
        except ValueError as error:  # an argument that no command line can carry
            self._said = f"{text_of(argv[0])} cannot be started: {error}"

    def poll(self) -> str | None:
        """None while it runs; then empty where all went well, else what went wrong. Ends it after its time."""
        return self._ended(wait=0.0)

    def wait(self) -> str:
        """The same once it has ended, which takes no longer than its time."""
        return self._ended(wait=max(0.0, self._began + self._timeout - time.monotonic())) or self._give_up()

    def end(self) -> None:
        """Kill it and all that it has started."""
        if self._process is not None and self._said is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _ended(self, *, wait: float) -> str | None:
        if self._said is None and self._process is not None:
            try:
                code = self._process.wait(wait) if wait else self._process.poll()
            except subprocess.TimeoutExpired:
                code = None
            if code is not None:
                self._said = "" if code == 0 else self._why(code)
            elif time.monotonic() >= self._began + self._timeout:
                self._give_up()
        return self._said

    def _give_up(self) -> str:
        if self._said is None:
            self.end()
            self._said = f"has not ended within {self._timeout:g} s, and was killed"
        return self._said

    def _why(self, code: int) -> str:
        how = f"exit code {code}" if code > 0 else f"killed by signal {-code}"
        last = self._last_line()
        if not last:
            return how
        return last if self._telling and code > 0 else f"{how}: {last}"

    def _last_line(self) -> str:
        """Without what a terminal would obey."""
        try:
            with self._log.open("rb") as printed:
                printed.seek(max(0, printed.seek(0, os.SEEK_END) - _TAIL))
                lines = printed.read(_TAIL).decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        text = text_of(lines[-1].strip()) if lines else ""
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
