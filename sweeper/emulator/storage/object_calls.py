"""What can be asked of objects, but for their contents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.emulator.errors import invalid
from sweeper.emulator.storage.calls import NOTHING, Call, Reply
from sweeper.emulator.storage.listing import page
from sweeper.emulator.storage.objects import MOST_SOURCES, Objects
from sweeper.emulator.storage.preconditions import Conditions, conditions, not_met, number
from sweeper.emulator.storage.stored import Stored, resource, settable


class ObjectCalls:
    """Handlers over the objects."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def found(self, call: Call, *, reading: bool = False) -> Stored:
        """The object that a call names, of the generation it names; its conditions hold."""
        bucket, name = call.params["bucket"], call.params["object"]
        stored = self._objects.get(bucket, name, generation=number(call.query, "generation"))
        conditions(call.query).check(stored, reading=reading)
        return stored

    def get(self, call: Call) -> Reply:
        """``objects.get`` without ``alt=media``."""
        stored = self.found(call, reading=True)
        return Reply(resource(stored, call.base), headers={"ETag": stored.etag})

    def list(self, call: Call) -> Reply:
        """``objects.list``."""
        found = page(self._objects, call.params["bucket"], call.query)
        body: dict[str, Any] = {"kind": "storage#objects"}
        if found.token:
            body["nextPageToken"] = found.token
        if found.prefixes:
            body["prefixes"] = found.prefixes
        if found.items:
            body["items"] = [resource(one, call.base) for one in found.items]
        return Reply(body)

    def delete(self, call: Call) -> Reply:
        """``objects.delete``."""
        self._objects.delete(self.found(call))
        return NOTHING

    def patch(self, call: Call) -> Reply:
        """``objects.patch``: what is named changes, null takes it away; custom metadata key by key."""
        stored = self.found(call)
        changes = {key: value for key, value in call.body.items() if key in {*settable(call.body), *_nulls(call.body)}}
        if isinstance(changes.get("metadata"), dict):
            changes["metadata"] = _without_nulls({**stored.meta.get("metadata", {}), **changes["metadata"]})
        return Reply(resource(self._objects.update(stored, _without_nulls({**stored.meta, **changes})), call.base))

    def update(self, call: Call) -> Reply:
        """``objects.update``: what is not named is gone."""
        return Reply(resource(self._objects.update(self.found(call), settable(call.body)), call.base))

    def copy(self, call: Call) -> Reply:
        """``objects.copy``."""
        return Reply(resource(self._copied(call), call.base))

    def rewrite(self, call: Call) -> Reply:
        """``objects.rewrite``, always done at once."""
        copied = self._copied(call)
        size = str(copied.size)
        body = {"kind": "storage#rewriteResponse", "totalBytesRewritten": size, "objectSize": size, "done": True}
        return Reply({**body, "resource": resource(copied, call.base)})

    def move(self, call: Call) -> Reply:
        """``objects.move``: a new name in the same bucket."""
        moved = self._copied(call, to_bucket=call.params["bucket"])
        if moved.name != call.params["object"]:
            self._objects.delete(self._objects.get(call.params["bucket"], call.params["object"]))
        return Reply(resource(moved, call.base))

    def compose(self, call: Call) -> Reply:
        """``objects.compose``."""
        bucket, sources = call.params["bucket"], call.body.get("sourceObjects")
        if not isinstance(sources, list) or not 1 <= len(sources) <= MOST_SOURCES:
            raise invalid(f"The number of source components provided must be from 1 to {MOST_SOURCES}.")
        parts = [self._component(bucket, one) for one in sources]
        meta = settable(call.body.get("destination") or {})
        made = self._objects.compose(parts, bucket, call.params["object"], meta, conditions(call.query))
        return Reply(resource(made, call.base))

    def _component(self, bucket: str, source: Any) -> Stored:
        if not isinstance(source, dict) or not isinstance(source.get("name"), str):
            raise invalid("Required: sourceObjects[].name")
        generation = _whole(source.get("generation"))
        stored = self._objects.get(bucket, source["name"], generation=generation)
        wanted = _whole((source.get("objectPreconditions") or {}).get("ifGenerationMatch"))
        if wanted not in (None, stored.generation):
            raise not_met()
        return stored

    def _copied(self, call: Call, to_bucket: str = "") -> Stored:
        query = call.query
        source = self._objects.get(
            call.params["bucket"], call.params["object"], generation=number(query, "sourceGeneration")
        )
        conditions(query, prefix="ifSource").check(source)
        into = to_bucket or call.params["to_bucket"]
        wanted: Conditions = conditions(query)
        meta = settable(call.body) or source.meta
        return self._objects.copy(source, into, call.params["to_object"], meta, wanted)


def _nulls(body: Mapping[str, Any]) -> set[str]:
    return {key for key, value in body.items() if value is None}


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _whole(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        raise invalid(f"Invalid value: {value!r} is not a whole number") from None
