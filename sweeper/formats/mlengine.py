"""ML Engine's tuning config: the ``trainingInput`` that ``gcloud ai-platform jobs submit training --config`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sweeper.config.nodes import Node
from sweeper.config.report import Report
from sweeper.formats.domains import SCALES as SCALE_WORDS
from sweeper.formats.domains import categories, discrete, span
from sweeper.formats.fields import Fields, no_study
from sweeper.formats.losses import Can
from sweeper.formats.mlengine_job import TRAINING, setting
from sweeper.formats.study import Algorithm, Axis, Read, Setting, Study
from sweeper.model import Choices, Range, Value

CAN = Can(
    "ML Engine",
    conditions=False,
    best=False,
    spaces=True,
    timeout=False,
    least_gap=0.0,
    largest=2**53,  # the ends of its ranges of whole numbers are doubles
    resume=True,
)
FILE = "hptuning_config.yaml"
"""What Google's examples call it."""
GOALS = {"maximize": "MAXIMIZE", "minimize": "MINIMIZE"}
SCALES = {"linear": "UNIT_LINEAR_SCALE", "log": "UNIT_LOG_SCALE"}
ALGORITHMS = {"grid": "GRID_SEARCH", "random": "RANDOM_SEARCH", "service": "ALGORITHM_UNSPECIFIED"}
ORDER = (
    *("scaleTier", "masterType", "masterConfig", "workerType", "workerConfig"),
    *("parameterServerType", "parameterServerConfig", "workerCount", "parameterServerCount"),
    *("packageUris", "pythonModule", "args", "region", "runtimeVersion", "pythonVersion"),
    *("scheduling", "serviceAccount", "network", "hyperparameters"),
)
SPEC = (
    *("goal", "params", "maxTrials", "maxParallelTrials", "maxFailedTrials", "hyperparameterMetricTag"),
    *("enableTrialEarlyStopping", "resumePreviousJobId", "algorithm"),
)
JOB = ("jobId", "labels", "trainingInput", "state", "createTime", "etag")
SIGNS = frozenset({"trainingInput", "hyperparameters", "params", "hyperparameterMetricTag", "maxTrials", "scaleTier"})
PARAMETER = ("parameterName", "type", "minValue", "maxValue", "categoricalValues", "discreteValues", "scaleType")
TYPES = ("DOUBLE", "INTEGER", "CATEGORICAL", "DISCRETE")
TAG = "training/hptuning/metric"
"""The metric's name where the file has none."""
COUNTS = ("workerCount", "parameterServerCount", "count")
"""Numbers that are text in JSON, and numbers in gcloud's YAML."""


def write(study: Study, job: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """The document; ``job`` is the job's ``trainingInput`` without the study."""
    given = {**_numbers(job), "hyperparameters": hyperparameters(study)}
    return {"trainingInput": {key: given[key] for key in ORDER if key in given}}


def hyperparameters(study: Study) -> dict[str, Any]:
    """``HyperparameterSpec`` of ``ml v1``, in the order of Google's examples."""
    return {
        "goal": GOALS[study.goal],
        "hyperparameterMetricTag": study.metric,
        "maxTrials": study.trials,
        "maxParallelTrials": study.parallel,
        **({"maxFailedTrials": study.max_failed} if study.max_failed is not None else {}),
        **({"enableTrialEarlyStopping": True} if study.early_stopping else {}),
        **({"resumePreviousJobId": study.resume} if study.resume is not None else {}),
        **({"algorithm": ALGORITHMS[study.algorithm]} if study.algorithm != "service" else {}),
        "params": [_parameter(axis) for axis in study.axes],
    }


def _parameter(axis: Axis) -> dict[str, Any]:
    domain = axis.domain
    if isinstance(domain, Range):
        return {
            "parameterName": axis.name,
            "type": "INTEGER" if domain.integer else "DOUBLE",
            "minValue": domain.min,
            "maxValue": domain.max,
            "scaleType": SCALES[domain.scale],
        }
    kind, values = ("CATEGORICAL", "categoricalValues") if axis.is_text else ("DISCRETE", "discreteValues")
    listed: list[Value] = list(domain.values)
    return {"parameterName": axis.name, "type": kind, values: listed}


def _numbers(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _numbers(one, name) for name, one in value.items()}
    return int(value) if key in COUNTS else value


def read(root: Node, keys: frozenset[str], report: Report) -> Read | None:
    """The file's study: a whole job, its ``trainingInput``, or the hyperparameters alone. None after a complaint."""
    notes: list[str] = []
    training = None
    if "trainingInput" in keys:
        job = Fields(root, "", JOB, report)
        training = job.below("trainingInput", TRAINING)
        notes += [f"{key} is not taken over" for key in job.besides("trainingInput", "jobId")]
    elif "hyperparameters" in keys or not keys & set(SPEC):
        training = Fields(root, "", TRAINING, report)
    spec = training.below("hyperparameters", SPEC) if training else Fields(root, "", SPEC, report)
    if spec is None:
        no_study(root, "hyperparameters", report)
        return None
    study = _study(spec, notes)
    found = setting(training, notes) if training else Setting()
    return None if report or study is None else Read(study, found, tuple(notes))


def _study(spec: Fields, notes: list[str]) -> Study | None:
    spec.need("goal", "params")
    goal = spec.word("goal", tuple(GOALS.values()))
    algorithm = spec.word("algorithm", tuple(ALGORITHMS.values())) or "ALGORITHM_UNSPECIFIED"
    axes = [_axis(one, algorithm == "GRID_SEARCH", notes) for one in spec.each("params", PARAMETER)]
    known: dict[str, int] = {}
    for i, axis in enumerate(axes):
        if axis is not None and known.setdefault(axis.name, i) != i:
            spec.wrong("params", f"the parameter {axis.name} is there twice", "keep one of them")
    if spec.has("params") and not axes:
        spec.wrong("params", "expected at least one parameter")
    counts = {key: spec.whole(key, 1) for key in ("maxTrials", "maxParallelTrials")}
    notes += [f"{key} is not in the file: the service takes 1" for key in counts if not spec.has(key)]
    if not spec.has("hyperparameterMetricTag"):
        notes.append(f"hyperparameterMetricTag is not in the file: the service takes {TAG}")
    metric = spec.text("hyperparameterMetricTag") or TAG
    if goal is None or None in axes:
        return None
    return Study(
        tuple(axis for axis in axes if axis is not None),
        metric,
        _goal(goal),
        _algorithm(algorithm),
        counts["maxTrials"] or 1,
        counts["maxParallelTrials"] or 1,
        max_failed=spec.whole("maxFailedTrials") or None,
        early_stopping=spec.truth("enableTrialEarlyStopping"),
        resume=spec.text("resumePreviousJobId") or None,
    )


def _goal(word: str) -> Literal["maximize", "minimize"]:
    return "maximize" if word == "MAXIMIZE" else "minimize"


def _algorithm(word: str) -> Algorithm:
    words: dict[str, Algorithm] = {"GRID_SEARCH": "grid", "RANDOM_SEARCH": "random"}
    return words.get(word, "service")


def _axis(one: Fields, grid: bool, notes: list[str]) -> Axis | None:
    if not one.need("parameterName", "type"):
        return None
    name, kind = one.text("parameterName"), one.word("type", TYPES)
    scale = one.word("scaleType", ("NONE", *SCALE_WORDS))
    if name is None or kind is None:
        return None
    domain = _domain(one, kind, scale, name, notes)
    if grid and kind == "DOUBLE":
        one.wrong("type", "GRID_SEARCH takes INTEGER, CATEGORICAL or DISCRETE, got DOUBLE", "write discreteValues")
        return None
    return Axis(name, domain, place=one.place("parameterName")) if domain else None


def _domain(one: Fields, kind: str, scale: str | None, name: str, notes: list[str]) -> Choices | Range | None:
    own = {"CATEGORICAL": ("categoricalValues",), "DISCRETE": ("discreteValues",)}.get(kind, ("minValue", "maxValue"))
    for key in PARAMETER[2:6]:
        if one.has(key) and key not in own:
            one.wrong(key, f"{key} does not go with type: {kind}, which takes {' and '.join(own)}")
            return None
    if kind == "CATEGORICAL":
        return categories(one, "categoricalValues")
    if kind == "DISCRETE":
        return discrete(one, "discreteValues", scale=scale, name=name, notes=notes)
    return span(one, scale=scale, integer=kind == "INTEGER", name=name, notes=notes)
