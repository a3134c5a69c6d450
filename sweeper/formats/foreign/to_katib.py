"""A sweep as an Experiment of Katib."""

from __future__ import annotations

import re
from typing import Any

from sweeper.command import Rendering, render
from sweeper.config.methods import ADAPTIVE
from sweeper.formats.foreign.outgoing import SAMPLE, Outgoing, Sent, environment, grid_like, outgoing
from sweeper.formats.losses import Can
from sweeper.model import Choices, Sweep, Value

FILE = "experiment.yaml"
IMAGE = "IMAGE-OF-YOURS"
CAN = Can(
    title="Katib",
    conditions=False,
    best=True,
    spaces=False,
    timeout=True,
    least_gap=0.0,
    largest=2**53,
)
_ALGORITHMS = {"random": "random", "sobol": "sobol", "gp": "bayesianoptimization", "tpe": "tpe", "cmaes": "cmaes"}


def write(sweep: Sweep, rendering: Rendering) -> tuple[dict[str, Any], Outgoing]:
    """The document, and what it does not say. Raises UserError where nothing of the sweep can be said."""
    made = outgoing(sweep, rendering, CAN, flags=False)
    spec: dict[str, Any] = {
        "objective": _objective(sweep),
        "algorithm": {"algorithmName": _algorithm(sweep, made)},
    }
    spec |= {"earlyStopping": early} if (early := _early(sweep, made)) else {}
    spec |= _counts(sweep, made)
    spec["parameters"] = [_parameter(one) for one in made.sent]
    spec["trialTemplate"] = _template(sweep, rendering, made)
    made.notes.append("Katib reads the metric from lines name=value of what the trainer prints")
    name = re.sub(r"[^a-z0-9]+", "-", sweep.name.lower()).strip("-") or "sweep"
    return {
        "apiVersion": "kubeflow.org/v1beta1",
        "kind": "Experiment",
        "metadata": {"name": name[:40].strip("-")},
        "spec": spec,
    }, made


def _objective(sweep: Sweep) -> dict[str, object]:
    metric, best = sweep.metric, {"maximize": "max", "minimize": "min"}[sweep.metric.goal]
    value = {"last": "latest", "best": best}.get(metric.reduce, metric.reduce)
    return {
        "type": metric.goal,
        "objectiveMetricName": metric.name,
        "metricStrategies": [{"name": metric.name, "value": value}],
    }


def _algorithm(sweep: Sweep, made: Outgoing) -> str:
    if grid_like(sweep):
        return "grid"
    if sweep.method == "auto":
        made.lose("method", "points are proposed by auto, two models in turns", "by one of them (tpe)")
    service = sweep.method == "service" and sweep.algorithm == "service"
    return _ALGORITHMS.get(sweep.method, "tpe" if sweep.method in ADAPTIVE or service else "random")


def _early(sweep: Sweep, made: Outgoing) -> dict[str, object]:
    rule = sweep.early_stopping
    if rule is None:
        return {}
    if rule.stall is not None:
        made.lose("early_stopping.stall", "a trial that reports nothing is ended", "it goes on")
    if rule.rule != "median":
        made.lose("early_stopping", f"trials are stopped by rule {rule.rule}", "all run to their end")
        return {}
    settings = {"min_trials_required": rule.min_trials, "start_step": rule.min_steps}
    written = [{"name": name, "value": str(value)} for name, value in settings.items()]
    return {"algorithmName": "medianstop", "algorithmSettings": written}


def _counts(sweep: Sweep, made: Outgoing) -> dict[str, object]:
    wanted = made.points if grid_like(sweep) else sweep.trials or 1
    most = min(wanted, sweep.limits.trials or wanted)
    if sweep.limits.parallel is None:
        made.notes.append("limits.parallel is not said: Katib runs 3 at a time")
    return {"parallelTrialCount": min(sweep.limits.parallel or 3, most), "maxTrialCount": most}


def _parameter(one: Sent) -> dict[str, object]:
    domain = one.domain
    if isinstance(domain, Choices):
        numbers = all(isinstance(value, (int, float)) for value in domain.values)
        space: dict[str, object] = {"list": [_text(value) for value in domain.values]}
        kind = "discrete" if numbers else "categorical"
    else:
        space = {"min": _text(domain.min), "max": _text(domain.max)}
        space |= {"distribution": "logUniform"} if domain.scale == "log" else {}
        kind = "int" if domain.integer else "double"
    return {"name": one.name, "parameterType": kind, "feasibleSpace": space}


def _text(value: Value) -> str:
    return value if isinstance(value, str) else repr(value)


def _template(sweep: Sweep, rendering: Rendering, made: Outgoing) -> dict[str, object]:
    seed = sweep.seed if rendering.seed_parameter is not None else None
    fixed = list(render(rendering, made.constants, placeholders=SAMPLE, seed=seed))
    names = {one.name: re.sub(r"\W", "_", one.name) for one in made.sent}
    swept = [f"--{name}=${{trialParameters.{plain}}}" for name, plain in names.items()]
    # Before what is positional: behind -- nothing is an option.
    cut = next((i for i, word in enumerate(fixed) if not word.startswith("-") or word == "--"), len(fixed))
    image = sweep.trainer.image
    if image is None:
        image = IMAGE
        made.notes.append(f"write the container that holds the trainer in place of {IMAGE}: trainer.image is not said")
    env = [{"name": name, "value": value} for name, value in environment(sweep).items()]
    container: dict[str, object] = {"name": "trainer", "image": image}
    container["command"] = ["python3", "-m", sweep.trainer.module, *fixed[:cut], *swept, *fixed[cut:]]
    container |= {"env": env} if env else {}
    pod: dict[str, object] = {"containers": [container], "restartPolicy": "Never"}
    if sweep.limits.timeout is not None:
        pod["activeDeadlineSeconds"] = max(1, round(sweep.limits.timeout))
    return {
        "primaryContainerName": "trainer",
        "trialParameters": [{"name": plain, "reference": name} for name, plain in names.items()],
        "trialSpec": {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "spec": {"backoffLimit": 0, "template": {"spec": pod}},
        },
    }
