"""Which machines one cloud job occupies, as its settings say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sweeper.model import CloudSettings

DEFAULT = "n1-standard-4"
"""The machine where the settings name none."""
BASIC = "BASIC"
"""ML Engine's scale tier where the settings name neither tier nor machine."""


@dataclass(frozen=True, slots=True)
class Machines:
    """A number of machines of one kind."""

    machine: str
    """A machine type, or one of ML Engine's scale tiers."""
    accelerator: str | None = None
    accelerators: int = 0
    """Of each machine."""
    count: int = 1

    def __str__(self) -> str:
        times = f"{self.count} x " if self.count != 1 else "scale tier " if self.machine.isupper() else ""
        return f"{times}{self.machine}" + (
            f" with {self.accelerators} x {self.accelerator}" if self.accelerator else ""
        )


def machines(settings: CloudSettings, backend: str) -> tuple[Machines, ...]:
    """What one job of these settings runs on; none where it runs on machines that are paid for anyway."""
    if settings.extra.get("persistent_resource"):
        return ()
    if backend == "mlengine":
        return _mlengine(settings)
    if pools := settings.extra.get("worker_pools"):
        written = cast("Sequence[Mapping[str, Any]]", pools)
        return tuple(_pool(pool) for pool in written if pool.get("replicas", 1))
    return (_machines(settings),)


def _machines(settings: CloudSettings) -> Machines:
    count = settings.accelerators if settings.accelerator else 0
    return Machines(settings.machine or DEFAULT, settings.accelerator, count)


def _pool(pool: Mapping[str, Any]) -> Machines:
    accelerator = pool.get("accelerator")
    count = pool.get("accelerators", 1) if accelerator else 0
    return Machines(pool.get("machine") or DEFAULT, accelerator, count, pool.get("replicas", 1))


def _mlengine(settings: CloudSettings) -> tuple[Machines, ...]:
    extra = cast("Mapping[str, Any]", settings.extra)
    tier = extra.get("scale_tier")
    if tier not in (None, "CUSTOM") or (tier is None and not settings.machine and not settings.accelerator):
        return (Machines(tier or BASIC),)
    kinds = [(extra.get(f"{role}_type"), extra.get(f"{role}_count")) for role in ("worker", "parameter_server")]
    return (_machines(settings), *(Machines(kind, count=count) for kind, count in kinds if kind and count))
