"""A server that says yes to everything and keeps what it was sent, and the real gcloud pointed at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sweeper.emulator.env import variables

NEEDS_GCLOUD = pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not on the PATH")
TIMEOUT = 120


class Recording:
    """What came in."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, dict]] = []
        self.url = ""

    def answer(self, path, data):
        """The job with a name and a state."""
        body = json.loads(data)
        self.bodies.append((path, body))
        if "hyperparameterTuningJobs" in path:
            name = "projects/1/locations/us-central1/hyperparameterTuningJobs/7"
            return {**body, "name": name, "state": "JOB_STATE_PENDING"}
        return {**body, "state": "QUEUED"}


@contextmanager
def recording():
    """A server in a thread of this process."""
    kept = Recording()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._send(kept.answer(self.path, data))

        def _send(self, answer):
            text = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def gcloud(kept, home, *words, storage=None):
    """One command of the real gcloud in a home of its own; what it complains of is the test's failure."""
    env = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    env |= {"HOME": str(home), **variables(kept.url, home)}
    if storage is not None:
        env["CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"] = f"{storage}/storage/v1/"
    done = subprocess.run(
        ["gcloud", "--format=json", "--quiet", *words],
        env=env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "arning" not in done.stderr, done.stderr
    return done


def submit(kept, home, to, file, *more):
    """The body that gcloud makes of an exported file."""
    if to == "vertex":
        gcloud(
            kept, home, "ai", "hp-tuning-jobs", "create", "--region=us-central1", "--display-name=n", f"--config={file}"
        )
    else:
        words = ("--region=us-central1", f"--config={file}", "--module-name=trainer.task", *more)
        gcloud(kept, home, "ai-platform", "jobs", "submit", "training", "name", *words)
    return kept.bodies[-1][1]
