"""Vertex AI's tuning config: the job that ``gcloud ai hp-tuning-jobs create --config`` takes, in camelCase only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sweeper.config.nodes import Node
from sweeper.config.report import Report
from sweeper.formats.domains import SCALES as SCALE_WORDS
from sweeper.formats.domains import categories, discrete, span
from sweeper.formats.fields import Fields, no_study
from sweeper.formats.losses import Can
from sweeper.formats.study import Algorithm, Axis, Branch, Read, Setting, Study
from sweeper.formats.vertex_job import TRIAL, setting
from sweeper.lean import replace
from sweeper.model import Choices, Range, Value

CAN = Can("Vertex AI", conditions=True, best=True, spaces=False, timeout=True, least_gap=1e-10, largest=2**63 - 1)
FILE = "tuning.yaml"
GOALS = {"maximize": "MAXIMIZE", "minimize": "MINIMIZE"}
SCALES = {"linear": "UNIT_LINEAR_SCALE", "log": "UNIT_LOG_SCALE"}
ALGORITHMS = {"grid": "GRID_SEARCH", "random": "RANDOM_SEARCH", "service": "ALGORITHM_UNSPECIFIED"}
JOB = (
    *("displayName", "maxTrialCount", "parallelTrialCount", "maxFailedTrialCount", "labels", "studySpec"),
    *("trialJobSpec", "encryptionSpec", "name", "state", "createTime"),
)
MEDIAN = "medianAutomatedStoppingSpec"
"""The rule that ``early_stopping: service`` asks for: a trial ends where it is worse than the others' median."""
STUDY = (
    *("metrics", "parameters", "algorithm", "measurementSelectionType", "observationNoise"),
    *(MEDIAN, "decayCurveStoppingSpec", "convexAutomatedStoppingSpec", "studyStoppingConfig"),
)
VALUES = ("doubleValueSpec", "integerValueSpec", "discreteValueSpec", "categoricalValueSpec")
PARAMETER = ("parameterId", *VALUES, "scaleType", "conditionalParameterSpecs")
PARENTS = ("parentCategoricalValues", "parentDiscreteValues", "parentIntValues")
SIGNS = frozenset({"studySpec", "trialJobSpec", "maxTrialCount", "parallelTrialCount", "metrics", "parameters"})
COUNTS = ("replicaCount",)
"""Numbers that are text in JSON, and numbers in gcloud's YAML."""


def write(study: Study, job: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """The document; ``job`` is the ``trialJobSpec``, whose trials the service completes with their parameters."""
    return {
        "displayName": name,
        "maxTrialCount": study.trials,
        "parallelTrialCount": study.parallel,
        **({"maxFailedTrialCount": study.max_failed} if study.max_failed is not None else {}),
        "studySpec": study_spec(study),
        "trialJobSpec": _numbers(job),
    }


def study_spec(study: Study) -> dict[str, Any]:
    """``StudySpec`` of ``aiplatform v1``, in the order of Google's examples."""
    return {
        "metrics": [{"metricId": study.metric, "goal": GOALS[study.goal]}],
        "parameters": [_parameter(axis) for axis in study.axes],
        **({"algorithm": ALGORITHMS[study.algorithm]} if study.algorithm != "service" else {}),
        **({"measurementSelectionType": "BEST_MEASUREMENT"} if study.best else {}),
        **({MEDIAN: {}} if study.early_stopping else {}),
    }


def _parameter(axis: Axis) -> dict[str, Any]:
    branches = [_branch(axis, branch) for branch in axis.branches]
    below = {"conditionalParameterSpecs": branches} if branches else {}
    domain = axis.domain
    if isinstance(domain, Range):
        kind = "integerValueSpec" if domain.integer else "doubleValueSpec"
        ends = {"minValue": domain.min, "maxValue": domain.max}
        return {"parameterId": axis.name, kind: ends, "scaleType": SCALES[domain.scale], **below}
    kind = "categoricalValueSpec" if axis.is_text else "discreteValueSpec"
    return {"parameterId": axis.name, kind: {"values": list(domain.values)}, **below}


def _branch(parent: Axis, branch: Branch) -> dict[str, Any]:
    kind = "parentIntValues" if isinstance(parent.domain, Range) else "parentDiscreteValues"
    kind = "parentCategoricalValues" if parent.is_text else kind
    return {kind: {"values": list(branch.values)}, "parameterSpec": _parameter(branch.axis)}


def _numbers(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _numbers(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    return int(value) if key in COUNTS else value


def read(root: Node, keys: frozenset[str], report: Report) -> Read | None:
    """The file's study: a whole tuning job, or its ``studySpec`` alone. None after a complaint."""
    notes: list[str] = []
    job = None if keys & set(STUDY) else Fields(root, "", JOB, report)
    spec = job.below("studySpec", STUDY) if job else Fields(root, "", STUDY, report)
    if spec is None:
        no_study(root, "studySpec", report)
        return None
    counts = {key: job.whole(key, 1) if job else None for key in ("maxTrialCount", "parallelTrialCount")}
    notes += [f"{key} is not in the file: gcloud takes 1" for key in counts if job is None or not job.has(key)]
    study = _study(spec, counts["maxTrialCount"] or 1, counts["parallelTrialCount"] or 1, notes)
    if study and job:
        study = replace(study, max_failed=job.whole("maxFailedTrialCount") or None)
    found = Setting()
    if job is not None:
        notes += [f"{key} is not taken over" for key in job.besides(*JOB[:4], "studySpec", "trialJobSpec")]
        trial = job.below("trialJobSpec", TRIAL)
        found = setting(trial, notes) if trial else found
        found = replace(found, name=job.text("displayName"))
    return None if report or study is None else Read(study, found, tuple(notes))


def _study(spec: Fields, trials: int, parallel: int, notes: list[str]) -> Study | None:
    spec.need("metrics", "parameters")
    metric, goal = _metric(spec)
    word = spec.word("algorithm", tuple(ALGORITHMS.values())) or ""
    algorithms: dict[str, Algorithm] = {"GRID_SEARCH": "grid", "RANDOM_SEARCH": "random"}
    algorithm = algorithms.get(word, "service")
    chosen = spec.word("measurementSelectionType", _SELECTIONS)
    axes = [_axis(one, algorithm == "grid", notes) for one in spec.each("parameters", PARAMETER)]
    if spec.has("parameters") and not axes:
        spec.wrong("parameters", "expected at least one parameter")
    notes += [f"{key} is not available here: it is left out" for key in (*STUDY[4:5], *STUDY[6:]) if spec.has(key)]
    median = spec.below(MEDIAN, ("useElapsedDuration",)) if spec.has(MEDIAN) else None
    if median and median.truth("useElapsedDuration"):
        notes.append(f"{MEDIAN}.useElapsedDuration is left out: trials are compared by their steps")
    if metric is None or None in axes:
        return None
    found = tuple(axis for axis in axes if axis is not None)
    return Study(
        found, metric, goal, algorithm, trials, parallel, chosen == "BEST_MEASUREMENT", early_stopping=spec.has(MEDIAN)
    )


_SELECTIONS = ("MEASUREMENT_SELECTION_TYPE_UNSPECIFIED", "LAST_MEASUREMENT", "BEST_MEASUREMENT")


def _metric(spec: Fields) -> tuple[str | None, Literal["maximize", "minimize"]]:
    metrics = spec.each("metrics", ("metricId", "goal", "safetyConfig"))
    if spec.has("metrics") and len(metrics) != 1:
        spec.wrong("metrics", f"expected one metric, got {len(metrics)}", "trials are ranked by one")
    if len(metrics) != 1 or not metrics[0].need("metricId", "goal"):
        return None, "maximize"
    goal = metrics[0].word("goal", tuple(GOALS.values()))
    return metrics[0].text("metricId"), "minimize" if goal == "MINIMIZE" else "maximize"


def _axis(one: Fields, grid: bool, notes: list[str]) -> Axis | None:
    kinds = [key for key in VALUES if one.has(key)]
    if not one.need("parameterId"):
        return None
    if len(kinds) != 1:
        got = "none" if not kinds else " and ".join(kinds)
        one.wrong("parameterId", f"expected one of {', '.join(VALUES)}, got {got}")
        return None
    name, scale = one.text("parameterId"), one.word("scaleType", ("SCALE_TYPE_UNSPECIFIED", *SCALE_WORDS))
    if name is None:
        return None
    if grid and kinds[0] == "doubleValueSpec":
        one.wrong(kinds[0], "GRID_SEARCH takes no doubleValueSpec", "write discreteValueSpec: {values: [...]}")
        return None
    domain = _domain(one, kinds[0], scale, name, notes)
    branches = [_read_branch(below, domain, grid, notes) for below in one.each("conditionalParameterSpecs", _BRANCH)]
    if domain is None or None in branches:
        return None
    found = tuple(branch for branch in branches if branch is not None)
    return Axis(name, domain, found, one.place("parameterId"))


_BRANCH = (*PARENTS, "parameterSpec")


def _domain(one: Fields, kind: str, scale: str | None, name: str, notes: list[str]) -> Choices | Range | None:
    listed = kind in ("discreteValueSpec", "categoricalValueSpec")
    spec = one.below(kind, ("values" if listed else "minValue", "maxValue", "defaultValue"))
    assert spec is not None
    if spec.has("defaultValue"):
        notes.append(f"{name}: defaultValue is left out: the tuning service takes none either")
    if kind == "categoricalValueSpec":
        return categories(spec, "values")
    if kind == "discreteValueSpec":
        return discrete(spec, "values", scale=scale, name=name, notes=notes)
    return span(spec, scale=scale, integer=kind == "integerValueSpec", name=name, notes=notes)


def _read_branch(below: Fields, parent: Choices | Range | None, grid: bool, notes: list[str]) -> Branch | None:
    kinds = [key for key in PARENTS if below.has(key)]
    if not below.need("parameterSpec") or len(kinds) != 1:
        if len(kinds) != 1:
            below.report.add(below.node.mark, below.path, f"expected one of {', '.join(PARENTS)}")
        return None
    spec, child = below.below(kinds[0], ("values",)), below.below("parameterSpec", PARAMETER)
    assert spec is not None
    assert child is not None
    values: tuple[Value, ...] = spec.texts("values") if kinds[0] == PARENTS[0] else spec.numbers("values")
    if not spec.need("values") or not values:
        return None
    for value in values:
        if parent is not None and not _takes(parent, value):
            spec.wrong("values", f"the parent never has the value {value!r}")
            return None
    axis = _axis(child, grid, notes)
    return Branch(values, axis) if axis else None


def _takes(parent: Choices | Range, value: Value) -> bool:
    if isinstance(parent, Choices):
        return value in parent.values
    return (
        parent.integer and isinstance(value, (int, float)) and value == int(value) and parent.min <= value <= parent.max
    )
