"""Who drives a sweep now: a small object in the bucket, renewed while the launch goes on, so that one machine does.

The lock in the state folder keeps two launches of one machine apart. This keeps two machines apart that have both
attached the sweep: on Vertex AI each would create a job for the same attempt. A launch that was killed leaves its lease
behind; the same state folder takes it up again at once, another one when it has expired.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from sweeper.clock import Clock
from sweeper.errors import UserError
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.storage import Storage

RENEWED = 60.0
"""Seconds between two renewals."""
LASTS = 300.0
"""Seconds after the last renewal for which nobody else may take it; the clocks of two machines may differ by some."""
MARGIN = 60.0
TRIES = 5


@dataclass
class Lease:
    """Of one launch; ``holder`` is the same for every launch that the lock of one state folder keeps apart."""

    storage: Storage
    url: str
    holder: str
    clock: Clock
    moved: bool = False
    """Another machine had it before: it may have launched what our ledger does not know. Kept until told otherwise."""
    _generation: int = 0
    _written: float = float("-inf")
    _next: float = float("-inf")

    def take(self) -> None:
        """Raises UserError while another machine has it."""
        for _ in range(TRIES):
            self._generation = self._free()
            if self._write(self.clock.now() + LASTS):
                return
        raise UserError("other machines want to launch this sweep at this very moment", where=self.url)

    def keep(self) -> None:
        """Renew it, if that is due. Raises UserError where another machine has taken it meanwhile.

        Where the bucket does not answer, the lease is ours until it expires; then nothing may go on without it.
        """
        now = self.clock.now()
        if now < self._next:
            return
        self._next = now + RENEWED
        try:
            kept = self._write(now + LASTS)
        except CallFailed as error:
            if now < self._written + LASTS - MARGIN:
                return
            self._next = now
            raise UserError(f"it is not known whether another machine goes on with this sweep: {error}") from None
        if not kept:
            self._generation = self._free()
            self._next = now

    def release(self) -> None:
        """Others may have it now. That it was ours stays written down."""
        with suppress(CallFailed):
            self._write(0.0)

    def _write(self, until: float) -> bool:
        """False where somebody else has written since we looked."""
        now = self.clock.now()
        facts = {"holder": self.holder, "until": until, "behind": self.moved, "written": now}
        text = json.dumps(facts).encode()
        try:
            self._generation = self.storage.write(
                self.url, text, generation=self._generation, content_type="application/json"
            )
        except CallFailed as error:
            if error.kind is not Kind.PRECONDITION:
                raise
            return False
        self._written, self._next = now, now + RENEWED
        return True

    def _free(self) -> int:
        """The generation that may be written over. Raises UserError where that is another's."""
        there = self._there()
        if there is None:
            return 0
        holder, until, behind, generation = there
        if holder == self.holder or self.clock.now() >= until:
            self.moved = self.moved or behind or holder not in ("", self.holder)
            return generation
        minutes = f"{LASTS / 60:.0f} minutes"
        raise UserError(
            f"this sweep is being launched by another machine ({holder})",
            where=self.url,
            hint=f"follow it from here: sweeper watch; if that launch was killed, try again in {minutes}",
        )

    def _there(self) -> tuple[str, float, bool, int] | None:
        """Who has it until when and lacks what others did, and its generation; nobody where the object says nothing."""
        found = self.storage.stat(self.url)
        if found is None:
            return None
        try:
            data = json.loads(self.storage.read(self.url))
            return str(data["holder"]), float(data["until"]), bool(data["behind"]), found.generation
        except CallFailed as error:
            if error.kind is not Kind.NOT_FOUND:
                raise
            return None
        except (ValueError, KeyError, TypeError):
            return "", 0.0, False, found.generation
