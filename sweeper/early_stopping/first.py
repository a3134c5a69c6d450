"""``first``: a trial is stopped at its first report, whatever it says: that it could report was the question.

No config asks for it; it is the rule of a smoke run.
"""

from __future__ import annotations

from collections.abc import Mapping

NAME = "first"


class First:
    """Judges once."""

    def __init__(self) -> None:
        self._stopped: set[str] = set()

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Stop it."""
        if trial in self._stopped:
            return {}
        self._stopped.add(trial)
        return {trial: f"it has reported, at step {step}"}
