"""What Vertex asks of the study of a tuning job beyond the types of its fields, as (path, sentence)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from sweeper.emulator.tuning.limits import REQUIRED, category_faults, discrete_faults, number, span_faults

Fault = tuple[str, str]

GAP = 1e-10
"""Numbers that are closer are one, also where a condition names its parent's."""
STOPPING: dict[str, Literal["decay", "median", "convex"]] = {
    "decayCurveStoppingSpec": "decay",
    "medianAutomatedStoppingSpec": "median",
    "convexAutomatedStoppingSpec": "convex",
}
UNSPECIFIED = "SCALE_TYPE_UNSPECIFIED"
SNAKES = {
    "doubleValueSpec": "double_value_spec",
    "integerValueSpec": "integer_value_spec",
    "discreteValueSpec": "discrete_value_spec",
    "categoricalValueSpec": "categorical_value_spec",
}
"""One of these says what a parameter's values are."""
PARENTS = {
    "parentIntValues": ("integerValueSpec", "parent_int_values"),
    "parentDiscreteValues": ("discreteValueSpec", "parent_discrete_values"),
    "parentCategoricalValues": ("categoricalValueSpec", "parent_categorical_values"),
}
"""The kinds of a condition: of which kind the parent must be, and the field's name in messages."""


def study_faults(study: Mapping[str, Any]) -> Iterator[Fault]:
    """Every rule that a study breaks, but for fields that are not there at all."""
    yield from _metrics(study.get("metrics", []))
    params = list(_every(study.get("parameters", []), "parameters"))
    names = Counter(param.get("parameterId", "") for _, param, _ in params)
    for path, param, parent in params:
        yield from ((f"{path}{below}", text) for below, text in _param(param))
        name = param.get("parameterId", "")
        if name and names[name] > 1:
            yield f"{path}.parameter_id", f"'{name}' must be unique amongst all ParameterSpecs."
        if parent is not None:
            condition, above = parent
            where = path.removesuffix(".parameter_spec")
            yield from ((f"{where}{below}", text) for below, text in _condition(condition, above))
    if study.get("algorithm") == "GRID_SEARCH" and any("doubleValueSpec" in param for _, param, _ in params):
        yield "algorithm", "GRID_SEARCH needs parameters that are all INTEGER, CATEGORICAL or DISCRETE."
    if len(named := [name for name in STOPPING if name in study]) > 1:
        yield "automated_stopping_spec", f"At most one can be set, not {len(named)}."


def _metrics(metrics: list[Mapping[str, Any]]) -> Iterator[Fault]:
    if len(metrics) > 1:
        yield "metrics", "A hyperparameter tuning job has exactly one metric."
    for place, metric in enumerate(metrics):
        if re.search(r"\s", metric.get("metricId", "")):
            yield f"metrics[{place}].metric_id", "It must not contain whitespaces."
        if metric.get("goal") == "GOAL_TYPE_UNSPECIFIED":
            yield f"metrics[{place}].goal", REQUIRED


def _every(
    params: list[Mapping[str, Any]], path: str
) -> Iterator[tuple[str, Mapping[str, Any], tuple[Mapping[str, Any], Mapping[str, Any]] | None]]:
    """(path, parameter, (condition, parent)) of all parameters, those below others too."""
    for place, param in enumerate(params):
        yield f"{path}[{place}]", param, None
        yield from _below(f"{path}[{place}]", param)


def _below(
    path: str, param: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], tuple[Mapping[str, Any], Mapping[str, Any]] | None]]:
    for place, condition in enumerate(param.get("conditionalParameterSpecs", [])):
        inner = condition.get("parameterSpec")
        if inner is not None:
            where = f"{path}.conditional_parameter_specs[{place}].parameter_spec"
            yield where, inner, (condition, param)
            yield from _below(where, inner)


def _param(param: Mapping[str, Any]) -> Iterator[Fault]:
    if re.search(r"\s", param.get("parameterId", "")):
        yield ".parameter_id", "It must not contain whitespaces."
    kinds = [kind for kind in SNAKES if kind in param]
    if len(kinds) != 1:
        yield "", f"Exactly one of {', '.join(f'`{name}`' for name in SNAKES.values())} should be set."
    scale = param.get("scaleType", UNSPECIFIED)
    for kind in kinds:
        for below, text in _values(kind, param[kind], scale):
            yield f".{below}" if below == "scale_type" else f".{SNAKES[kind]}.{below}", text


def _values(kind: str, given: Mapping[str, Any], scale: str) -> Iterator[Fault]:
    match kind:
        case "doubleValueSpec" | "integerValueSpec":
            yield from span_faults(given, whole=kind == "integerValueSpec", scale=scale)
        case "discreteValueSpec":
            yield from discrete_faults(given.get("values", []), gap=GAP, scale=scale)
        case _:
            yield from category_faults(given.get("values", []))
            if scale != UNSPECIFIED:
                yield "scale_type", "It should be unset for a parameter of type CATEGORICAL."


def _condition(condition: Mapping[str, Any], parent: Mapping[str, Any]) -> Iterator[Fault]:
    kinds = [kind for kind in PARENTS if kind in condition]
    if len(kinds) != 1:
        names = ", ".join(f"`{snake}`" for _, snake in PARENTS.values())
        yield "", f"Exactly one of {names} should be set."
    for kind in kinds:
        needed, snake = PARENTS[kind]
        if needed not in parent:
            yield f".{snake}", f"The parent parameter '{parent.get('parameterId', '')}' has no {SNAKES[needed]}."
            continue
        values = condition[kind].get("values", [])
        if not values:
            yield f".{snake}.values", REQUIRED
        for value in values:
            if not _can_have(needed, parent[needed], value):
                text = f"The parent parameter '{parent.get('parameterId', '')}' cannot have the value {value}."
                yield f".{snake}.values", text


def _can_have(kind: str, given: Mapping[str, Any], value: Any) -> bool:
    """Whether it is one of the parent's values, or between its ends."""
    values = given.get("values", [])
    if kind == "categoricalValueSpec":
        return value in values
    if kind == "integerValueSpec":
        return int(given.get("minValue", 0)) <= int(value) <= int(given.get("maxValue", 0))
    wanted = number(value)
    return wanted is not None and any(abs(wanted - (number(one) or 0.0)) <= GAP for one in values)
