"""``trainingInput.hyperparameters`` of ML Engine: what it asks of one, and the study that it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from sweeper.emulator.tuning.limits import REQUIRED, SCALES, category_faults, discrete_faults, span_faults
from sweeper.emulator.tuning.spec import Axis, Kind, Spec

Fault = tuple[str, str]
Algorithm: TypeAlias = Literal["bayesian", "grid", "random"]

TAG = "training/hptuning/metric"
"""The metric's name where the job has none."""
TYPES: dict[str, Kind] = {
    "DOUBLE": "double",
    "INTEGER": "integer",
    "CATEGORICAL": "categorical",
    "DISCRETE": "discrete",
}
ALGORITHMS: dict[str, Algorithm] = {"GRID_SEARCH": "grid", "RANDOM_SEARCH": "random"}
LISTS = {"CATEGORICAL": "categorical_values", "DISCRETE": "discrete_values"}


def hyperparameter_faults(given: Mapping[str, Any]) -> Iterator[Fault]:
    """(path, sentence) of every rule that they break."""
    if given.get("goal", "GOAL_TYPE_UNSPECIFIED") == "GOAL_TYPE_UNSPECIFIED":
        yield "goal", REQUIRED
    params = given.get("params", [])
    if not params:
        yield "params", REQUIRED
    names = Counter(param.get("parameterName", "") for param in params)
    for place, param in enumerate(params):
        path, name = f"params[{place}]", param.get("parameterName", "")
        yield from ((f"{path}.{below}", text) for below, text in _param(param))
        if name and names[name] > 1:
            yield f"{path}.parameter_name", f"The parameter name '{name}' is not unique."
    if given.get("algorithm") == "GRID_SEARCH" and any(param.get("type") == "DOUBLE" for param in params):
        yield "algorithm", "GRID_SEARCH needs parameters that are all INTEGER, CATEGORICAL or DISCRETE."
    yield from _counts(given)


def _counts(given: Mapping[str, Any]) -> Iterator[Fault]:
    trials, parallel = given.get("maxTrials", 1), given.get("maxParallelTrials", 1)
    if trials < 1:
        yield "max_trials", "It must be at least 1."
    if parallel < 1:
        yield "max_parallel_trials", "It must be at least 1."
    elif parallel > max(trials, 1):
        yield "max_parallel_trials", f"It cannot be greater than max_trials: {parallel} > {trials}."
    if given.get("maxFailedTrials", 0) < 0:
        yield "max_failed_trials", "It cannot be negative."


def _param(param: Mapping[str, Any]) -> Iterator[Fault]:
    if "parameterName" not in param:
        yield "parameter_name", REQUIRED
    scale = param.get("scaleType", "NONE")
    match param.get("type"):
        case "DOUBLE" | "INTEGER" as kind:
            yield from span_faults(param, whole=kind == "INTEGER", scale=scale)
        case "DISCRETE":
            found = discrete_faults(param.get("discreteValues", []), gap=0.0, scale=scale)
            yield from ((LISTS["DISCRETE"] if below == "values" else below, text) for below, text in found)
        case "CATEGORICAL":
            found = category_faults(param.get("categoricalValues", []))
            yield from ((LISTS["CATEGORICAL"], text) for _, text in found)
            for name, path in (("minValue", "min_value"), ("maxValue", "max_value")):
                if name in param:
                    yield path, "It should be unset for a parameter of type CATEGORICAL."
            if scale != "NONE":
                yield "scale_type", "It should be unset for a parameter of type CATEGORICAL."
        case _:
            yield "type", "A valid type must be specified."


def study_of(training: Mapping[str, Any]) -> Spec:
    """The study of a ``trainingInput`` that keeps all rules. Only a median rule is known here for stopping early."""
    given = training["hyperparameters"]
    return Spec(
        axes=tuple(_axis(param) for param in given["params"]),
        metric=tag_of(training),
        maximize=given["goal"] == "MAXIMIZE",
        algorithm=ALGORITHMS.get(given.get("algorithm", ""), "bayesian"),
        max_trials=given.get("maxTrials", 1),
        parallel=given.get("maxParallelTrials", 1),
        max_failed=given.get("maxFailedTrials", 0),
        stopping="median" if given.get("enableTrialEarlyStopping") else "",
        resume=given.get("resumePreviousJobId", ""),
    )


def tag_of(training: Mapping[str, Any]) -> str:
    """The metric's name."""
    return str(training["hyperparameters"].get("hyperparameterMetricTag", TAG))


def _axis(param: Mapping[str, Any]) -> Axis:
    kind = TYPES[param["type"]]
    name, scale = param["parameterName"], SCALES.get(param.get("scaleType", ""), "none")
    if kind == "categorical":
        return Axis(name, kind, values=tuple(param["categoricalValues"]))
    if kind == "discrete":
        return Axis(name, kind, values=tuple(map(float, param["discreteValues"])), scale=scale)
    return Axis(name, kind, float(param.get("minValue", 0)), float(param.get("maxValue", 0)), scale=scale)
