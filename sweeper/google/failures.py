"""Every way a call to Google can end badly, in one word, and the message a person gets."""

from __future__ import annotations

from enum import StrEnum

from sweeper.errors import SweeperError


class Kind(StrEnum):
    """What a failed call means for whoever made it."""

    NOT_FOUND = "not found"  # the service positively has no such thing
    EXISTS = "exists"  # a create met a thing of that name
    PRECONDITION = "precondition"  # it was not in the state that the call asked for
    INVALID = "invalid"  # the same request will never be taken
    UNAUTHENTICATED = "unauthenticated"  # no credentials, or they are not taken
    DENIED = "denied"
    API_DISABLED = "api disabled"
    RATE = "rate"  # too many requests: the same one is welcome soon
    QUOTA = "quota"  # not so many machines: asking again soon is useless
    UNCERTAIN = "uncertain"  # it may have been done: the reply was lost, or said neither yes nor no
    UNREACHABLE = "unreachable"  # it surely was not done, nobody was there
    BUSY = "busy"  # a question without an answer: the service is in trouble
    GONE = "gone"  # the service was shut down


TRANSIENT = frozenset({Kind.RATE, Kind.QUOTA, Kind.UNCERTAIN, Kind.UNREACHABLE, Kind.BUSY})
"""What may work later without anybody changing anything."""


class CallFailed(SweeperError):
    """A call that did not do what it was for. ``str()`` is the message for a person, with what to do."""

    def __init__(
        self, kind: Kind, message: str, *, hint: str = "", status: int | None = None, retry_after: float | None = None
    ) -> None:
        self.kind = kind
        self.message = message
        self.hint = hint
        self.status = status
        """The HTTP status, where there was an answer."""
        self.retry_after = retry_after
        """Seconds that the service asked for, where it did."""
        self.exit_code = 1 if kind in TRANSIENT else 2  # what a person must change first is theirs to change
        super().__init__(f"{message}\n  {hint}" if hint else message)

    @property
    def transient(self) -> bool:
        """The same call may work later."""
        return self.kind in TRANSIENT
