"""What the names of Google's cloud look like: a project, a region, a bucket, an account."""

from __future__ import annotations

from sweeper.config.kinds import Text

PROJECT = Text(
    r"(?:[a-z0-9.\-]+:)?[a-z][a-z0-9\-]*[a-z0-9]?|[0-9]+",
    "a project's id (small letters, digits, dashes) or number",
    numbers=True,
    example="my-project",
)
REGION = Text(r"[a-z]+-[a-z]+[0-9]+", "a region", example="us-central1; a region is a zone without its last part")
BUCKET = Text(
    r"gs://[a-z0-9](?:[a-z0-9_\-]|\.(?!\.)){1,220}[a-z0-9](?:/[^/\s?#*\[\]]+)*/?",
    "gs://bucket or gs://bucket/folder",
    example="gs://my-bucket/sweeps; a bucket's name has 3 or more small letters, digits and dashes",
)
ACCOUNT = Text(
    r"[^@\s]+@[^@\s]+\.[^@\s]+", "a service account's address", example="name@project.iam.gserviceaccount.com"
)
NETWORK = Text(
    r"projects/[^/\s]+/global/networks/[^/\s]+",
    "a network's full name",
    example="projects/12345/global/networks/default",
)
ACCELERATOR = Text(r"(?:NVIDIA|TPU)_[A-Z0-9_]+", "an accelerator as the service spells it", example="NVIDIA_TESLA_T4")
MACHINE = Text(r"[a-z][a-z0-9]*(?:[\-_][a-z0-9]+)*", "a machine type", example="n1-standard-4")
IMAGE = Text(
    r"[a-z0-9][a-z0-9.\-]*(?::[0-9]+)?(?:/[A-Za-z0-9._\-]+)*(?::[\w.\-]+)?(?:@sha256:[0-9a-f]{64})?",
    "a container image's address",
    example="us-docker.pkg.dev/my-project/my-repo/trainer:latest",
)
EXECUTOR = Text(
    r"[a-z0-9][a-z0-9.\-]*/[A-Za-z0-9._\-/]+(?::[\w.\-]+)?",
    "a container image's address",
    example="us-docker.pkg.dev/vertex-ai/training/pytorch-gpu.2-4.py310:latest",
)
