"""Determined: an experiment config with ``hyperparameters`` and ``searcher``, after its master/pkg/searcher."""

from __future__ import annotations

import math

from sweeper.config.nodes import Mapping, Node, Scalar, Sequence
from sweeper.config.scalars import resolve
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys, plain_value
from sweeper.formats.foreign.program import started
from sweeper.model import Value

TITLE = "Determined"
resolved = resolve
_HALVING = {"adaptive_asha": "hyperband", "adaptive": "hyperband", "adaptive_simple": "hyperband"}
_HALVING |= {"asha": "asha", "async_halving": "asha", "sync_halving": "asha"}
_SEARCHERS = ("single", "random", "grid", *_HALVING)


def is_mine(root: Node) -> bool:
    """It has both sections."""
    return isinstance(root, Mapping) and {"hyperparameters", "searcher"} <= set(root.entries)


def read(root: Node, draft: Draft) -> None:
    """Fill in the draft."""
    keys = Keys(root, "", draft)
    draft.name = keys.text("name")
    if (about := keys.text("description")) is not None:
        draft.comments.append(about)
    _entrypoint(keys, draft)
    searcher = keys.below("searcher")
    kind = searcher.word("name", _SEARCHERS) if searcher else None
    if (below := keys.below("hyperparameters")) is not None:
        _nest(below, "", kind == "grid", draft)
    if searcher is not None and kind is not None:
        _searcher(searcher, kind, draft)
    draft.notes.append("Determined hands values over through its API; here the trainer takes each as an option")
    keys.others()


def _entrypoint(keys: Keys, draft: Draft) -> None:
    node = keys.get("entrypoint")
    if isinstance(node, Sequence):
        words = [one.text for one in node.items if isinstance(one, Scalar)]
    else:
        words = (keys.text("entrypoint") or "").split()
    if len(words) == 1 and ":" in words[0]:
        keys.lose("entrypoint", f"the trial is the class {words[0]}, which Determined runs", "trainer.task is a guess")
    elif words and (rest := started(draft, keys.mark("entrypoint"), "entrypoint", words)):
        keys.lose("entrypoint", f"{' '.join(rest)} is passed", "it is left out: write it as parameters")


def _nest(below: Keys, prefix: str, grid: bool, draft: Draft) -> None:
    for name in below:
        node = below.get(name)
        assert node is not None
        if isinstance(node, Mapping) and not isinstance(_type(node), Scalar):
            _nest(Keys(node, below.at(name), draft), f"{prefix}{name}.", grid, draft)
        elif isinstance(node, Mapping):
            draft.add(f"{prefix}{name}", node, _domain(Keys(node, below.at(name), draft), grid, draft))
        else:
            draft.add(f"{prefix}{name}", node, _constant(node, below.at(name), draft))


def _type(node: Mapping) -> Node | None:
    return node.entries["type"].node if "type" in node.entries else None


def _constant(node: Node, path: str, draft: Draft) -> Value:
    value = plain_value(node, path, draft)
    return value if isinstance(value, (str, int, float)) else str(value)


def _domain(keys: Keys, grid: bool, draft: Draft) -> object:
    kind, mark, path = keys.word("type", ("const", "int", "double", "log", "categorical")), keys.node.mark, keys.path
    if kind == "const":
        node = keys.get("val")
        return None if node is None else _constant(node, keys.at("val"), draft)
    if kind == "categorical":
        values = [_constant(one, keys.at("vals"), draft) for one in keys.items("vals")]
        return domains.choices(draft, mark, path, values)
    low, high = keys.number("minval"), keys.number("maxval")
    count, base = keys.whole("count", 1), keys.number("base") or 10
    if kind is None or low is None or high is None:
        if kind is not None:
            keys.wrong("minval", f"{kind} needs minval and maxval")
        return None
    if kind == "log" and (base <= 0 or max(abs(low), abs(high)) * abs(math.log(base)) > 700):
        keys.wrong("minval", f"minval and maxval are exponents of {base:g}: {base:g}^{high:g} is no number")
        return None
    keys.rest()
    if grid and count is None:
        keys.wrong("count", f"a grid needs count for {kind}")
        return None
    if grid and count is not None:
        return domains.listing(draft, mark, path, _levels(keys, kind, low, high, count, base))
    if kind == "log":
        return domains.span(draft, mark, path, *(domains.rounded(base**end) for end in (low, high)), log=True)
    return domains.span(draft, mark, path, low, high, integer=kind == "int")


def _levels(keys: Keys, kind: str, low: float, high: float, count: int, base: float) -> list[float] | None:
    """``grid`` of grid.go; a single level is the middle. None after a complaint."""
    if kind == "int":
        count = min(count, int(high) - int(low) + 1)
    place = keys.draft, keys.mark("count"), keys.at("count")
    found = [(low + high) / 2] if count == 1 else domains.spaced(*place, low, high, count)
    if found is None:
        return None
    if kind == "int":
        # Go rounds halves away from zero.
        return [int(math.copysign(math.floor(abs(one) + 0.5), one)) for one in found]
    return [base**one for one in found] if kind == "log" else [float(one) for one in found]


def _searcher(keys: Keys, kind: str, draft: Draft) -> None:
    draft.metric = keys.text("metric")
    draft.goal = "maximize" if keys.truth("smaller_is_better") is False else "minimize"
    searched = any(not isinstance(one, (str, int, float)) for one in draft.parameters.values())
    if kind != "grid":
        draft.method = "random" if searched else "grid"
    trials = 1 if kind == "single" else keys.whole("max_trials", 1)
    if draft.method == "random":
        draft.trials = trials
        if trials is None:
            keys.wrong("name", f"{kind} needs max_trials")
    if (parallel := keys.whole("max_concurrent_trials", 1)) is not None:
        draft.limits["parallel"] = parallel
    length, unit = _length(keys)
    if kind in _HALVING:
        _halving(keys, kind, length, unit, draft)
    elif length is not None:
        draft.notes.append(f"max_length {length} {unit}: how long a trial trains is the trainer's own to know")
    if keys.text("source_trial_id") is not None or keys.text("source_checkpoint_uuid") is not None:
        keys.lose("name", "trials begin with the checkpoint of an earlier one", "they begin anew")
    keys.leave("mode", "bracket_rungs", "max_rungs", "num_rungs", "divisor", "stop_once", "train_stragglers")
    keys.others()


def _length(keys: Keys) -> tuple[int | None, str]:
    for key in ("max_length", "max_time"):
        node = keys.get(key)
        if isinstance(node, Mapping):
            inner = Keys(node, keys.at(key), keys.draft)
            for unit in inner:
                return inner.whole(unit, 1), unit
        elif node is not None:
            return keys.whole(key, 1), keys.text("time_metric") or "steps"
    return None, ""


def _halving(keys: Keys, kind: str, length: int | None, unit: str, draft: Draft) -> None:
    divisor = keys.number("divisor") or 4
    rungs = keys.whole("max_rungs", 1) or keys.whole("num_rungs", 1) or 5
    rule: dict[str, object] = {"rule": _HALVING[kind], "reduction": max(2, round(divisor))}
    if length is None or length < 3:
        rule["rule"] = "asha"
    else:
        rule |= {"min_steps": max(1, int(length / divisor ** (rungs - 1))), "max_steps": length}
    draft.early_stopping = rule
    draft.notes.append(
        f"searcher {kind}: its rungs are counted in {unit or 'steps'}, here in steps of the trainer's reports"
    )
