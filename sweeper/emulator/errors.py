"""Every way the emulated services say no: one exception, and Google's envelopes for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

TYPE = "type.googleapis.com/google.rpc."


class ApiError(Exception):
    """An answer that is not 200; the middleware turns it into the envelope of the API that was asked."""

    def __init__(
        self,
        code: int,
        status: str,
        message: str,
        details: Iterable[Mapping[str, Any]] = (),
        *,
        reason: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = [dict(detail) for detail in details]
        self.reason = reason
        """Cloud Storage's word for it: ``notFound``."""
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """As ML Engine, Vertex and Logging put it."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def storage_body(self) -> dict[str, Any]:
        """As Cloud Storage's JSON API puts it."""
        reason = self.reason or STORAGE_REASONS.get(self.code, "backendError")
        one = {"message": self.message, "domain": "global", "reason": reason}
        return {"error": {"code": self.code, "message": self.message, "errors": [one]}}


STORAGE_REASONS = {
    400: "invalid",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    405: "methodNotAllowed",
    409: "conflict",
    410: "gone",
    411: "required",
    412: "conditionNotMet",
    413: "uploadTooLarge",
    415: "unsupportedMediaType",
    416: "requestedRangeNotSatisfiable",
    429: "rateLimitExceeded",
}


def invalid(message: str, violations: Iterable[tuple[str, str]] = ()) -> ApiError:
    """400; ``violations`` are pairs of a field's path and what is wrong with it."""
    return ApiError(400, "INVALID_ARGUMENT", message, bad_request(violations))


def field_error(path: str, text: str) -> ApiError:
    """400 as ML Engine words it: ``Field: job.job_id Error: ...``."""
    return invalid(f"Field: {path} Error: {text}", [(path, text)])


def exists(path: str, text: str) -> ApiError:
    """409."""
    return ApiError(409, "ALREADY_EXISTS", f"Field: {path} Error: {text}", bad_request([(path, text)]))


def not_found(message: str) -> ApiError:
    """404."""
    return ApiError(404, "NOT_FOUND", message)


def failed_precondition(message: str) -> ApiError:
    """400: the resource is not in a state that allows it."""
    return ApiError(400, "FAILED_PRECONDITION", message)


def aborted(message: str) -> ApiError:
    """409: somebody else changed it meanwhile (an etag that does not match)."""
    return ApiError(409, "ABORTED", message)


def bad_request(violations: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The details of a 400: which fields, and why."""
    listed = [{"field": path, "description": text} for path, text in violations]
    return [{"@type": f"{TYPE}BadRequest", "fieldViolations": listed}] if listed else []


def error_info(reason: str, domain: str = "googleapis.com", **metadata: str) -> dict[str, Any]:
    """The detail that says in one word why."""
    return {"@type": f"{TYPE}ErrorInfo", "reason": reason, "domain": domain, "metadata": metadata}
