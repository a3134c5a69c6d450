"""What a request is told that a fault befell: Google's own envelopes and words."""

from __future__ import annotations

from aiohttp import web

from sweeper.emulator.errors import TYPE, ApiError, error_info

SERVICES = {
    "ml": "ml.googleapis.com",
    "storage": "storage.googleapis.com",
    "logging": "logging.googleapis.com",
}
RESOURCES = {"ml": "jobs", "custom": "customJobs", "tuning": "hyperparameterTuningJobs"}
"""What permissions call the parts of the job APIs."""
PAGE = (
    "<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title>"
    "<p>The server encountered a temporary error and could not complete your request."
    "<p>Please try again in 30 seconds.</html>"
)


def service_of(part: str) -> str:
    """``ml.googleapis.com`` of ``ml.create``; parts of Vertex are named by its collections."""
    return SERVICES.get(part.partition(".")[0], "aiplatform.googleapis.com")


def refuse(name: str, part: str, project: str, *, retry_after: float | None = None) -> web.Response:
    """The answer of a fault that is a page; the others are raised as ApiError."""
    service = service_of(part)
    wait = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}
    match name:
        case "rate429":
            raise rate(service, project, wait)
        case "quota429":
            raise quota(service, project)
        case "error500":
            raise ApiError(500, "INTERNAL", "Internal error encountered.")
        case "error503" | "error503_after":
            raise ApiError(503, "UNAVAILABLE", "The service is currently unavailable.", headers=wait)
        case "unauthenticated":
            raise unauthenticated()
        case "denied":
            raise denied(service, part, project)
        case "disabled":
            raise disabled(service, project)
        case _:
            return web.Response(status=502, reason="Bad Gateway", text=PAGE, content_type="text/html")


def rate(service: str, project: str, headers: dict[str, str]) -> ApiError:
    """429: too many requests; the same one works a little later."""
    metric = f"{service}/create_requests"
    message = (
        f"Quota exceeded for quota metric 'Create requests' and limit 'Create requests per minute' of service "
        f"'{service}' for consumer 'project_number:{project}'."
    )
    info = error_info("RATE_LIMIT_EXCEEDED", service=service, quota_metric=metric, consumer=f"projects/{project}")
    return ApiError(429, "RESOURCE_EXHAUSTED", message, [info], headers=headers)


def quota(service: str, project: str) -> ApiError:
    """429: the project has no room for such a machine; asking again changes nothing until a job ends."""
    if service != "ml.googleapis.com":
        metrics = f"{service}/custom_model_training_cpus"
        return ApiError(429, "RESOURCE_EXHAUSTED", f"The following quota metrics exceed quota limits: {metrics}")
    said = "The request for 4 CPUs exceeds the allowed maximum of 0 CPUs."
    more = "To read more about Cloud ML Engine quota, see https://cloud.google.com/ml-engine/quotas."
    failure = {"@type": f"{TYPE}QuotaFailure", "violations": [{"subject": project, "description": said}]}
    message = f"Quota failure for project {project}. {said} {more}"
    return ApiError(429, "RESOURCE_EXHAUSTED", message, [failure])


def unauthenticated() -> ApiError:
    """401."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    return ApiError(401, "UNAUTHENTICATED", message, headers={"WWW-Authenticate": 'Bearer realm="emulator"'})


def denied(service: str, part: str, project: str) -> ApiError:
    """403: this account may not."""
    kind, _, verb = part.partition(".")
    permission = f"{service.partition('.')[0]}.{RESOURCES.get(kind, f'{kind}s')}.{verb}"
    if service == "storage.googleapis.com":
        message = f"anonymous caller does not have {permission} access to the Google Cloud Storage object."
        return ApiError(403, "PERMISSION_DENIED", message)
    info = error_info("IAM_PERMISSION_DENIED", service, permission=permission, resource=f"projects/{project}")
    message = f"Permission '{permission}' denied on resource '//{service}/projects/{project}' (or it may not exist)."
    return ApiError(403, "PERMISSION_DENIED", message, [info])


def disabled(service: str, project: str) -> ApiError:
    """403: the project has not enabled this API."""
    url = f"https://console.developers.google.com/apis/api/{service}/overview?project={project}"
    message = (
        f"{service} API has not been used in project {project} before or it is disabled. Enable it by visiting {url} "
        "then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems "
        "and retry."
    )
    help_ = {"@type": f"{TYPE}Help", "links": [{"description": "Google developers console API activation", "url": url}]}
    info = error_info("SERVICE_DISABLED", service=service, consumer=f"projects/{project}", activationUrl=url)
    return ApiError(403, "PERMISSION_DENIED", message, [info, help_], reason="accessNotConfigured")
