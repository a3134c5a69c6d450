"""How many trials run at once, and what each slot may use of the machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from sweeper.backends.local.hazards import THREAD_VARIABLES
from sweeper.lean import dataclass
from sweeper.model import LocalSettings


@dataclass(frozen=True, slots=True)
class Slots:
    """What the trials share out among themselves."""

    count: int
    threads: int
    """BLAS and OpenMP threads of each trial."""
    gpus: tuple[str, ...] = ()
    """One device of the machine for each slot in turn; empty = no slot pins a device."""

    def variables(self) -> list[dict[str, str]]:
        """What a trial finds in its environment, slot by slot."""
        return [{"CUDA_VISIBLE_DEVICES": gpu} for gpu in self.gpus] or [{}]


def share_out(
    settings: LocalSettings,
    *,
    parallel: int | None,
    cores: int,
    gpus: Sequence[str],
    environ: Mapping[str, str],
) -> Slots:
    """Slots for one launch. ``gpus`` are the machine's device numbers.

    With GPUs there are as many slots as devices times ``trials_per_gpu``, else as many as cores. ``parallel`` wins, but
    with ``slots: gpu`` a device never gets more trials than ``trials_per_gpu``.
    """
    devices = tuple(gpus) if settings.slots in ("gpu", "auto") else ()
    pinned = tuple(device for _ in range(settings.trials_per_gpu) for device in devices)
    count = parallel or len(pinned) or cores
    if settings.slots == "gpu" and pinned:
        count = min(count, len(pinned))
    named = next((environ[name] for name in THREAD_VARIABLES if environ.get(name, "").isdigit()), None)
    threads = settings.threads or int(named or 0) or max(1, cores // count)
    return Slots(count, threads, pinned)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpus(environ: Mapping[str, str], *, ask: Callable[[], Sequence[str]] | None = None) -> tuple[str, ...]:
    """The devices that trials may use: what CUDA_VISIBLE_DEVICES leaves, else what nvidia-smi lists."""
    visible = environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return tuple(device.strip() for device in visible.split(",") if device.strip() not in ("", "-1"))
    return tuple((ask or _ask_nvidia)())


def _ask_nvidia() -> Sequence[str]:
    if not any(os.access(os.path.join(folder, "nvidia-smi"), os.X_OK) for folder in os.get_exec_path()):
        return ()
    import subprocess  # where there is no GPU, a launch starts without it

    found = subprocess.run(
        ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return found.stdout.split() if found.returncode == 0 else ()
