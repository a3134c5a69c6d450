"""The variables that point sweeper, gcloud and Google's libraries at an emulator."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

PROJECT = "emulator"
REGION = "us-central1"


def variables(url: str, folder: Path) -> dict[str, str]:
    """Of an emulator at that URL, which keeps its things in that folder."""
    return {
        "SWEEPER_ENDPOINT": url,
        # google-cloud-storage and gcsfs; the latter would look for credentials of its own.
        "STORAGE_EMULATOR_HOST": url,
        "FSSPEC_GCS_TOKEN": "anon",
        # Else gcsfs asks by gRPC what kind of bucket it is, which no emulator answers, and waits a minute for that.
        "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
        # A configuration of its own, so that nobody's account or project is touched.
        "CLOUDSDK_CONFIG": str(folder / "gcloud"),
        "CLOUDSDK_CORE_PROJECT": PROJECT,
        "CLOUDSDK_AI_REGION": REGION,
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_ML": f"{url}/",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM": f"{url}/",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{url}/storage/v1/",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING": f"{url}/",
    }


def exports(url: str, folder: Path) -> Iterator[str]:
    """The same as lines that a shell takes."""
    for name, value in variables(url, folder).items():
        yield f"export {name}={shlex.quote(value)}"
