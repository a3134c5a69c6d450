"""The environment variables that Vertex sets for the program of a custom job."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sweeper.emulator.jobs.record import Record

PORT = 2222
TRIAL = "trial"
"""Where a record that runs a trial of a tuning job says so: the trial's id and the metric's name."""
FOLDERS = {
    "AIP_MODEL_DIR": "model",
    "AIP_CHECKPOINT_DIR": "checkpoints",
    "AIP_TENSORBOARD_LOG_DIR": "logs",
}


def environment(record: Record, project: str, variables: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What the service sets, then what the job sets; ``$(NAME)`` stands for what was set before, ``$$(`` escapes it."""
    spec, trial = record.body["jobSpec"], record.body.get(TRIAL)
    found = {
        "CLOUD_ML_JOB": json.dumps(spec),
        "CLOUD_ML_JOB_ID": record.job_id,
        "CLOUD_ML_PROJECT_ID": project,
        "CLOUD_ML_REGION": record.collection.split("/")[3],
        "CLUSTER_SPEC": json.dumps(_cluster_spec(spec, trial)),
        "TF_CONFIG": json.dumps(_tf_config(trial)),
    }
    if trial:
        found |= {"CLOUD_ML_TRIAL_ID": trial["id"], "CLOUD_ML_HP_METRIC_TAG": trial["tag"]}
    if folder := output_folder(record):
        found |= {name: f"{folder}{below}/" for name, below in FOLDERS.items()}
    if "tensorboard" in spec:
        found["AIP_TENSORBOARD_RESOURCE_NAME"] = spec["tensorboard"]
    for variable in variables:
        found[variable["name"]] = _expand(variable.get("value", ""), found)
    return found


def output_folder(record: Record) -> str | None:
    """``baseOutputDirectory``, with the slash at the end that the service adds."""
    prefix = record.body["jobSpec"].get("baseOutputDirectory", {}).get("outputUriPrefix")
    return f"{prefix.rstrip('/')}/" if prefix else None


def _expand(text: str, known: Mapping[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        return match[0][1:] if match[0].startswith("$$") else known.get(match[1], match[0])

    return re.sub(r"\$?\$\((\w+)\)", replacement, text)


def _cluster_spec(spec: Mapping[str, Any], trial: Mapping[str, str] | None) -> dict[str, Any]:
    """One replica of each pool that the job has, all on this machine; only the first is really there."""
    pools = [place for place, pool in enumerate(spec["workerPoolSpecs"]) if pool]
    return {
        "cluster": {f"workerpool{place}": [f"127.0.0.1:{PORT + place}"] for place in pools},
        "environment": "cloud",
        "job": json.dumps({"worker_pools": len(pools)}),
        "task": {"index": 0, "type": "workerpool0", **_trial(trial)},
    }


def _tf_config(trial: Mapping[str, str] | None) -> dict[str, Any]:
    """A cluster of one: a program that waited for workers would wait for ever."""
    return {
        "cluster": {"chief": [f"127.0.0.1:{PORT}"]},
        "environment": "cloud",
        "task": {"index": 0, "type": "chief", **_trial(trial)},
    }


def _trial(trial: Mapping[str, str] | None) -> dict[str, str]:
    return {"trial": trial["id"]} if trial else {}
