"""What to do about each kind of failure: the second line of its message."""

from __future__ import annotations

from sweeper.google.call import Call
from sweeper.google.endpoints import Service
from sweeper.google.envelope import Said
from sweeper.google.failures import Kind

LOGIN = "gcloud auth application-default login"
ROLES = {
    Service.ML: "roles/ml.developer",
    Service.AIPLATFORM: "roles/aiplatform.user",
    Service.STORAGE: "roles/storage.objectAdmin",
    Service.LOGGING: "roles/logging.viewer",
    Service.PROJECTS: "roles/viewer",
}
SHUT_DOWN = "Google shut Cloud ML Engine down on 2025-01-31"
INSTEAD = (
    "use --backend vertex, or set SWEEPER_ENDPOINT to a server that speaks ml v1, such as `sweeper emulator start`"
)
BILLING = {"BILLING_DISABLED", "billingDisabled", "accountDisabled", "UREQ_PROJECT_BILLING_NOT_FOUND"}
SCOPES = {"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"}
MORE_QUOTA = (
    "let other jobs end, choose another machine or region, or ask for more: "
    "https://console.cloud.google.com/iam-admin/quotas"
)
FIXED = {
    Kind.UNCERTAIN: "it may have been done all the same: look before doing it again",
    Kind.BUSY: "try again in a few minutes; https://status.cloud.google.com says whether Google knows of it",
    Kind.EXISTS: "choose another name, or use what is there",
    Kind.GONE: INSTEAD,
}


def advice(kind: Kind, call: Call, said: Said, retry_after: float | None) -> str:
    """What to type or to wait for; empty where the message says all."""
    match kind:
        case Kind.UNAUTHENTICATED:
            return _log_in(call)
        case Kind.DENIED:
            return _allow(call, said)
        case Kind.API_DISABLED:
            return f"switch it on: gcloud services enable {call.service}.googleapis.com{_project(call)}"
        case Kind.NOT_FOUND:
            return _make(call)
        case Kind.INVALID if not said.enveloped:
            return _look_at_region(call)
        case Kind.RATE:
            return f"the same call is welcome again {_when(retry_after)}"
        case Kind.QUOTA:
            return f"{MORE_QUOTA}{_query(call)}"
        case _:
            return FIXED.get(kind, "")


def _when(retry_after: float | None) -> str:
    return "in a minute" if retry_after is None else f"in {retry_after:.0f} seconds"


def _log_in(call: Call) -> str:
    if call.override:
        return f"{call.override} asks for credentials; none are sent over plain http or to this machine"
    return f"log in again: {LOGIN}"


def _allow(call: Call, said: Said) -> str:
    if said.reasons & BILLING:
        return "the project's billing is off: https://console.cloud.google.com/billing"
    if said.reasons & SCOPES:
        return f"the credentials do not reach that far; log in again: {LOGIN}"
    if "USER_PROJECT_DENIED" in said.reasons:
        return f"choose a project for quota: gcloud auth application-default set-quota-project {call.project or 'ID'}"
    role = ROLES[call.service]
    if call.bucket:
        target = f"gcloud storage buckets add-iam-policy-binding gs://{call.bucket}"
    else:
        target = f"gcloud projects add-iam-policy-binding {call.project or 'PROJECT'}"
    also = f"; is {call.region} the right region?" if call.region else ""
    return f"let an owner type: {target} --member=user:YOU --role={role}{also}"


def _make(call: Call) -> str:
    if call.service is Service.STORAGE and call.bucket:
        where = f" --location={call.region}" if call.region else ""
        return f"if the bucket is missing: gcloud storage buckets create gs://{call.bucket}{_project(call)}{where}"
    if call.region:
        return f"is {call.project or 'it'} the right project, and {call.region} the right region?"
    return f"is {call.project} the right project?" if call.project else ""


def _look_at_region(call: Call) -> str:
    if call.override:
        return f"is {call.override} the address of a server that speaks Google's APIs?"
    return f"is {call.region} a region of {call.service.spoken}?" if call.region else ""


def _project(call: Call) -> str:
    return f" --project={call.project}" if call.project else ""


def _query(call: Call) -> str:
    return f"?project={call.project}" if call.project else ""
