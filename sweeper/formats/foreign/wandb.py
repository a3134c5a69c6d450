"""Weights & Biases: the YAML of ``wandb sweep``, read as its agent and its search engine read it."""

from __future__ import annotations

from sweeper.config.nodes import Mapping, Node
from sweeper.config.scalars11 import resolve11
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys
from sweeper.formats.foreign.wandb_command import Style, command
from sweeper.formats.foreign.wandb_domains import domain

TITLE = "Weights & Biases"
resolved = resolve11
TRIALS = 20
"""Where W&B draws until somebody stops it."""
_ENGINES = {"grid": "grid", "random": "random", "bayes": "auto"}


def is_mine(root: Node) -> bool:
    """It has a method and parameters that are mappings, and no trainer."""
    if not isinstance(root, Mapping) or "trainer" in root.entries or "method" not in root.entries:
        return False
    parameters = root.entries.get("parameters")
    return parameters is not None and isinstance(parameters.node, Mapping)


def read(root: Node, draft: Draft) -> None:
    """Fill in the draft."""
    keys = Keys(root, "", draft)
    keys.leave("project", "entity", "apiVersion", "kind", "controller")
    draft.name = keys.text("name") if "name" in keys else None
    if (about := keys.text("description")) is not None:
        draft.comments.append(about)
    method = keys.word("method", tuple(_ENGINES))
    draft.method = _ENGINES.get(method or "", "grid")
    if method == "bayes":
        draft.notes.append("method bayes: W&B proposes by a Gaussian process; method: auto has one of its own")
    style = command(keys, draft)
    _parameters(keys, method or "grid", style, draft)
    _metric(keys, draft)
    _count(keys, method or "grid", draft)
    _stopping(keys, draft)
    keys.rest()


def _parameters(keys: Keys, method: str, style: Style, draft: Draft) -> None:
    below = keys.below("parameters")
    if below is None:
        keys.wrong("parameters", "missing: there is nothing to search")
        return
    fixed = set(draft.parameters)
    _nest(below, "", method, style, draft)
    if style.macro is None:
        where = "command" if "command" in keys else "parameters"
        names = ", ".join(name for name in draft.parameters if name not in fixed)
        keys.warn(where, f"the command has no ${{args}}: it receives none of {names}, only wandb.config does")


def _nest(below: Keys, prefix: str, method: str, style: Style, draft: Draft) -> None:
    for name in below:
        node = below.get(name)
        assert node is not None
        inner = Keys(node, below.at(name), draft)
        if "parameters" in inner and not {"value", "values", "min", "max", "distribution"} & set(inner):
            nested = inner.below("parameters")
            whole = f"--{prefix}{name}={{...}}"
            draft.notes.append(
                f"{draft.at(node.mark)}: {below.at(name)}: W&B passes nested parameters as one dictionary ({whole}); "
                f"here each is an option of its own: --{prefix}{name}.<name>"
            )
            if nested is not None:
                _nest(nested, f"{prefix}{name}.", method, style, draft)
        elif node.mark is not None:
            draft.add(f"{prefix}{name}", node, domain(inner, method, style, draft))


def _metric(keys: Keys, draft: Draft) -> None:
    metric = keys.below("metric")
    if metric is None:
        draft.notes.append("the file names no metric: trials are ranked by accuracy, maximize; write metric: to say it")
        return
    draft.metric = metric.text("name")
    draft.goal = metric.word("goal", ("minimize", "maximize")) or "minimize"
    if "goal" not in metric:
        metric.warn("name", "no goal is given: W&B minimizes")
    if (target := metric.number("target")) is not None:
        metric.lose("target", f"the sweep ends when a trial reaches {target:g}", "all trials are run")
    for key in ("impute", "impute_while_running"):
        if metric.text(key) is not None:
            metric.lose(key, "failed trials count with a value of their own in the search", "they do not count")
    metric.rest()


def _count(keys: Keys, method: str, draft: Draft) -> None:
    cap = keys.whole("run_cap", 1)
    if method == "grid":
        draft.limits |= {"trials": cap} if cap is not None else {}
        return
    draft.trials = cap if cap is not None else TRIALS
    if cap is None:
        draft.notes.append(
            f"there is no run_cap: W&B draws until somebody stops it; trials: {TRIALS} is a guess, write your own"
        )


def _stopping(keys: Keys, draft: Draft) -> None:
    early = keys.below("early_terminate")
    if early is None:
        return
    kind = early.text("type")
    if kind != "hyperband":
        early.lose("type", f"trials are stopped by {kind}", "all trials run to their end")
        return
    least, most = early.whole("min_iter", 1), early.whole("max_iter", 1)
    eta, brackets = early.number("eta") or 3, early.number("s")
    if early.truth("strict"):
        early.lose("strict", "all that are not among the best are stopped (strict)", "only when enough can be compared")
    early.rest()
    reduction = max(2, round(eta))
    if eta != reduction:
        early.lose("eta", f"one trial in {eta:g} goes on", f"one in {reduction}")
    if least is None and (most is None or brackets is None):
        early.wrong("type", "hyperband needs min_iter, or max_iter and s")
        return
    first = least if least is not None else int((most or 1) // eta ** int(brackets or 1))
    rule: dict[str, object] = {"rule": "asha", "min_steps": max(first, 1), "reduction": reduction}
    if least is None and most is not None and most > first:
        rule["max_steps"] = most
    draft.early_stopping = rule
    draft.notes.append(
        "early_terminate: W&B's hyperband compares trials at growing steps, which is rule asha here; "
        "its steps are calls of wandb.log, here they are the steps that the trainer reports"
    )
