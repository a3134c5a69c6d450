"""Creates jobs with google-api-python-client alone, as fast as it can: `_cloud_peer.py URL BACKEND PROJECT BODIES`.

Static discovery, 32 threads, an Http for each. The collection is built once: reaching it anew for each call, as the
library's own examples do, costs up to 84 ms for Vertex AI. Prints the seconds from the first call to the last answer.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httplib2
from google.auth.credentials import AnonymousCredentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]
from googleapiclient.discovery import build

THREADS = 32


def main() -> None:
    """Send all bodies of the file."""
    url, backend, project, file = sys.argv[1:]
    bodies = json.loads(Path(file).read_text(encoding="utf-8"))
    name, parent = {
        "mlengine": ("ml", f"projects/{project}"),
        "vertex": ("aiplatform", f"projects/{project}/locations/us-central1"),
    }[backend]
    service = build(
        name,
        "v1",
        static_discovery=True,
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": url},
    )
    projects = service.projects()
    jobs = projects.jobs() if backend == "mlengine" else projects.locations().customJobs()
    own = threading.local()

    def create(body: dict[str, Any]) -> None:
        if not hasattr(own, "http"):
            own.http = AuthorizedHttp(AnonymousCredentials(), http=httplib2.Http(timeout=60))
        jobs.create(parent=parent, body=body).execute(http=own.http)

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(create, bodies))
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
