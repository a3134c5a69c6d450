"""How a run tells its metrics: JSON lines in its folder, and the tuning service's file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from hypertune import HyperTune

from trainer import storage
from trainer.errors import UserError

METRICS = "metrics.jsonl"
TAG = "accuracy"
METRIC_FILE = "CLOUD_ML_HP_METRIC_FILE"


def write_lines(folder: storage.Place, rows: Sequence[dict[str, float]]) -> None:
    """Make the folder's metrics exactly these rows.

    The file is written whole: an object store cannot append, and a run that goes on from a checkpoint
    drops the lines that came after it.
    """
    storage.save(folder, METRICS, "".join(json.dumps(row) + "\n" for row in rows).encode())


def tuning_service() -> HyperTune | None:
    """The tuning service's reporter; None where nobody asked for its file and the default place is not writable."""
    asked_for = os.environ.pop(METRIC_FILE, "")
    if asked_for:
        os.environ[METRIC_FILE] = os.path.abspath(asked_for)  # of a bare name, hypertune makes the folder ''
    try:
        return _writable(_hypertune())
    except OSError as error:
        if not asked_for:
            return None
        raise UserError(f"{METRIC_FILE}: {asked_for}: cannot be written ({error.strerror})") from None


def tell(service: HyperTune | None, row: dict[str, float]) -> None:
    """Report one epoch to the tuning service."""
    if service is not None:
        service.report_hyperparameter_tuning_metric(TAG, row[TAG], global_step=row["epoch"])


def _hypertune() -> Any:
    try:
        return HyperTune()
    except FileExistsError:  # another run made the folder between hypertune's look and its own try
        return HyperTune()


def _writable(service: Any) -> Any:
    with open(service.metric_path, "a"):
        return service
