"""The request rate that a project is allowed: so many creates in each window of the emulator's clock."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.errors import UserError

UNITS = {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Quota:
    """``creates=60/min``."""

    most: int
    window: float


class Meter:
    """Counts what was accepted; windows are fixed, as Google's are."""

    def __init__(self, quota: Quota | None) -> None:
        self.quota = quota
        self._window = -1
        self._counts: dict[str, int] = {}

    def take(self, key: str, now: float) -> float | None:
        """None = go ahead; else the seconds until the next window."""
        if self.quota is None:
            return None
        window = int(now // self.quota.window)
        if window != self._window:
            self._window, self._counts = window, {}
        if self._counts.get(key, 0) >= self.quota.most:
            return (window + 1) * self.quota.window - now
        self._counts[key] = self._counts.get(key, 0) + 1
        return None


def parse(text: str) -> Quota | None:
    """``creates=60/min`` or just ``60/min``; empty or ``off`` = no limit."""
    if text in ("", "off"):
        return None
    kind, _, rate = text.rpartition("=")
    most, _, unit = rate.partition("/")
    if (
        kind.strip() not in ("", "creates")
        or not most.strip().isdecimal()
        or int(most) < 1
        or unit.strip() not in UNITS
    ):
        hint = f"for example creates=60/min; units are {', '.join(UNITS)}"
        raise UserError(f"expected a quota, got {text!r}", where="--quota", hint=hint)
    return Quota(int(most), UNITS[unit.strip()])
