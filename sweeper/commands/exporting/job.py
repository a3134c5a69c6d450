"""The job around an exported study, made by the code that makes the backends' own."""

from __future__ import annotations

from typing import Any

from sweeper.backends.cloud.staged import Staged
from sweeper.command import Rendering, render
from sweeper.commands.exporting.files import Files
from sweeper.errors import UserError
from sweeper.formats.translate import Translation
from sweeper.model import CloudSettings, Job, Sweep
from sweeper.surroundings import Surroundings
from sweeper.usage.check import SAMPLE


def job_of(sweep: Sweep, found: Translation, rendering: Rendering, up: Files, here: Surroundings) -> dict[str, Any]:
    """What every trial of the service's is, but for its parameters."""
    args = render(rendering, found.constants, placeholders=SAMPLE, seed=found.seed)
    if "--" in args:
        message = "an argument that begins with a dash stands behind --, where the service appends its options as well"
        raise UserError(message, where=sweep.path, path="parameters", hint="give the trainer an option for it")
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    staged = Staged(f"{up.folder}/{sweep.name}", up.package, "")
    region = region_of(sweep, up, here)
    if sweep.backend == "mlengine":
        from sweeper.backends.mlengine.body import body

        job = Job(sweep.name, "", 1, args, sweep.trainer)
        training: dict[str, Any] = body(job, settings, staged, region=region or "")["trainingInput"]
        return {key: value for key, value in training.items() if value and key != "jobDir"}
    from sweeper.backends.vertex import body as vertex

    job = Job(sweep.name, "", 1, args, sweep.trainer, timeout=sweep.limits.timeout)
    spec: dict[str, Any] = vertex.body(job, settings, staged, region=region or "us-central1")["jobSpec"]
    base = spec.pop("baseOutputDirectory")
    pools = [_without_ours(pool) for pool in spec.pop("workerPoolSpecs")]
    output = {"baseOutputDirectory": {**base, "outputUriPrefix": f"{staged.folder}/tuning"}} if up.place else {}
    return {"workerPoolSpecs": pools, **spec, **output}


def _without_ours(pool: dict[str, Any]) -> dict[str, Any]:
    """A pool without the variables that sweeper sets for each trial, which here it does not."""
    for key in ("pythonPackageSpec", "containerSpec"):
        if key in pool:
            env = [one for one in pool[key]["env"] if not one["name"].startswith("SWEEPER_")]
            program = {name: value for name, value in pool[key].items() if name != "env" and value != []}
            pool = {**pool, key: {**program, **({"env": env} if env else {})}}
    return pool


def region_of(sweep: Sweep, up: Files, here: Surroundings) -> str | None:
    """As far as it is said in the config, on the command line or by where things are staged: no variable decides."""
    settings = sweep.clouds.get(sweep.backend) or CloudSettings()
    return up.place.region if up.place else here.flags.get("region") or settings.region
