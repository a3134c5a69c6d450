"""A sweep as the YAML of ``wandb sweep``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sweeper.command import Rendering, Step, render
from sweeper.config.methods import ADAPTIVE
from sweeper.formats.foreign.outgoing import SAMPLE, Outgoing, Sent, environment, grid_like, outgoing
from sweeper.formats.losses import Can
from sweeper.model import Choices, Sweep

FILE = "wandb_sweep.yaml"
CAN = Can(
    title="Weights & Biases",
    conditions=False,
    best=False,
    spaces=True,
    timeout=False,
    least_gap=0.0,
    largest=2**53,
)


def write(sweep: Sweep, rendering: Rendering) -> tuple[dict[str, Any], Outgoing]:
    """The document, and what it does not say. Raises UserError where nothing of the sweep can be said."""
    made = outgoing(sweep, rendering, CAN, flags=True)
    metric: dict[str, object] = {"name": sweep.metric.name, "goal": sweep.metric.goal}
    if sweep.metric.reduce != "last":
        made.lose("metric.reduce", f"a trial counts with its {sweep.metric.reduce} measurement", "with its last")
    document: dict[str, Any] = {"name": sweep.name, "method": _method(sweep, made), "metric": metric}
    cap = _cap(sweep)
    document |= {"run_cap": cap} if cap is not None else {}
    document |= {"early_terminate": early} if (early := _early(sweep, made)) else {}
    values = _values(rendering, made)
    document["command"] = _command(
        sweep, rendering, made, [step.name for step in rendering.steps if _plain(step, made)]
    )
    given = {**values, **{one.name: _domain(one) for one in made.sent}}
    order = [step.element.removeprefix("--") for step in rendering.steps]
    document["parameters"] = dict(sorted(given.items(), key=lambda item: order.index(item[0])))
    made.notes.append("W&B ranks by what the trainer logs with wandb.log, in a run that wandb.init has begun")
    if sweep.limits.parallel is not None:
        made.notes.append(f"limits.parallel: start {sweep.limits.parallel} agents")
    return document, made


def _method(sweep: Sweep, made: Outgoing) -> str:
    if grid_like(sweep):
        return "grid"
    if sweep.method == "sobol":
        made.lose("method", "points fill the space evenly (sobol)", "they are drawn at random")
    elif sweep.method in ADAPTIVE:
        if sweep.method not in ("auto", "gp"):
            made.lose("method", f"points are proposed by {sweep.method}", "by a Gaussian process (bayes)")
        return "bayes"
    return "bayes" if sweep.method == "service" and sweep.algorithm == "service" else "random"


def _cap(sweep: Sweep) -> int | None:
    counts = [one for one in (sweep.trials, sweep.limits.trials) if one is not None]
    return min(counts, default=None)


def _early(sweep: Sweep, made: Outgoing) -> dict[str, object]:
    rule = sweep.early_stopping
    if rule is None:
        return {}
    if rule.stall is not None:
        made.lose("early_stopping.stall", "a trial that reports nothing is ended", "it goes on")
    if rule.rule not in ("asha", "hyperband"):
        made.lose("early_stopping", f"trials are stopped by rule {rule.rule}", "all run to their end")
        return {}
    if rule.rule == "hyperband":
        made.lose("early_stopping", "trials are stopped by several brackets", "by one, from min_steps on")
    if rule.resumes:
        made.lose("early_stopping.resumes", "a stopped trial may be promoted", "it stays stopped")
    return {"type": "hyperband", "min_iter": rule.min_steps, "eta": rule.reduction}


def _plain(step: Step, made: Outgoing) -> bool:
    """A constant that W&B passes as sweeper does: one --name=value, or a flag."""
    value = made.constants.get(step.name)
    if step.kind not in ("value", "unchecked", "flag") or not step.element.startswith("--"):
        return False
    return isinstance(value, (str, int, float)) and not (isinstance(value, bool) and step.off)


def _values(rendering: Rendering, made: Outgoing) -> dict[str, object]:
    """The constants that are parameters of W&B's too, so that its tables show them."""
    return {
        step.element.removeprefix("--"): {"value": made.constants[step.name]}
        for step in rendering.steps
        if _plain(step, made)
    }


def _command(sweep: Sweep, rendering: Rendering, made: Outgoing, passed: Collection[str]) -> list[str]:
    seed = sweep.seed if rendering.seed_parameter is not None else None
    constants = {name: value for name, value in made.constants.items() if name not in passed}
    fixed = render(rendering, constants, placeholders=SAMPLE, seed=seed)
    words = ["${env}", *(f"{name}={value}" for name, value in environment(sweep).items())]
    words += [sweep.trainer.python or "${interpreter}", "-m", sweep.trainer.module]
    cut = fixed.index("--") if "--" in fixed else len(fixed)
    options = [one for one in fixed[:cut] if one.startswith("-")]
    rest = [one for one in fixed if one not in options]
    return [*words, *options, "${args_no_boolean_flags}", *rest]


def _domain(one: Sent) -> dict[str, object]:
    domain = one.domain
    if isinstance(domain, Choices):
        return {"values": list(domain.values)}
    if domain.scale == "log":
        kind = (
            {"distribution": "q_log_uniform_values", "q": 1}
            if domain.integer
            else {"distribution": "log_uniform_values"}
        )
        return {**kind, "min": domain.min, "max": domain.max}
    kind = {"distribution": "int_uniform" if domain.integer else "uniform"}
    return {**kind, "min": domain.min, "max": domain.max}
