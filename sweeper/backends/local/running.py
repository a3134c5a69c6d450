"""One trial that the keeper looks after."""

from __future__ import annotations

from sweeper.backends.local.child import Request
from sweeper.backends.local.folder import Claim
from sweeper.backends.local.forker import Forker


class Running:
    """What was asked, who forks it, and when it is over its time."""

    def __init__(self, request: Request, forker: Forker | None) -> None:
        self.request = request
        self.forker = forker
        """None: the keeper has started it itself."""
        self.claim: Claim | None = None
        """Where the keeper has taken it."""
        self.pid: int | None = None
        """None: asked of the parent, not confirmed yet."""
        self.deadline: float | None = None
        self.asked = False
