"""The local backend: each trial a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sweeper.backends.local import ahead, folder, process
from sweeper.backends.local.folder import Attempt, attempt_of
from sweeper.backends.local.link import Link
from sweeper.backends.local.look import NEVER, look
from sweeper.backends.local.news import News
from sweeper.backends.local.setting import NEVER_WARM, Setting
from sweeper.errors import UserError
from sweeper.lean import replace
from sweeper.metrics.read import read as read_metrics
from sweeper.model import Job, Observation, Reason, State
from sweeper.states import FINAL

SHORT = 1.0
"""Seconds; the next trial waits at the keeper already where trials end sooner than this."""
ADOPTED_EVERY = 0.2
"""Seconds between two looks at trials whose keeper belongs to an earlier launcher."""


class LocalBackend:
    """Runs jobs as processes of this machine; see ``docs/explanation/warm-processes.md``."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._link: Link | None = None
        self._sent: set[str] = set()
        self._live: dict[str, int | None] = {}
        """Slot by folder of what has not ended; None = not started, or started by our own keeper."""
        self._slots: list[int] = []
        self._short = False
        self._starts = False
        """Whether trials may be started: not by somebody who only looks."""
        self._news = News(setting.metrics_every)
        self._killed: dict[str, float] = {}
        self._names = sorted(setting.environ)

    @property
    def lanes(self) -> int:
        """One: what a submit costs here is not worth a thread."""
        return 1

    def capacity(self) -> int:
        """Free slots, and where trials take moments, one more for each: the keeper then need not wait for us.

        Trials of an earlier launcher count once they were observed. Whoever asks means to start trials: from then on,
        what waits for a keeper that is gone is asked of ours.
        """
        self._starts = True
        count = self._setting.slots.count
        ahead = self._short and self._setting.ahead
        return max(0, (2 * count if ahead else count) - len(self._live))

    def resize(self, parallel: int) -> None:
        """More or fewer slots; a trial that has one keeps it."""
        self._setting = replace(self._setting, slots=replace(self._setting.slots, count=parallel))
        if self._link is not None and self._link.open:
            self._share_slots(self._link)

    def submit(self, job: Job, *, again: bool = False, find: bool = False) -> str:
        """Write the folder, ask the keeper. Whoever asks again changes nothing: the claim is taken once."""
        attempt = attempt_of(self._setting.home, job.sweep_id, job.trial_id, job.attempt)
        if attempt.path in self._sent:
            return attempt.path
        self._starts = True
        with self._writing():
            spec = self._make_folder(attempt, job)
            self._send(attempt, spec)
        return attempt.path

    def observe(self, handles: Sequence[str]) -> Mapping[str, Observation]:
        """One look at each folder that may have changed."""
        self._hear()
        return {handle: self._observe(Attempt(handle)) for handle in handles}

    def cancel(self, handle: str, reason: Reason) -> None:
        """End the process group; an attempt that has not started never will."""
        attempt = Attempt(handle)
        if not os.path.exists(attempt.job) or look(attempt).state in FINAL:
            return
        with self._writing():
            if not os.path.exists(attempt.ending):
                folder.write(attempt.ending, reason)
            if folder.take(attempt, folder.Claim(process.this(), (), time.time(), NEVER)):
                return
        if self._link is not None and handle in self._sent:
            self._link.send({"end": handle, "reason": reason})
        elif handle not in self._killed:
            self._killed[handle] = time.time()
            self._signal(attempt, signal.SIGTERM)

    def output(self, handle: str) -> Iterator[str]:
        """The attempt's log."""
        try:
            with open(Attempt(handle).log, encoding="utf-8", errors="replace") as file:
                yield from file
        except FileNotFoundError:
            return

    def fetch(self, handle: str, into: Path) -> None:
        """Copy the trial's output folder."""
        import shutil  # slow to import, and a launch does without

        shutil.copytree(Attempt(handle).output, into, dirs_exist_ok=True)

    def discover(self, sweep_id: str) -> Iterable[tuple[str, str]]:
        """Every attempt that has a folder."""
        for job in sorted((self._setting.home / sweep_id).glob("*/*/job.json")):
            yield f"{sweep_id}.{job.parent.parent.name}.{job.parent.name}", str(job.parent)

    def wait(self, seconds: float) -> None:
        """Until the keeper says something, or for trials of another keeper, until it is time to look."""
        if any(path not in self._sent for path in self._live):
            seconds = min(seconds, ADOPTED_EVERY)
        if self._link is not None and self._link.open:
            self._link.wait(seconds)
        else:
            time.sleep(seconds)

    def close(self) -> None:
        """Let the keeper go; what runs goes on."""
        if self._link is not None:
            self._link.close()
            self._link = None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A disk that is full or may not be written is the user's to mend; nothing is lost by it."""
        try:
            yield
        except OSError as error:
            raise self._trouble(f"cannot write below {self._setting.home}: {error.strerror or error}") from None

    def _trouble(self, what: str) -> UserError:
        return UserError(what, hint="once that is mended, launch again: it carries on where it was")

    # -- asking the keeper ------------------------------------------------------------------------------------

    def _send(self, attempt: Attempt, spec: Mapping[str, Any]) -> None:
        self._live[attempt.path] = None
        if claim := folder.claim_of(attempt):
            self._live[attempt.path] = claim.slot
            return
        if self._link is None or not self._link.open:
            self._connect(attempt)
        assert self._link is not None
        self._share_slots(self._link)
        self._link.send(
            {
                "path": attempt.path,
                "argv": spec["argv"],
                "env": spec["env"],
                "cwd": spec["cwd"],
                "timeout": spec["timeout"],
                "warm": not self._setting.why_cold,
            }
        )
        self._sent.add(attempt.path)
        self._news.remember(attempt.path, Observation(State.QUEUED), time.time())

    def _connect(self, attempt: Attempt) -> None:
        setting = self._setting
        if self._link is not None:
            self._link.close()
        self._sent.clear()
        sweep = os.path.dirname(os.path.dirname(attempt.path))
        if setting.why_cold and setting.why_cold != NEVER_WARM:
            setting.say(f"each trial starts a fresh interpreter: {setting.why_cold}")
        order = setting.order()
        self._link = ahead.take(order) or Link(order)
        self._link.send({"folder": sweep})
        self._slots = []

    def _share_slots(self, link: Link) -> None:
        """Tell the keeper which slots it may use: those that trials of an earlier keeper do not have."""
        taken = set(self._live.values())
        free = [slot for slot in range(self._setting.slots.count) if slot not in taken]
        if free != self._slots:
            self._slots = free
            link.send({"slots": free})

    def _hear(self) -> None:
        if self._link is None:
            return
        for message in self._link.read():
            if "ended" in message:
                self._news.ended.add(message["ended"])
            elif "started" in message:
                self._news.began[message["started"]] = time.time()
            elif "cold" in message:
                self._setting.say(f"each trial starts a fresh interpreter: {message['cold']}")
            elif "trouble" in message:
                raise self._trouble(message["trouble"])
        if not self._link.open:
            self._keeper_gone()

    def _keeper_gone(self) -> None:
        """What it had not started is asked of a new one; what runs keeps its slot."""
        self._sent.clear()
        for path in self._live:
            claim = folder.claim_of(Attempt(path))
            self._live[path] = claim.slot if claim else None

    # -- looking ----------------------------------------------------------------------------------------------

    def _observe(self, attempt: Attempt) -> Observation:
        path = attempt.path
        now = time.time()
        if path in self._sent and (last := self._news.still(path, now)) is not None:
            return last
        seen = look(attempt)
        if seen.state is State.QUEUED and path not in self._sent and self._starts:
            with self._writing():
                # The keeper that was asked is gone.
                self._send(attempt, folder.read(attempt.job) or {})
        if seen.state is State.RUNNING and path not in self._sent:
            self._watch_over(attempt, seen, now)
        if seen.started is not None and seen.state is not State.QUEUED:
            read = read_metrics(self._setting.metric, output_dir=Path(attempt.output), attempt_dir=Path(path))
            seen = replace(seen, measurements=read)
        self._remember(attempt, seen, now)
        return seen

    def _remember(self, attempt: Attempt, seen: Observation, now: float) -> None:
        path = attempt.path
        if seen.state in FINAL:
            self._live.pop(path, None)
            self._sent.discard(path)
            self._news.forget(path)
            if seen.started is not None and seen.ended is not None:
                self._short = seen.ended - seen.started < SHORT
            if self._link is not None:
                self._share_slots(self._link)
            return
        self._news.remember(path, seen, now)
        if path not in self._live:
            claim = folder.claim_of(attempt)
            self._live[path] = claim.slot if claim else None

    def _watch_over(self, attempt: Attempt, seen: Observation, now: float) -> None:
        """A trial of an earlier keeper, which may be dead: its time limit, and the end that was asked for, are ours."""
        if now - self._killed.get(attempt.path, now) > self._setting.grace:
            self._signal(attempt, signal.SIGKILL)
        timeout = (folder.read(attempt.job) or {}).get("timeout")
        if timeout and seen.started is not None and now - seen.started > timeout:
            self.cancel(attempt.path, Reason.TIMEOUT)

    def _signal(self, attempt: Attempt, signum: signal.Signals) -> None:
        claim = folder.claim_of(attempt)
        if claim is not None and process.alive(claim.process):
            process.end_group(claim.process.pid, signum)

    # -- the folder -------------------------------------------------------------------------------------------

    def _make_folder(self, attempt: Attempt, job: Job) -> Mapping[str, Any]:
        """The folders and what was asked for, as it was asked the first time."""
        trial = os.path.dirname(attempt.path)
        for path in (trial, attempt.output, attempt.path):
            with suppress(FileExistsError):
                _mkdir(path)
        known = folder.read(attempt.job)
        if known is not None:
            return known
        spec = {
            "id": job.id,
            "argv": [self._setting.python, "-m", job.trainer.module, *job.args],
            "cwd": str(self._setting.cwd),
            "env": self._setting.variables(attempt, job),
            "other_variables": self._names,
            "timeout": job.timeout,
        }
        folder.write(attempt.job, json.dumps(spec))
        return spec


def _mkdir(path: str) -> None:
    """A folder, and its parents only where they are missing: for the second trial they are there."""
    try:
        os.mkdir(path)
    except FileNotFoundError:
        os.makedirs(path)
