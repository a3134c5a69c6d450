"""A call on metadata, and its answer: the same whether it came alone or in a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sweeper.emulator.storage.fields import only


@dataclass(frozen=True, slots=True)
class Call:
    """One request, decoded."""

    base: str
    """``http://host:port`` as the client wrote it: links in the answer begin with it."""
    params: Mapping[str, str]
    """What the path names: ``bucket``, ``object``."""
    query: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; no body = nothing to say."""

    body: Mapping[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def shown(self, fields: str) -> Any:
        """The body, or the part of it that was asked for."""
        return only(self.body, fields) if fields else self.body


NOTHING = Reply(None, 204)
