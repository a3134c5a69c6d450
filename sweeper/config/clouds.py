"""The sections of the cloud backends: their keys, and how a section becomes CloudSettings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.config.check import Section
from sweeper.config.forms import ACCELERATOR, ACCOUNT, BUCKET, EXECUTOR, MACHINE, NETWORK, PROJECT, REGION
from sweeper.config.kinds import Duration, Fields, Forms, Key, ListOf, Money, Text, Truth, Whole, Word
from sweeper.lean import fields
from sweeper.model import CloudSettings

CUSTOM = "CUSTOM"
"""ML Engine's scale tier that leaves the machines to its user."""

_VERSION = Text(r"[0-9]+(?:\.[0-9]+)*(?:-[\w.]+)?", "a version", numbers=True, example="2.11")
_ACCELERATOR = Forms(
    ACCELERATOR,
    mapping=Fields(
        (
            Key("type", ACCELERATOR, "The accelerator, as the service spells it.", required=True),
            Key("count", Whole(1, 256), "How many of them each machine has.", 1),
        )
    ),
)
_PLACE = (
    Key("project", PROJECT, "The project that pays. Left out: SWEEPER_PROJECT, Google's variables, gcloud's own."),
    Key("region", REGION, "Where the jobs run. Left out: SWEEPER_REGION, Google's variables, gcloud's own."),
    Key("bucket", BUCKET, "For packages, data and output folders: gs://bucket/folder. Left out: SWEEPER_BUCKET."),
)
_COMMON = (
    Key("service_account", ACCOUNT, "The account that the jobs run as. Left out: the service's own."),
    Key("network", NETWORK, "The network that the jobs are peered with."),
    Key("creates_per_minute", Whole(1, 100_000), "The service's quota on new jobs.", 60),
    Key("price", Money(), "US dollars an hour for the machines of one job, instead of the shipped table."),
)
MLENGINE = Fields(
    (
        *_PLACE,
        Key(
            "scale_tier", Word(("BASIC", "STANDARD_1", "PREMIUM_1", "BASIC_GPU", "BASIC_TPU", CUSTOM)), "The machines."
        ),
        Key("machine", MACHINE, "The same as master_type, as vertex calls it."),
        Key("master_type", MACHINE, "The machine; with scale_tier: CUSTOM, which it stands for if that is left out."),
        Key("accelerator", _ACCELERATOR, "GPUs of the machine: a type, or type and count."),
        Key("worker_type", MACHINE, "The machine of each further worker."),
        Key("worker_count", Whole(1, 1000), "How many further workers."),
        Key("parameter_server_type", MACHINE, "The machine of each parameter server."),
        Key("parameter_server_count", Whole(1, 1000), "How many parameter servers."),
        Key("runtime", _VERSION, "The runtime version that runs a package."),
        Key("python_version", _VERSION, "The Python of that runtime."),
        Key("max_wait", Duration(), "How long a job may wait for its machines, 30m at least."),
        Key("priority", Whole(0, 1000), "Among the jobs that wait: higher goes first."),
        *_COMMON,
    ),
    foreign=(
        ("spot", "ML Engine has no spot machines; leave it out, or write backend: vertex"),
        ("preemptible", "ML Engine has no spot machines; leave it out, or write backend: vertex"),
        ("master_image", "write trainer: {module: ..., image: ...}"),
        ("image", "write trainer: {module: ..., image: ...}"),
        ("timeout", "write limits: {timeout: 2h}"),
        ("worker_pools", "write worker_type, worker_count, parameter_server_type and parameter_server_count"),
    ),
)
_POOL = Fields(
    (
        Key("machine", MACHINE, "The machine type."),
        Key("accelerator", _ACCELERATOR, "GPUs of each machine: a type, or type and count."),
        Key("replicas", Whole(0, 1000), "How many machines; 0 skips the pool.", 1),
    )
)
VERTEX = Fields(
    (
        *_PLACE,
        Key("machine", MACHINE, "The machine type. Left out: n1-standard-4."),
        Key("accelerator", _ACCELERATOR, "GPUs of the machine: a type, or type and count."),
        Key(
            "worker_pools", ListOf(_POOL, 1), "Several pools, instead of machine; the first is one machine, the chief."
        ),
        Key(
            "disk",
            Fields(
                (
                    Key("type", Word(("pd-ssd", "pd-standard", "hyperdisk-balanced")), "The kind of the boot disk."),
                    Key("size_gb", Whole(100, 64_000), "The size of the boot disk in GB."),
                )
            ),
            "The boot disk of each machine.",
        ),
        Key("runtime", EXECUTOR, "The image that runs a package: one of Vertex AI's pre-built training containers."),
        Key("spot", Truth(), "Cheaper machines that may be taken away; such a trial is run again.", False),
        Key(
            "persistent_resource",
            Text(r"[a-z][a-z0-9\-]{0,62}", "the id of a persistent resource", example="my-pool"),
            "Run on the machines of this persistent resource.",
        ),
        Key("restart_on_worker_restart", Truth(), "Restart the whole job where one of its machines restarts.", False),
        Key("web_access", Truth(), "Allow an interactive shell in the jobs.", False),
        Key("max_wait", Duration(), "Wait so long for machines to become free (flexible start)."),
        *_COMMON,
    ),
    foreign=(
        ("scale_tier", "it is ML Engine's; write machine"),
        ("master_type", "write machine"),
        ("image", "write trainer: {module: ..., image: ...}"),
        ("preemptible", "write spot: true"),
        ("timeout", "write limits: {timeout: 2h}"),
        ("replicas", "write worker_pools: [{machine: ...}, {machine: ..., replicas: 4}]"),
    ),
)
SECTIONS: Mapping[str, Fields] = {"mlengine": MLENGINE, "vertex": VERTEX}
"""The cloud backends' sections, by the backend's name."""

_SHARED = {field.name for field in fields(CloudSettings)} - {"extra", "accelerator", "accelerators", "machine"}


def build_cloud(section: Section) -> CloudSettings:
    """The settings of one checked section; what only its service has goes into ``extra``."""
    values = dict(section.values)
    machine = values.pop("master_type", None) or values.pop("machine", None)
    accelerator, accelerators = _accelerator(values.pop("accelerator", None))
    shared = {name: values.pop(name) for name in list(values) if name in _SHARED}
    if bucket := shared.get("bucket"):
        shared["bucket"] = bucket.rstrip("/")
    extra = {name: _plain(name, value) for name, value in values.items()}
    return CloudSettings(machine=machine, accelerator=accelerator, accelerators=accelerators, extra=extra, **shared)


def _accelerator(checked: Any) -> tuple[str | None, int]:
    if isinstance(checked, Section):
        return checked.values.get("type"), checked.values.get("count", 1)
    return checked, 1


def _plain(name: str, value: Any) -> object:
    """What only one service has, without sections: pools as dicts with all four of their values."""
    if name == "worker_pools":
        return tuple(_pool(pool) for pool in value)
    return dict(value.values) if isinstance(value, Section) else value


def _pool(pool: Section) -> dict[str, object]:
    accelerator, count = _accelerator(pool.values.get("accelerator"))
    return {
        "machine": pool.values.get("machine"),
        "accelerator": accelerator,
        "accelerators": count,
        "replicas": pool.values.get("replicas", 1),
    }
