"""Katib: an Experiment of kubeflow.org/v1beta1, after its pkg/suggestion/v1beta1/internal."""

from __future__ import annotations

from sweeper.config.nodes import Mapping, Node, Scalar
from sweeper.config.scalars import Unclear, resolve
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.katib_trial import Received, received
from sweeper.formats.foreign.keys import LARGEST_NUMBER, Keys
from sweeper.formats.options import spelt
from sweeper.model import Value

TITLE = "Katib"
resolved = resolve
_METHODS = {
    "random": "random",
    "grid": "grid",
    "sobol": "sobol",
    "bayesianoptimization": "gp",
    "tpe": "tpe",
    "multivariate-tpe": "tpe",
    "cmaes": "cmaes",
    "hyperband": "random",
}


def is_mine(root: Node) -> bool:
    """``kind: Experiment``."""
    kind = root.entries.get("kind") if isinstance(root, Mapping) else None
    return kind is not None and isinstance(kind.node, Scalar) and kind.node.text == "Experiment"


def read(root: Node, draft: Draft) -> None:
    """Fill in the draft."""
    keys = Keys(root, "", draft)
    keys.leave("apiVersion", "kind", "status")
    metadata = keys.below("metadata")
    if metadata is not None:
        draft.name = metadata.text("name") or (metadata.text("generateName") or "").rstrip("-") or None
    spec = keys.below("spec")
    if spec is None:
        keys.wrong("spec", "missing: there is nothing to search")
        return
    template = spec.below("trialTemplate")
    names = received(template, draft) if template is not None else None
    _algorithm(spec, draft)
    _parameters(spec, names, draft)
    _objective(spec, draft)
    _counts(spec, draft)
    if (stopping := spec.below("earlyStopping")) is not None:
        _stopping(stopping, draft)
    if spec.text("resumePolicy") not in (None, "Never"):
        draft.notes.append("resumePolicy: a sweep with more trials carries on where it was")
    spec.leave("metricsCollectorSpec")
    if "metricsCollectorSpec" in spec:
        draft.notes.append("metricsCollectorSpec: say under metric.from where the trainer reports")
    spec.others()


def _algorithm(spec: Keys, draft: Draft) -> None:
    algorithm = spec.below("algorithm")
    name = algorithm.text("algorithmName") if algorithm else None
    if algorithm is None or name is None:
        spec.wrong("algorithm", "missing: algorithmName says how points are chosen")
        return
    if name not in _METHODS:
        algorithm.lose("algorithmName", f"points are proposed by {name}", "by method: auto")
    elif name == "hyperband":
        algorithm.lose(
            "algorithmName", "hyperband gives trials budgets through a parameter", "points are drawn at random"
        )
    draft.method = _METHODS.get(name, "auto")
    for one in algorithm.items("algorithmSettings"):
        setting = Keys(one, algorithm.at("algorithmSettings"), draft)
        key, value = setting.text("name"), setting.text("value")
        if key in ("random_state", "seed") and value and value.isdigit():
            draft.seed = int(value)
        else:
            setting.draft.notes.append(
                f"{draft.at(one.mark)}: the setting {key}: {value} is {name}'s own; it is left out"
            )


def _parameters(spec: Keys, names: Received | None, draft: Draft) -> None:
    if names is not None:
        for option, value in names.constants.items():
            draft.parameters[option] = {"value": list(value)} if isinstance(value, tuple) else value
            draft.places[option] = names.mark
    for one in spec.items("parameters"):
        keys = Keys(one, spec.at("parameters"), draft)
        name = keys.text("name")
        if name is None:
            keys.wrong("name", "missing")
            continue
        keys.path = f"parameters.{name}"
        given = names.options.get(name) if names is not None else name
        if given is None:
            draft.warn(one.mark, keys.path, "the command never receives it: no ${trialParameters...} refers to it")
        option = (given or name).lstrip("-")
        if option in (names.constants if names is not None else {}):
            draft.parameters.pop(option)
        draft.add(option, one, _domain(keys, draft))


def _domain(keys: Keys, draft: Draft) -> object:
    kind, space = keys.word("parameterType", ("int", "double", "categorical", "discrete")), keys.below("feasibleSpace")
    mark, path, grid = keys.node.mark, keys.path, draft.method == "grid"
    if kind is None or space is None:
        return None
    if kind in ("categorical", "discrete"):
        texts = [one.text for one in space.items("list") if isinstance(one, Scalar)]
        values: list[Value] = [spelt(one) if kind == "discrete" else one for one in texts]
        return domains.choices(draft, mark, path, values)
    low, high, step = _number(space, "min"), _number(space, "max"), _number(space, "step")
    if low is None or high is None:
        return None
    spread = space.word("distribution", ("uniform", "logUniform", "normal", "logNormal"))
    if grid and spread not in (None, "uniform"):
        space.lose("distribution", f"the distribution {spread}", "a grid steps evenly, in Katib as well")
    elif spread in ("normal", "logNormal"):
        draft.lose(space.mark("distribution"), path, f"values are drawn by {spread}", "evenly between the ends")
    log = spread in ("logUniform", "logNormal") and not grid
    if grid:
        return _levels(kind, low, high, step, space, draft)
    if step is not None and not log and step > 0 and (kind == "double" or step != 1):
        wide = domains.width(low, high, step)
        if wide == float("inf"):
            space.wrong("step", f"a step of {step:g} from {low:g} to {high:g} makes no range")
            return None
        top = low + int(wide + 1e-9) * step
        if top > low:
            integer = kind == "int"
            make = int if integer else domains.rounded
            return {"min": make(low), "max": make(top), "step": make(step)}
    if step is not None and log and step != 1:
        space.lose("step", f"values on a log scale are multiples of {step:g}", "they are not rounded")
    return domains.span(draft, mark, path, low, high, integer=kind == "int", log=log)


def _levels(kind: str, low: float, high: float, step: float | None, space: Keys, draft: Draft) -> object:
    if step is None and kind == "double":
        space.wrong("step", "missing: Katib's grid needs a step for each double")
        return None
    step = 1 if step is None else step
    if step <= 0:
        space.wrong("step", f"a step of {step:g} from {low:g} to {high:g} makes no grid")
        return None
    place = draft, space.node.mark, space.path
    if kind == "int":
        low, high, step = int(low), int(high), max(1, int(step))
    levels = domains.steps(*place, low, high, step, inclusive=True)
    return domains.listing(*place, levels if kind == "int" or levels is None else [float(one) for one in levels])


def _number(space: Keys, key: str) -> float | None:
    """Katib writes numbers as text."""
    written = space.text(key)
    if written is None:
        if key != "step":
            space.wrong(key, "missing")
        return None
    try:
        value = resolve(written)
    except Unclear:
        value = written
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
        return value
    space.wrong(key, f"expected a number, got '{written}'")
    return None


def _objective(spec: Keys, draft: Draft) -> None:
    objective = spec.below("objective")
    if objective is None:
        spec.wrong("objective", "missing")
        return
    draft.metric = objective.text("objectiveMetricName")
    draft.goal = objective.word("type", ("maximize", "minimize")) or "maximize"
    if (goal := objective.number("goal")) is not None:
        objective.lose("goal", f"the experiment ends when a trial reaches {goal:g}", "all trials are run")
    for one in objective.items("metricStrategies"):
        strategy = Keys(one, objective.at("metricStrategies"), draft)
        if strategy.text("name") == draft.metric:
            reduce = {"min": "min", "max": "max", "latest": "last"}.get(strategy.text("value") or "")
            draft.reduce = reduce or draft.reduce
    if draft.reduce is None:
        # Katib's default: the best value of the goal's direction, not the latest.
        draft.reduce = "best"
    objective.leave("additionalMetricNames")
    objective.rest()


def _counts(spec: Keys, draft: Draft) -> None:
    most, parallel, failed = (spec.whole(f"{key}TrialCount", 1) for key in ("max", "parallel", "maxFailed"))
    if draft.method == "grid":
        draft.limits |= {"trials": most} if most is not None else {}
    else:
        draft.trials = most or 20
        if most is None:
            draft.notes.append("there is no maxTrialCount: Katib goes on until its goal; trials: 20 is a guess")
    draft.limits["parallel"] = parallel or 3
    if failed is not None:
        draft.notes.append(f"maxFailedTrialCount {failed}: here the other trials are run whatever fails")


def _stopping(keys: Keys, draft: Draft) -> None:
    name = keys.text("algorithmName")
    if name != "medianstop":
        keys.lose("algorithmName", f"trials are stopped by {name}", "all run to their end")
        return
    rule: dict[str, object] = {"rule": "median", "min_trials": 3, "min_steps": 4}
    for one in keys.items("algorithmSettings"):
        setting = Keys(one, keys.at("algorithmSettings"), draft)
        known = {"min_trials_required": "min_trials", "start_step": "min_steps"}
        key, value = setting.text("name") or "", setting.text("value") or ""
        if key in known and value.isdigit() and int(value):
            rule[known[key]] = int(value)
    draft.early_stopping = rule
