"""The calls on jobs of ML Engine and Vertex AI; bodies and answers are plain dicts as in the services' references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sweeper.google.call import Call
from sweeper.google.caller import Caller
from sweeper.google.endpoints import Service
from sweeper.google.verdict import shut_down

Json = dict[str, Any]
ML = "projects.jobs"
CUSTOM = "projects.locations.customJobs"
TUNING = "projects.locations.hyperparameterTuningJobs"


def ml_create(caller: Caller, project: str, body: Mapping[str, Any]) -> Json:
    """Sent once; a job of that id gives EXISTS."""
    call = _ml(caller, f"create the job {body.get('jobId', '')}", project, acts=True)
    found: Json = caller.once(call, ML, lambda jobs: jobs.create(parent=f"projects/{project}", body=body))
    return found


def ml_get(caller: Caller, project: str, job_id: str) -> Json:
    """One job."""
    call = _ml(caller, f"look at the job {job_id}", project)
    found: Json = caller.ask(call, ML, lambda jobs: jobs.get(name=f"projects/{project}/jobs/{job_id}"))
    return found


def ml_list(caller: Caller, project: str, filter: str, page_size: int, fields: str) -> Iterator[Json]:
    """All pages, each when it is needed; 100 jobs a page at most."""
    call = _ml(caller, "list the jobs", project)
    arguments = {"parent": f"projects/{project}", "filter": filter or None, "pageSize": min(page_size, 100)}
    return _paged(caller, call, ML, "jobs", arguments, fields)


def ml_cancel(caller: Caller, project: str, job_id: str) -> None:
    """Sent once. A job that has ended may give PRECONDITION."""
    call = _ml(caller, f"cancel the job {job_id}", project, acts=True)
    caller.once(call, ML, lambda jobs: jobs.cancel(name=f"projects/{project}/jobs/{job_id}", body={}))


def custom_create(caller: Caller, project: str, region: str, body: Mapping[str, Any]) -> Json:
    """Sent once. Two of them make two jobs: this service takes no id of ours."""
    return _create(caller, CUSTOM, "job", project, region, body)


def custom_get(caller: Caller, name: str, region: str) -> Json:
    """One job, by the name that the service gave it."""
    return _get(caller, CUSTOM, "job", name, region)


def custom_list(caller: Caller, project: str, region: str, filter: str, page_size: int, fields: str) -> Iterator[Json]:
    """All pages, each when it is needed; 100 jobs a page at most."""
    return _list(caller, CUSTOM, "job", project, region, filter, page_size, fields)


def custom_cancel(caller: Caller, name: str, region: str) -> None:
    """Sent once; the job ends some time later."""
    _cancel(caller, CUSTOM, "job", name, region)


def tuning_create(caller: Caller, project: str, region: str, body: Mapping[str, Any]) -> Json:
    """Sent once. Two of them make two tuning jobs: this service takes no id of ours."""
    return _create(caller, TUNING, "tuning job", project, region, body)


def tuning_get(caller: Caller, name: str, region: str) -> Json:
    """One tuning job with its trials, by the name that the service gave it."""
    return _get(caller, TUNING, "tuning job", name, region)


def tuning_list(caller: Caller, project: str, region: str, filter: str, page_size: int, fields: str) -> Iterator[Json]:
    """All pages, each when it is needed; 100 tuning jobs a page at most."""
    return _list(caller, TUNING, "tuning job", project, region, filter, page_size, fields)


def tuning_cancel(caller: Caller, name: str, region: str) -> None:
    """Sent once; the tuning job and its trials end some time later."""
    _cancel(caller, TUNING, "tuning job", name, region)


def _create(caller: Caller, kind: str, noun: str, project: str, region: str, body: Mapping[str, Any]) -> Json:
    call = _vertex(caller, f"create the {noun} {body.get('displayName', '')}", project, region, acts=True)
    parent = f"projects/{project}/locations/{region}"
    found: Json = caller.once(call, kind, lambda jobs: jobs.create(parent=parent, body=body))
    return found


def _get(caller: Caller, kind: str, noun: str, name: str, region: str) -> Json:
    call = _vertex(caller, f"look at the {noun} {name}", _project(name), region)
    found: Json = caller.ask(call, kind, lambda jobs: jobs.get(name=name))
    return found


def _list(
    caller: Caller, kind: str, noun: str, project: str, region: str, filter: str, page_size: int, fields: str
) -> Iterator[Json]:
    call = _vertex(caller, f"list the {noun}s", project, region)
    parent = f"projects/{project}/locations/{region}"
    arguments = {"parent": parent, "filter": filter or None, "pageSize": min(page_size, 100)}
    return _paged(caller, call, kind, kind.rpartition(".")[2], arguments, fields)


def _cancel(caller: Caller, kind: str, noun: str, name: str, region: str) -> None:
    call = _vertex(caller, f"cancel the {noun} {name}", _project(name), region, acts=True)
    caller.once(call, kind, lambda jobs: jobs.cancel(name=name, body={}))


def _ml(caller: Caller, what: str, project: str, *, acts: bool = False) -> Call:
    override = caller.endpoints.override
    if not override:
        raise shut_down(what)
    return Call(Service.ML, what, acts=acts, project=project, answers_404=False, override=override)


def _vertex(caller: Caller, what: str, project: str, region: str, *, acts: bool = False) -> Call:
    override = caller.endpoints.override or ""
    service = Service.AIPLATFORM
    return Call(service, what, acts=acts, project=project, region=region, answers_404=False, override=override)


def _paged(
    caller: Caller, call: Call, name: str, key: str, arguments: Mapping[str, Any], fields: str
) -> Iterator[Json]:
    if fields:
        arguments = {**arguments, "fields": f"{key}({fields}),nextPageToken"}
    token: str | None = None
    while True:
        page = caller.ask(call, name, _listing(arguments, token))
        yield from page.get(key, [])  # a list that matches nothing has no such key
        token = page.get("nextPageToken")
        if not token:
            return


def _listing(arguments: Mapping[str, Any], token: str | None) -> Callable[[Any], Any]:
    return lambda jobs: jobs.list(**arguments, pageToken=token)


def _project(name: str) -> str:
    """``projects/<project>/locations/...``; the service puts the project's number there."""
    parts = name.split("/")
    return parts[1] if len(parts) > 1 else ""
