"""What every stopping rule offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Rule(Protocol):
    """Hears of measurements one by one, in the order in which they arrived, and says whose standing that changes.

    Its verdicts depend on what it has heard and on nothing else: not on time, not on what runs. Whoever tells another
    one of the same rule the same measurements gets the same verdicts, and so does a launcher that was killed.
    """

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Trial -> why it is to be stopped; empty text where one that was stopped is to go on.

        ``value`` is what the trial would be ranked by if it ended now, higher is better, and minus infinity where that
        is no finite number. A step that was heard before changes nothing.
        """
