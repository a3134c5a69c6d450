"""The study that a HyperparameterTuningJob of Vertex means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from sweeper.emulator.aiplatform.study_rules import PARENTS, STOPPING
from sweeper.emulator.tuning.limits import SCALES
from sweeper.emulator.tuning.spec import Axis, Branch, Param, Spec

Algorithm: TypeAlias = Literal["bayesian", "grid", "random"]

ALGORITHMS: dict[str, Algorithm] = {"GRID_SEARCH": "grid", "RANDOM_SEARCH": "random"}


def study_of(job: Mapping[str, Any]) -> Spec:
    """The study of a job that keeps all rules."""
    study = job["studySpec"]
    metric = study["metrics"][0]
    return Spec(
        axes=tuple(_axis(param) for param in study["parameters"]),
        metric=metric["metricId"],
        maximize=metric["goal"] == "MAXIMIZE",
        algorithm=ALGORITHMS.get(study.get("algorithm", ""), "bayesian"),
        max_trials=job["maxTrialCount"],
        parallel=job["parallelTrialCount"],
        max_failed=job.get("maxFailedTrialCount", 0),
        stopping=next((word for name, word in STOPPING.items() if name in study), ""),
        selection="best" if study.get("measurementSelectionType") == "BEST_MEASUREMENT" else "last",
    )


def _axis(param: Mapping[str, Any]) -> Axis:
    name, scale = param["parameterId"], SCALES.get(param.get("scaleType", ""), "none")
    branches = tuple(_branch(param, one) for one in param.get("conditionalParameterSpecs", ()))
    if "categoricalValueSpec" in param:
        return Axis(name, "categorical", values=tuple(param["categoricalValueSpec"]["values"]), branches=branches)
    if "discreteValueSpec" in param:
        values = tuple(map(float, param["discreteValueSpec"]["values"]))
        return Axis(name, "discrete", values=values, scale=scale, branches=branches)
    is_whole = "integerValueSpec" in param
    ends = param["integerValueSpec" if is_whole else "doubleValueSpec"]
    low, high = float(ends.get("minValue", 0)), float(ends.get("maxValue", 0))
    return Axis(name, "integer" if is_whole else "double", low, high, scale=scale, branches=branches)


def _branch(parent: Mapping[str, Any], given: Mapping[str, Any]) -> Branch:
    kind = next(kind for kind in PARENTS if kind in given)
    found: list[Any] = given[kind]["values"]
    values: tuple[Param, ...] = tuple(found)
    if kind == "parentIntValues":
        values = tuple(map(int, found))
    elif kind == "parentDiscreteValues":
        known = tuple(map(float, parent["discreteValueSpec"]["values"]))
        values = tuple(min(known, key=lambda one: abs(one - float(value))) for value in found)
    return Branch(values, _axis(given["parameterSpec"]))
