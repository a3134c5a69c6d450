"""What can be asked of buckets."""

from __future__ import annotations

from sweeper.emulator.errors import invalid
from sweeper.emulator.storage.buckets import resource
from sweeper.emulator.storage.calls import NOTHING, Call, Reply
from sweeper.emulator.storage.objects import Objects


class BucketCalls:
    """Handlers over the buckets."""

    def __init__(self, objects: Objects) -> None:
        self._buckets = objects.buckets

    def insert(self, call: Call) -> Reply:
        """``buckets.insert``."""
        project = call.query.get("project")
        if not project:
            raise invalid("Required parameter: project")
        return Reply(resource(self._buckets.insert(project, call.body), call.base))

    def get(self, call: Call) -> Reply:
        """``buckets.get``."""
        return Reply(resource(self._buckets.get(call.params["bucket"]), call.base))

    def list(self, call: Call) -> Reply:
        """``buckets.list``, all on one page."""
        found = self._buckets.of(call.query.get("project", ""), call.query.get("prefix", ""))
        return Reply({"kind": "storage#buckets", "items": [resource(one, call.base) for one in found]})

    def update(self, call: Call) -> Reply:
        """``buckets.patch`` and ``buckets.update``."""
        return Reply(resource(self._buckets.update(call.params["bucket"], call.body), call.base))

    def delete(self, call: Call) -> Reply:
        """``buckets.delete``."""
        self._buckets.delete(call.params["bucket"])
        return NOTHING

    def layout(self, call: Call) -> Reply:
        """``buckets.getStorageLayout``: flat, as buckets are unless they were asked to be otherwise."""
        shown = resource(self._buckets.get(call.params["bucket"]), call.base)
        kept = {key: shown[key] for key in ("location", "locationType")}
        return Reply({"kind": "storage#storageLayout", "bucket": shown["name"], **kept})

    def none(self, call: Call) -> Reply:
        """A list of what buckets here never have."""
        self._buckets.get(call.params["bucket"])
        return Reply({})

    def allowed(self, call: Call) -> Reply:
        """``testIamPermissions``: everyone here may do everything."""
        self._buckets.get(call.params["bucket"])
        every = getattr(call.query, "getall", None)  # a part of a batch has a plain mapping
        asked = every("permissions", []) if every else [call.query.get("permissions", "")]
        return Reply({"kind": "storage#testIamPermissionsResponse", "permissions": asked})
