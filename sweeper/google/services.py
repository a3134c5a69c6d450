"""The client library's request builders, from discovery documents cut down to what sweeper calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from sweeper.google.endpoints import Service

USED: Mapping[Service, tuple[str, tuple[str, ...]]] = {
    Service.ML: ("v1", ("projects.jobs",)),
    Service.AIPLATFORM: ("v1", ("projects.locations.customJobs", "projects.locations.hyperparameterTuningJobs")),
    Service.STORAGE: ("v1", ("buckets", "objects")),
    Service.LOGGING: ("v2", ("entries",)),
    Service.PROJECTS: ("v1", ("projects",)),
}
"""The version, and the collections."""

_building = threading.RLock()


def collection(service: Service, name: str, root: str) -> Any:
    """What builds the requests of one collection (``projects.jobs``) to the server at ``root``; for any thread."""
    with _building:
        return _collection(service, name, root)


@cache
def _collection(service: Service, name: str, root: str) -> Any:
    found = _built(service, root)
    for part in name.split("."):
        found = getattr(found, part)()
    return found


@cache
def _built(service: Service, root: str) -> Any:
    from googleapiclient.discovery import build_from_document

    # The root's scheme counts for uploads too, which an `api_endpoint` would leave at https. Nothing is sent with the
    # object that stands for the connection here: each request is given its own.
    return build_from_document({**document(service), "rootUrl": root}, http=_Nobody())


@cache
def document(service: Service) -> Mapping[str, Any]:
    """The shipped description of a service, without what sweeper does not call.

    Vertex AI's has 2.9 MB and 1,700 schemas: as it is, it takes a tenth of a second to build and again as long each
    time a collection is reached. Bodies are not checked against the schemas, so of those only the names are kept.
    """
    from googleapiclient import discovery_cache

    version, names = USED[service]
    whole = json.loads(discovery_cache.get_static_doc(str(service), version))
    kept = {key: value for key, value in whole.items() if key not in ("resources", "schemas", "auth", "endpoints")}
    resources: dict[str, Any] = {}
    for name in names:
        _keep(whole["resources"], resources, name.split("."))
    named = sorted(_referred(resources))
    return {**kept, "resources": resources, "schemas": {one: {"id": one, "type": "object"} for one in named}}


@cache
def regions() -> frozenset[str]:
    """The regions that Vertex AI had when the client library was made."""
    from googleapiclient import discovery_cache

    whole = json.loads(discovery_cache.get_static_doc("aiplatform", "v1"))
    return frozenset(one["location"] for one in whole.get("endpoints", []) if "-" in one.get("location", ""))


def _keep(whole: Mapping[str, Any], into: dict[str, Any], path: list[str]) -> None:
    first, *rest = path
    if not rest:
        into[first] = {"methods": whole[first]["methods"]}
        return
    inner = into.setdefault(first, {"resources": {}})
    _keep(whole[first]["resources"], inner["resources"], rest)


def _referred(part: object) -> set[str]:
    if isinstance(part, dict):
        inner = set().union(*(_referred(value) for value in part.values()))
        return inner | {part["$ref"]} if isinstance(part.get("$ref"), str) else inner
    if isinstance(part, list):
        return set().union(*(_referred(value) for value in part))
    return set()


class _Nobody:
    """Stands where the client library wants a connection."""

    credentials = None
