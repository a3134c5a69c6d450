"""What a launch on a cloud service needs, looked at piece by piece: what ``sweeper doctor`` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from sweeper.google.advice import ROLES
from sweeper.google.client import Google
from sweeper.google.endpoints import Service
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.place import Place
from sweeper.google.services import regions
from sweeper.google.verdict import shut_down

SERVICES = {"mlengine": Service.ML, "vertex": Service.AIPLATFORM}
CREATE = {"mlengine": "ml.jobs.create", "vertex": "aiplatform.customJobs.create"}
OBJECTS = ("storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list")
"""Deleting is part of writing over what is there."""
ABOUT = {
    Kind.API_DISABLED: "API",
    Kind.DENIED: "project",
    Kind.NOT_FOUND: "project",
    Kind.INVALID: "region",
    Kind.UNREACHABLE: "region",
    Kind.UNAUTHENTICATED: "credentials",
}
"""Which line a failed look at the jobs belongs to."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool | None
    """None: it could not be told."""
    message: str
    hint: str = ""
    """What to type, where it is not ok."""


def checks(google: Google, place: Place, backend: str) -> Iterator[Check]:
    """Each as soon as it is known. What hangs on a check that failed is left out."""
    if backend == "mlengine" and google.endpoint is None:
        yield _bad("service", shut_down("reach ML Engine"))
        return
    first = credentials(google)
    yield first
    if not first.ok:
        return
    service = list(_service(google, place, backend))
    yield from service
    if all(check.ok is not False for check in service):
        yield _may_create(google, place, backend)
    yield from _bucket(google, place)


def credentials(google: Google) -> Check:
    """Whether there are any, and valid ones: all that can be told without a place."""
    if google.caller.endpoints.anonymous:
        return Check("credentials", True, f"none are needed at {google.endpoint}")
    failed = _failure(google.log_in)
    return _bad("credentials", failed) if failed else Check("credentials", True, "valid")


def _service(google: Google, place: Place, backend: str) -> Iterator[Check]:
    failed = _failure(lambda: _look(google, place, backend))
    if failed:
        name = ABOUT.get(failed.kind, "service")
        if name == "region" and google.endpoint is not None:
            name = "server"
        strange = strange_region(google, place, backend)
        yield strange if strange is not None and name == "region" else _bad(name, failed)
        return
    yield Check("project", True, f"{place.project} answers")
    yield Check("API", True, f"{SERVICES[backend]}.googleapis.com is enabled")
    yield strange_region(google, place, backend) or Check("region", True, place.region)


def _look(google: Google, place: Place, backend: str) -> None:
    """The smallest question that needs the project, the API and, on Vertex AI, the region."""
    if backend == "mlengine":
        next(google.ml_list(place.project, page_size=1), None)
    else:
        next(google.custom_list(place.project, place.region, page_size=1), None)


def strange_region(google: Google, place: Place, backend: str) -> Check | None:
    """Whether Google's list of regions has never had this one."""
    if google.endpoint is not None or backend != "vertex" or place.region in (known := regions()):
        return None
    near = get_close_matches(place.region, known, 3, 0.5)
    hint = f"try --region={near[0]}" if near else "the list: https://cloud.google.com/vertex-ai/docs/general/locations"
    return Check("region", False, f"{place.region} is not a region of Vertex AI that this version knows", hint)


def _may_create(google: Google, place: Place, backend: str) -> Check:
    permission = CREATE[backend]
    try:
        allowed = permission in google.permitted(place.project, (permission,))
    except CallFailed:
        # That question has an API of its own, which need not be enabled, and which no emulator has.
        return Check("create", None, f"whether you have {permission} could not be told without creating a job")
    if allowed:
        return Check("create", True, f"you have {permission}")
    role = ROLES[SERVICES[backend]]
    hint = f"let an owner type: gcloud projects add-iam-policy-binding {place.project} --member=user:YOU --role={role}"
    return Check("create", False, f"you lack {permission} in {place.project}", hint)


def _bucket(google: Google, place: Place) -> Iterator[Check]:
    storage = google.storage()
    try:
        there = storage.bucket_exists(place.bucket)
    except CallFailed as failed:
        yield _bad("bucket", failed)
        return
    if not there:
        yield _no_bucket(google, place)
        return
    yield Check("bucket", True, f"gs://{place.bucket} is there")
    try:
        lacking = sorted(set(OBJECTS) - storage.permitted(place.bucket, OBJECTS))
    except CallFailed as failed:
        yield Check("write", None, f"whether you may write to gs://{place.bucket} could not be told: {failed.message}")
        return
    if not lacking:
        yield Check("write", True, f"you may write to gs://{place.bucket}")
        return
    hint = (
        f"let an owner type: gcloud storage buckets add-iam-policy-binding gs://{place.bucket} --member=user:YOU "
        f"--role={ROLES[Service.STORAGE]}"
    )
    yield Check("write", False, f"you lack {', '.join(lacking)} on gs://{place.bucket}", hint)


def _no_bucket(google: Google, place: Place) -> Check:
    if google.endpoint is not None:
        return Check("bucket", True, f"gs://{place.bucket} is not there yet; the first launch makes it")
    hint = f"gcloud storage buckets create gs://{place.bucket} --project={place.project} --location={place.region}"
    return Check("bucket", False, f"there is no bucket gs://{place.bucket}", hint)


def _failure(act: Callable[[], object]) -> CallFailed | None:
    try:
        act()
    except CallFailed as failed:
        return failed
    return None


def _bad(name: str, failed: CallFailed) -> Check:
    return Check(name, False, failed.message, failed.hint)
