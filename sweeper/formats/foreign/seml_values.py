"""What seml's parameters stand for: the levels of a grid, the range of a draw, a draw."""

from __future__ import annotations

import math
import random

from sweeper.config.nodes import Node
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys, is_null, plain_value
from sweeper.model import Value


def said(node: Node, path: str, draft: Draft) -> Value:
    """As sacred prints it: Python's words for truth values and nothing."""
    value = None if is_null(node) else plain_value(node, path, draft)
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else str(value)


def levels(keys: Keys, draft: Draft) -> list[Value]:
    """The values of a grid's parameter. Empty after a complaint."""
    kind, path = keys.text("type"), keys.path
    if kind == "choice":
        return [said(one, keys.at("options"), draft) for one in keys.items("options")]
    low, high = keys.number("min"), keys.number("max")
    count, step = keys.whole("num", 1), keys.number("step")
    if kind not in ("range", "uniform", "loguniform"):
        keys.wrong("type", f"seml's grid has no {kind}", "choice, range, uniform or loguniform")
    elif low is None or high is None:
        keys.wrong("type", f"{kind} needs min and max")
    elif kind == "range" and not step:
        if step == 0 or "step" not in keys:
            keys.wrong("step", "missing" if step is None else "a range does not move on by 0")
    elif kind != "range" and count is None:
        if "num" not in keys:
            keys.wrong("num", f"missing: a grid takes num values of {kind}")
    elif kind == "loguniform" and min(low, high) <= 0:
        keys.wrong("min", f"a log scale starts above 0, got {low}")
    elif kind == "range":
        return list(domains.steps(draft, keys.mark("step"), path, low, high, step or 1, inclusive=False) or ())
    else:
        log = kind == "loguniform"
        ends = (math.log10(low), math.log10(high)) if log else (float(low), float(high))
        found = domains.spaced(draft, keys.mark("num"), path, *ends, count or 1) or ()
        return [domains.rounded(10**one if log else one) for one in found]
    draft.places.setdefault(path, keys.node.mark)
    return []


def drawn(keys: Keys, draft: Draft) -> object:
    """What a random parameter is drawn from, as a config writes it. None after a complaint."""
    kind, mark, path = keys.text("type"), keys.node.mark, keys.path
    if keys.number("seed") is not None:
        draft.notes.append(f"{draft.at(mark)}: {path}.seed is left out: the sweep has one seed")
    if kind == "choice":
        values = [said(one, keys.at("options"), draft) for one in keys.items("options")]
        return domains.choices(draft, mark, path, values)
    low, high = keys.number("min"), keys.number("max")
    if kind not in ("uniform", "loguniform", "randint", "randint_unique"):
        keys.wrong("type", f"seml draws no {kind}", "choice, uniform, loguniform or randint")
        return None
    if low is None or high is None:
        keys.wrong("type", f"{kind} needs min and max")
        return None
    if kind == "randint_unique":
        draft.lose(mark, path, "each number is drawn once at most", "a number may come again")
    if kind.startswith("randint"):
        return domains.span(draft, mark, path, int(low), int(high) - 1, integer=True)
    return domains.span(draft, mark, path, low, high, log=kind == "loguniform")


def draw(domain: object, source: random.Random) -> Value:
    """One value of what ``drawn`` gives."""
    if isinstance(domain, list):
        chosen: Value = source.choice(domain)
        return chosen
    if not isinstance(domain, dict):
        return domain  # type: ignore[return-value]
    low, high = domain["min"], domain["max"]
    if isinstance(low, int) and "scale" not in domain:
        return source.randint(low, high)
    if domain.get("scale") == "log":
        return domains.rounded(math.exp(source.uniform(math.log(low), math.log(high))))
    return domains.rounded(source.uniform(low, high))
