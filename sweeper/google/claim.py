"""Who a sweep's name in the bucket belongs to: one small object, made by whoever comes first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sweeper.errors import UserError
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.storage import Storage


@dataclass(frozen=True, slots=True)
class Claim:
    """What ``<name>/sweep.json`` says."""

    id: str
    """The sweep's id: its name and a nonce."""
    backend: str
    created: float
    generation: int = 0


def address(folder: str, name: str) -> str:
    """Where the claim on a name is."""
    return f"{folder}/{name}/sweep.json"


def holder(storage: Storage, url: str) -> Claim | None:
    """Whose the name is; None where nobody has it."""
    found = storage.stat(url)
    if found is None:
        return None
    try:
        data: Mapping[str, Any] = json.loads(storage.read(url))
        return Claim(str(data["id"]), str(data["backend"]), float(data["created"]), found.generation)
    except (ValueError, KeyError, TypeError):
        hint = "choose another name, or move the object away"
        raise UserError("this object is not a claim on a sweep's name", where=url, hint=hint) from None


def claim(storage: Storage, url: str, ours: Claim, *, known: Iterable[str] = ()) -> None:
    """Take the name for a sweep, or find that it has it already. Raises UserError where it is somebody else's.

    ``known``: ids of earlier sweeps of this ledger, whose place a fresh one takes.
    """
    try:
        storage.write(url, _text(ours), generation=0, content_type="application/json")
        return
    except CallFailed as error:
        if error.kind is not Kind.PRECONDITION:
            raise
    there = holder(storage, url)
    if there is not None and there.id == ours.id:
        return
    if there is not None and there.id in known:
        _replace(storage, url, ours, there)
        return
    raise taken(url, there)


def _replace(storage: Storage, url: str, ours: Claim, there: Claim) -> None:
    try:
        storage.write(url, _text(ours), generation=there.generation, content_type="application/json")
    except CallFailed as error:
        if error.kind is not Kind.PRECONDITION:
            raise
        now = holder(storage, url)
        if now is None or now.id != ours.id:  # ours: the reply to an earlier try was lost
            raise taken(url, now) from None


def taken(url: str, there: Claim | None) -> UserError:
    """The message for a name that is somebody else's."""
    name = url.split("/")[-2]
    who = f"by the sweep {there.id}" if there else "by another sweep"
    backend = there.backend if there else "<backend>"
    return UserError(
        f"the name '{name}' is taken in this bucket, {who}, which this machine's ledger does not know",
        where=url,
        path="name",
        hint=f"give this sweep another name:, or go on with that one: sweeper attach {name} --backend={backend}",
    )


def _text(one: Claim) -> bytes:
    return json.dumps({"id": one.id, "backend": one.backend, "created": one.created}).encode()
