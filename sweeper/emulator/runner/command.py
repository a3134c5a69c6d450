"""What a job's process is given: its command line and its environment."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from sweeper.emulator.runner import build
from sweeper.emulator.runner.folder import JobFolder
from sweeper.emulator.runner.packages import CannotRun
from sweeper.emulator.runner.work import Work

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
HANG = ("sleep", "2147483647")
"""What stands in for the program of a job that hangs."""
FOR_PIP = (
    *("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NETRC"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_TRUSTED_HOST", "PIP_CERT"),
    *("PIP_CLIENT_CERT", "PIP_PROXY", "PIP_CONFIG_FILE", "PIP_CACHE_DIR", "PIP_RETRIES", "PIP_DEFAULT_TIMEOUT"),
)
"""What pip needs to find packages, and nothing that would make it install elsewhere."""


def refuse(work: Work) -> None:
    """CannotRun where there is nothing that could be run here."""
    if not work.module and not work.command:
        image = f"the image {work.image}" if work.image else "a container"
        raise CannotRun(
            f"the emulator has no container runtime and cannot start {image} by its own entry point: "
            "give the container a command, which is then run as a local process"
        )


def argv(work: Work, environment: Path) -> list[bytes]:
    """Byte for byte, whatever the emulator's own locale is."""
    words = [str(build.python(environment)), "-m", work.module] if work.module else list(work.command)
    return [_bytes(word) for word in (*words, *work.args)]


def shown(work: Work) -> str:
    """The command line as the services' logs show it."""
    words = ["python3", "-m", work.module] if work.module else list(work.command)
    return shlex.join([*words, *work.args])


def variables(
    work: Work, folder: JobFolder, environment: Path, *, base_url: str, threads: int, path: str
) -> Mapping[bytes, bytes]:
    """A small environment: nothing of the emulator's own gets in, whose variables may be secrets."""
    found = {
        "PATH": os.pathsep.join([str(environment / "bin"), path]),
        "HOME": str(folder.work),
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder.temporary),
        "PYTHONUNBUFFERED": "1",  # so that the log is up to date
        # gcsfs and google-cloud-storage then find the emulator's buckets and ask for no credentials
        "STORAGE_EMULATOR_HOST": base_url,
        "FSSPEC_GCS_TOKEN": "anon",
        "NO_GCE_CHECK": "true",
        # gcsfs would ask by gRPC what kind of bucket it is, which no emulator answers, and wait a minute for that
        "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
        "CLOUD_ML_HP_METRIC_FILE": str(folder.metrics),  # all jobs of one machine would share cloudml-hypertune's own
        **{name: str(threads) for name in THREAD_VARIABLES},
        **work.env,
    }
    return {_bytes(name): _bytes(value) for name, value in found.items()}


def for_pip(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of the emulator's environment that pip gets."""
    return {**_only(environ, FOR_PIP), "PIP_USER": "0"}


def _only(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: environ[name] for name in names if name in environ}


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise CannotRun(f"{text!r} cannot be passed to a program: it is no text") from None
