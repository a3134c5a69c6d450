"""Google's services as sweeper uses them, behind one object that threads may share."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from sweeper.google import entries, jobs
from sweeper.google.access import Access, Anonymous, Token, through
from sweeper.google.call import Call
from sweeper.google.caller import Caller
from sweeper.google.credentials import load
from sweeper.google.endpoints import Service, endpoints
from sweeper.google.patience import Patience
from sweeper.google.storage import Storage
from sweeper.google.wire import Wire
from sweeper.surroundings import Surroundings


class Google:
    """Calls raise CallFailed only. Nothing is loaded, read or sent before the first of them."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.endpoint = caller.endpoints.override
        """What stands in for Google's own hosts, if anything does."""

    def __repr__(self) -> str:
        return f"Google(endpoint={self.endpoint!r})"

    def ml_create(self, project: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a job of ML Engine. Sent once; EXISTS where a job has its id."""
        return jobs.ml_create(self.caller, project, body)

    def ml_get(self, project: str, job_id: str) -> dict[str, Any]:
        """One job. NOT_FOUND only where the service itself says so."""
        return jobs.ml_get(self.caller, project, job_id)

    def ml_list(
        self, project: str, *, filter: str = "", page_size: int = 100, fields: str = ""
    ) -> Iterator[dict[str, Any]]:
        """All pages, lazily. ``fields``: of each job only these (``jobId,state``)."""
        return jobs.ml_list(self.caller, project, filter, page_size, fields)

    def ml_cancel(self, project: str, job_id: str) -> None:
        """Ask a job to stop. Sent once; PRECONDITION where it has ended."""
        jobs.ml_cancel(self.caller, project, job_id)

    def custom_create(self, project: str, region: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a custom job of Vertex AI. Sent once; UNCERTAIN means that it may be there."""
        return jobs.custom_create(self.caller, project, region, body)

    def custom_get(self, name: str, region: str) -> dict[str, Any]:
        """One job by the name that the service gave it."""
        return jobs.custom_get(self.caller, name, region)

    def custom_list(
        self, project: str, region: str, *, filter: str = "", page_size: int = 100, fields: str = ""
    ) -> Iterator[dict[str, Any]]:
        """All pages, lazily. ``fields``: of each job only these (``name,state``)."""
        return jobs.custom_list(self.caller, project, region, filter, page_size, fields)

    def custom_cancel(self, name: str, region: str) -> None:
        """Ask a job to stop. Sent once."""
        jobs.custom_cancel(self.caller, name, region)

    def tuning_create(self, project: str, region: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a tuning job of Vertex AI. Sent once; UNCERTAIN means that it may be there."""
        return jobs.tuning_create(self.caller, project, region, body)

    def tuning_get(self, name: str, region: str) -> dict[str, Any]:
        """One tuning job and its trials, by the name that the service gave it."""
        return jobs.tuning_get(self.caller, name, region)

    def tuning_list(
        self, project: str, region: str, *, filter: str = "", page_size: int = 100, fields: str = ""
    ) -> Iterator[dict[str, Any]]:
        """All pages, lazily. ``fields``: of each tuning job only these (``name,state``)."""
        return jobs.tuning_list(self.caller, project, region, filter, page_size, fields)

    def tuning_cancel(self, name: str, region: str) -> None:
        """Ask a tuning job and its trials to stop. Sent once."""
        jobs.tuning_cancel(self.caller, name, region)

    def storage(self) -> Storage:
        """Objects in buckets."""
        return Storage(self.caller)

    def log_entries(
        self, project: str, *, filter: str, page_size: int = 1000, order: str = "timestamp asc"
    ) -> Iterator[dict[str, Any]]:
        """Entries of Cloud Logging, page by page as they are needed."""
        return entries.log_entries(self.caller, project, filter, page_size, order)

    def permitted(self, project: str, permissions: tuple[str, ...]) -> frozenset[str]:
        """Which of the permissions we have in a project."""
        override = self.endpoint or ""
        call = Call(Service.PROJECTS, "ask for our permissions", project=project, override=override)
        body = {"permissions": list(permissions)}
        found = self.caller.ask(
            call, "projects", lambda projects: projects.testIamPermissions(resource=project, body=body)
        )
        return frozenset(found.get("permissions", []))

    def log_in(self) -> None:
        """Get a token now. Raises CallFailed that says what to type where there is none to get."""
        self.caller.transport.access.headers()

    def close(self) -> None:
        """Let go of the connections; the next call makes new ones."""
        self.caller.close()


def make_google(
    here: Surroundings,
    *,
    impersonate: str | None = None,
    key_file: str | None = None,
    patience: Patience | None = None,
) -> Google:
    """Google as the surroundings show it. Raises UserError where SWEEPER_ENDPOINT is no address."""
    _quiet()
    there = endpoints(here.environ)
    patience = patience or Patience()
    wire = Wire(here.environ, timeout=patience.timeout)
    access: Access = Anonymous()
    if not there.anonymous:
        access = Token(lambda: load(here.environ, key_file=key_file, impersonate=impersonate), through(wire))
    return Google(Caller(there, access, patience, wire))


def _quiet() -> None:
    """Google's libraries log what our messages say, and without a handler Python prints it."""
    for name in ("google", "google_auth_httplib2", "googleapiclient"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
