"""What Vertex AI's ``trialJobSpec`` says besides the study, in the words of a sweep config."""

from __future__ import annotations

from sweeper.formats.fields import Fields
from sweeper.formats.study import Setting

PLAIN = {"serviceAccount": "service_account", "network": "network", "persistentResourceId": "persistent_resource"}
TRIAL = (
    *PLAIN,
    *("workerPoolSpecs", "scheduling", "baseOutputDirectory", "enableWebAccess", "enableDashboardAccess"),
    *("tensorboard", "protectedArtifactLocationId", "reservedIpRanges", "labels", "pscInterfaceConfig"),
    *("experiment", "experimentRun", "models"),
)
_POOL = (
    *("machineSpec", "replicaCount", "pythonPackageSpec", "containerSpec", "diskSpec"),
    *("nfsMounts", "lustreMounts"),
)
_MACHINE = ("machineType", "acceleratorType", "acceleratorCount", "tpuTopology", "reservationAffinity")
_PACKAGE = ("executorImageUri", "packageUris", "pythonModule", "args", "env")
_CONTAINER = ("imageUri", "command", "args", "env")
_SCHEDULING = ("timeout", "restartJobOnWorkerRestart", "strategy", "disableRetries", "maxWaitDuration")


def setting(trial: Fields, notes: list[str]) -> Setting:
    """Machines, program and arguments; what a config has no words for is noted."""
    section: dict[str, object] = {}
    pools = trial.each("workerPoolSpecs", _POOL)
    timeout = _scheduling(trial.below("scheduling", _SCHEDULING), section, notes)
    for key, name in PLAIN.items():
        if (value := trial.text(key)) is not None:
            section[name] = value
    if trial.truth("enableWebAccess"):
        section["web_access"] = True
    if trial.has("baseOutputDirectory"):
        notes.append("baseOutputDirectory is left out: every trial gets a folder of its own")
    known = ("workerPoolSpecs", "scheduling", "baseOutputDirectory", "enableWebAccess")
    notes += [f"{key} is not taken over" for key in trial.besides(*PLAIN, *known)]
    if not pools:
        return Setting(timeout=timeout, section=section)
    section |= _machines(pools, notes)
    return _program(pools[0], timeout, section, notes)


def _machines(pools: list[Fields], notes: list[str]) -> dict[str, object]:
    machines = [_machine(pool, notes) for pool in pools]
    disk = pools[0].below("diskSpec", ("bootDiskType", "bootDiskSizeGb"))
    words = {"type": disk.text("bootDiskType"), "size_gb": disk.whole("bootDiskSizeGb", 1)} if disk else {}
    given = {key: value for key, value in words.items() if value is not None}
    found: dict[str, object] = {"disk": given} if given else {}
    if len(machines) > 1:
        return {"worker_pools": machines, **found}
    first = machines[0]
    if first.pop("replicas", 1) != 1:
        pools[0].wrong("replicaCount", "the first pool is the chief: expected 1", "put the others into a second pool")
    return {**first, **found}


def _machine(pool: Fields, notes: list[str]) -> dict[str, object]:
    notes += [f"{key} is not taken over" for key in pool.besides(*_POOL[:5])]
    spec = pool.below("machineSpec", _MACHINE)
    if spec is None:
        return {"replicas": 0}
    notes += [f"{key} is not taken over" for key in spec.besides(*_MACHINE[:3])]
    found: dict[str, object] = {}
    if (machine := spec.text("machineType")) is not None:
        found["machine"] = machine
    if (kind := spec.text("acceleratorType")) is not None:
        found["accelerator"] = {"type": kind, "count": spec.whole("acceleratorCount", 1) or 1}
    replicas = pool.whole("replicaCount", 0)
    return {**found, **({"replicas": replicas} if replicas not in (None, 1) else {})}


def _program(pool: Fields, timeout: float | None, section: dict[str, object], notes: list[str]) -> Setting:
    package = pool.below("pythonPackageSpec", _PACKAGE)
    program = package or pool.below("containerSpec", _CONTAINER)
    if program is None:
        return Setting(timeout=timeout, section=section)
    if program.has("packageUris"):
        notes.append("packageUris is left out: sweeper makes the trainer's package itself")
    if program.has("command"):
        notes.append(f"{program.at('command')} is not taken over: the image's own command is run")
    if package is not None and (runtime := package.text("executorImageUri")) is not None:
        section["runtime"] = runtime
    env = {}
    for one in program.each("env", ("name", "value")):
        name, value = one.text("name"), one.text("value")
        if name is not None:
            env[name] = value or ""
    return Setting(
        module=package.text("pythonModule") if package else None,
        image=None if package else program.text("imageUri"),
        env=env,
        args=program.texts("args"),
        timeout=timeout,
        section=section,
    )


def _scheduling(scheduling: Fields | None, section: dict[str, object], notes: list[str]) -> float | None:
    if scheduling is None:
        return None
    strategy = scheduling.text("strategy")
    if strategy == "SPOT":
        section["spot"] = True
    elif strategy not in (None, "FLEX_START", "STANDARD", "ON_DEMAND", "STRATEGY_UNSPECIFIED"):
        notes.append(f"{scheduling.at('strategy')} {strategy} is not taken over")
    if (wait := scheduling.text("maxWaitDuration")) is not None:
        section["max_wait"] = wait
    if scheduling.truth("restartJobOnWorkerRestart"):
        section["restart_on_worker_restart"] = True
    if scheduling.has("disableRetries"):
        notes.append(f"{scheduling.at('disableRetries')} is not taken over: limits.retries says it")
    return scheduling.seconds("timeout")
