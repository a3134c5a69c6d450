"""What ML Engine's ``trainingInput`` says besides the study, in the words of a sweep config."""

from __future__ import annotations

from sweeper.formats.fields import Fields
from sweeper.formats.study import Setting

PLAIN = {
    "region": "region",
    "scaleTier": "scale_tier",
    "masterType": "master_type",
    "workerType": "worker_type",
    "parameterServerType": "parameter_server_type",
    "runtimeVersion": "runtime",
    "pythonVersion": "python_version",
    "serviceAccount": "service_account",
    "network": "network",
}
COUNTS = {"workerCount": "worker_count", "parameterServerCount": "parameter_server_count"}
TRAINING = (
    *PLAIN,
    *COUNTS,
    *("hyperparameters", "packageUris", "pythonModule", "args", "jobDir", "masterConfig", "workerConfig"),
    *("parameterServerConfig", "evaluatorConfig", "evaluatorType", "evaluatorCount", "scheduling"),
    *("encryptionConfig", "useChiefInTfConfig", "enableWebAccess"),
)
_REPLICA = ("imageUri", "acceleratorConfig", "containerCommand", "containerArgs", "diskConfig", "tpuTfVersion")


def setting(training: Fields, notes: list[str]) -> Setting:
    """Machines, program and arguments; what a config has no words for is noted."""
    section: dict[str, object] = {}
    for key, name in PLAIN.items():
        # The versions are text that looks like a number; people leave the quotes out.
        value = training.version(key) if key.endswith("Version") else training.text(key)
        if value is not None:
            section[name] = value
    for key, name in COUNTS.items():
        if (count := training.whole(key, 1)) is not None:
            section[name] = count
    image = _master(training.below("masterConfig", _REPLICA), section, notes)
    _scheduling(training.below("scheduling", ("maxRunningTime", "maxWaitTime", "priority")), section, notes)
    if image is not None:
        for key in ("runtime", "python_version"):
            section.pop(key, None)
    if training.has("packageUris"):
        notes.append("packageUris is left out: sweeper makes the trainer's package itself")
    if training.has("jobDir"):
        notes.append("jobDir is left out: every trial gets a folder of its own")
    known = (*PLAIN, *COUNTS, "hyperparameters", "packageUris", "pythonModule", "args", "jobDir")
    notes += [f"{key} is not taken over" for key in training.besides(*known, "masterConfig", "scheduling")]
    return Setting(module=training.text("pythonModule"), image=image, args=training.texts("args"), section=section)


def _master(config: Fields | None, section: dict[str, object], notes: list[str]) -> str | None:
    if config is None:
        return None
    accelerator = config.below("acceleratorConfig", ("count", "type"))
    if accelerator is not None and (kind := accelerator.text("type")) is not None:
        section["accelerator"] = {"type": kind, "count": accelerator.whole("count", 1) or 1}
    notes += [f"{key} is not taken over" for key in config.besides("imageUri", "acceleratorConfig")]
    return config.text("imageUri")


def _scheduling(scheduling: Fields | None, section: dict[str, object], notes: list[str]) -> None:
    if scheduling is None:
        return
    if (wait := scheduling.text("maxWaitTime")) is not None:
        section["max_wait"] = wait
    if (priority := scheduling.whole("priority")) is not None:
        section["priority"] = priority
    if scheduling.has("maxRunningTime"):
        notes.append("scheduling.maxRunningTime is left out: it is of the whole job, limits.timeout of one trial")
