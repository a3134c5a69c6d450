"""NNI: a search space of ``_type`` and ``_value``, alone (JSON) or in an experiment's ``config.yml``."""

from __future__ import annotations

import math
from collections.abc import Mapping as MappingType

from sweeper.config.loader import compose
from sweeper.config.nodes import Mapping, Mark, Node, Scalar, found
from sweeper.config.nodes import Sequence as ListNode
from sweeper.config.report import join
from sweeper.config.scalars import resolve
from sweeper.config.scalars11 import resolve11
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys, is_null, number, plain_value
from sweeper.formats.foreign.program import started
from sweeper.formats.options import options
from sweeper.model import Value

TITLE = "NNI"
_CONFIG = {"searchSpace", "searchSpaceFile", "search_space", "searchSpacePath"}
_TUNERS = {"Random": "random", "GridSearch": "grid", "Grid": "grid", "BatchTuner": "list", "Batch": "list"}
_STOPPED = {"medianstop": "median", "curvefitting": None}


def is_mine(file: str, text: str, root: Node | None) -> bool:
    """A space, or a config that has one."""
    if not isinstance(root, Mapping):
        return False
    if _CONFIG & set(root.entries):
        return True
    nodes = [entry.node for entry in root.entries.values()]
    return bool(nodes) and all(map(_is_parameter, nodes))


def _is_parameter(node: Node) -> bool:
    return isinstance(node, Mapping) and "_type" in node.entries


def read(text: str, draft: Draft) -> None:
    """Fill in the draft."""
    root = compose(text, draft.report, resolve if text.lstrip()[:1] == "{" else resolve11)
    if root is None or draft.report:
        return
    entries = root.entries if isinstance(root, Mapping) else {}
    if not _CONFIG & set(entries) and not any(_is_parameter(entry.node) for entry in entries.values()):
        hint = "a space has parameters of _type: and _value:, a config has searchSpace:"
        draft.wrong(root.mark, "", "this is neither a search space of NNI nor a config of its experiments", hint)
        return
    keys = Keys(root, "", draft)
    draft.notes.append(
        "NNI hands values over through nni.get_next_parameter(); here the trainer takes each as an option"
    )
    if not _CONFIG & set(keys):
        draft.method, draft.trials = "random", 20
        draft.notes.append(
            "a search space names neither trainer, tuner, metric nor count: random and trials: 20 are guesses"
        )
        _space(root, "", "", draft, {})
        return
    _config(keys, draft)


def _config(keys: Keys, draft: Draft) -> None:
    draft.name = keys.text("experimentName")
    tuner = keys.below("tuner")
    name = (tuner.text("name") or tuner.text("builtinTunerName")) if tuner else None
    draft.method = _TUNERS.get(name or "", "auto")
    arguments = tuner.below("classArgs") if tuner else None
    mode = arguments.text("optimize_mode") if arguments else None
    draft.metric, draft.goal = "default", "minimize" if mode == "minimize" else "maximize"
    draft.notes.append("metric: NNI's number has no name (nni.report_final_result); default stands for it")
    if draft.method == "auto":
        draft.notes.append(f"tuner {name}: method: auto takes its place")
    command = keys.text("trialCommand") or ((trial := keys.below("trial")) and trial.text("command")) or ""
    notes: list[str] = []
    line = started(draft, keys.mark("trialCommand"), "trialCommand", command.split()) if command else []
    for option, value in options(line, notes).items():
        draft.parameters[option] = {"value": list(value)} if isinstance(value, tuple) else value
        draft.places[option] = keys.mark("trialCommand")
    for note in notes:
        keys.lose("trialCommand", note.removeprefix("args: ").partition(" is left out")[0], "it is left out")
    space = keys.get("searchSpace") or keys.get("search_space")
    if space is None:
        file = keys.text("searchSpaceFile") or keys.text("searchSpacePath")
        keys.wrong("searchSpaceFile", f"the space is in {file}", f"import {file}, or write it below searchSpace:")
        return
    _space(space, "searchSpace", "", draft, {})
    most = keys.whole("maxTrialNumber", 1) or keys.whole("maxTrialNum", 1)
    _count(keys, most, draft)
    if (parallel := keys.whole("trialConcurrency", 1)) is not None:
        draft.limits["parallel"] = parallel
    if (assessor := keys.below("assessor")) is not None:
        _assessor(assessor, draft)
    keys.leave("trial", "trialCodeDirectory", "authorName", "description")
    keys.others()


def _count(keys: Keys, most: int | None, draft: Draft) -> None:
    ranges = [
        name
        for name, one in draft.parameters.items()
        if isinstance(one, MappingType) and "min" in one and "step" not in one
    ]
    if draft.method == "grid" and ranges:
        mark = draft.places[ranges[0]]
        draft.lose(
            mark, ranges[0], "NNI's grid divides a range ever finer, without an end", "points are drawn at random"
        )
        draft.method = "random"
    if draft.method == "list":
        draft.lose(keys.mark("tuner"), "tuner", "the batch tuner runs its combine_params one by one", "a grid of it")
        draft.method = "grid"
    if draft.method == "grid":
        draft.limits |= {"trials": most} if most is not None else {}
        return
    draft.trials = most or 20
    if most is None:
        draft.notes.append("there is no maxTrialNumber: NNI goes on until it is stopped; trials: 20 is a guess")


def _assessor(keys: Keys, draft: Draft) -> None:
    name = (keys.text("name") or keys.text("builtinAssessorName") or "").lower()
    arguments = keys.below("classArgs")
    if _STOPPED.get(name) is None:
        keys.lose("name", f"trials are stopped by the assessor {name}", "all run to their end")
        return
    start = (arguments.whole("start_step", 0) if arguments else None) or 0
    draft.early_stopping = {"rule": "median", "min_steps": max(1, start)}


def _space(node: Node, path: str, prefix: str, draft: Draft, when: dict[str, object]) -> None:
    if not isinstance(node, Mapping):
        draft.wrong(node.mark, path, f"expected keys and values, got {found(node)}")
        return
    for name, entry in node.entries.items():
        if name != "_name":
            keys = Keys(entry.node, join(path, name), draft)
            made = _parameter(keys, f"{prefix}{name}", draft, when)
            _add(f"{prefix}{name}", entry.node, made, draft, when)


def _add(name: str, node: Node, made: object, draft: Draft, when: dict[str, object]) -> None:
    """A nested parameter may stand below several choices: once for all, where it is the same below each."""
    if not when or made is None:
        draft.add(name, node, made)
        return
    known, mine = draft.parameters.get(name), domains.conditioned(made, when)
    parent = list(when)[-1]
    assert isinstance(mine, dict)
    if isinstance(known, dict) and "when" in known:
        rest = {**known["when"], parent: None}
        if {**known, "when": None} == {**mine, "when": None} and rest == {**when, parent: None}:
            had = known["when"][parent]
            values = [*(had if isinstance(had, list) else [had]), when[parent]]
            draft.parameters[name] = {**mine, "when": {**when, parent: values}}
            return
        head, _, last = name.rpartition(".")
        name = f"{head}.{when[parent]}.{last}"
        draft.notes.append(f"{draft.at(node.mark)}: {last} is another below {when[parent]}: it is called {name}")
    draft.add(name, node, mine)


def _parameter(keys: Keys, name: str, draft: Draft, when: dict[str, object]) -> object:
    kind, mark, path = keys.text("_type"), keys.node.mark, keys.path
    items = keys.items("_value")
    if kind == "choice":
        return _choice(items, keys, name, draft, when)
    need = {"randint": 2, "uniform": 2, "loguniform": 2, "normal": 2, "lognormal": 2}
    need |= {"quniform": 3, "qloguniform": 3, "qnormal": 3, "qlognormal": 3}
    if kind not in need:
        if isinstance(keys.node, Mapping):
            keys.wrong("_type", "missing" if kind is None else f"NNI has no {kind}")
        return None
    given = [number(one, join(keys.at("_value"), i), draft) for i, one in enumerate(items)]
    numbers = [one for one in given if one is not None]
    if kind == "randint" and len(items) == 1:
        numbers = [0, *numbers]
    if len(numbers) != need[kind]:
        if len(given) == len(numbers) or kind == "randint":
            keys.wrong("_value", f"{kind} takes {need[kind]} numbers, got {len(numbers)}")
        return None
    low, high, *more = numbers
    if more and more[0] <= 0:
        keys.wrong("_value", f"the step must be above 0, got {more[0]}")
        return None
    if kind == "randint":
        made = domains.span(draft, mark, path, low, high - 1, integer=True)  # the upper end is not included
        return {**made, "step": 1} if draft.method == "grid" and isinstance(made, MappingType) else made
    if kind.endswith("normal"):
        q = more[0] if more else None
        return domains.normal(draft, mark, path, low, high, q=q, log="log" in kind)
    if kind == "quniform":
        return _quniform(draft, mark, path, low, high, more[0])
    if kind == "qloguniform":
        return domains.log_stepped(draft, mark, path, low, high, more[0])
    return domains.span(draft, mark, path, low, high, log=kind == "loguniform")


def _quniform(draft: Draft, mark: Mark, path: str, low: float, high: float, q: float) -> object:
    """Multiples of q, cut to the ends."""
    if not abs(domains.width(low, high, q)) <= 1000 or abs(low / q) == math.inf:
        return domains.stepped(draft, mark, path, low, high, q)
    first, last = math.floor(low / q + 0.5), math.ceil(high / q - 0.5)
    if not domains.fits(draft, mark, path, last - first + 1):
        return None
    levels = [min(max(i * q, low), high) for i in range(first, last + 1)]
    whole = all(float(one).is_integer() for one in levels)
    values: list[Value] = [int(one) if whole else domains.rounded(one) for one in levels]
    return domains.choices(draft, mark, path, values, once_anyway=True)


def _choice(items: list[Node], keys: Keys, name: str, draft: Draft, when: dict[str, object]) -> object:
    values: list[Value] = []
    for i, item in enumerate(items):
        at = join(keys.at("_value"), i)
        label = item.entries.get("_name") if isinstance(item, Mapping) else None
        if label is not None and isinstance(label.node, Scalar):
            values.append(label.node.text)
            _space(item, at, f"{name}.", draft, {**when, name: label.node.text})
        else:
            plain = "None" if is_null(item) else plain_value(item, at, draft)
            values.append(plain if isinstance(plain, (str, int, float)) else str(plain))
    if not isinstance(keys.get("_value"), ListNode):
        return None
    return domains.choices(draft, keys.node.mark, keys.path, values)
