"""One parameter of a W&B sweep: what is drawn, by the meaning that the library ``sweeps`` gives each distribution."""

from __future__ import annotations

import math
from collections.abc import Callable

from sweeper.config.nodes import Node, Scalar, Sequence
from sweeper.config.report import join
from sweeper.formats.foreign import domains
from sweeper.formats.foreign.draft import Draft
from sweeper.formats.foreign.keys import Keys, number, plain_value
from sweeper.formats.foreign.wandb_command import Style
from sweeper.lean import dataclass
from sweeper.model import Value

_IN_A_GRID = ("categorical", "constant", "int_uniform", "q_uniform")


@dataclass(frozen=True)
class _One:
    keys: Keys
    draft: Draft
    grid: bool

    def number(self, key: str, default: float | None = None) -> float:
        value = self.keys.number(key)
        if value is None and default is None and key not in self.keys:
            self.keys.wrong(key, "missing")
        return value if value is not None else default if default is not None else math.nan


def domain(keys: Keys, method: str, style: Style, draft: Draft) -> object:
    """As the config has it; None after a complaint."""
    one = _One(keys, draft, method == "grid")
    kind = _kind(keys)
    made = _listed(one, kind, style) if kind in ("categorical", "constant") else _drawn(one, kind)
    keys.leave("mu", "sigma", "q", "a", "b")
    keys.rest()
    return made


def _kind(keys: Keys) -> str:
    """Said, or what the schema's defaults make of the other keys."""
    said = keys.text("distribution")
    if said is not None and said != "categorical_w_probabilities":
        return said
    if "value" in keys:
        return "constant"
    if "values" in keys or said is not None:
        return "categorical"
    ends = [keys.number(key) for key in ("min", "max") if key in keys]
    if len(ends) == 2:
        return "int_uniform" if all(isinstance(end, int) for end in ends) else "uniform"
    return "categorical"


def _listed(one: _One, kind: str, style: Style) -> object:
    keys, draft, path = one.keys, one.draft, one.keys.path
    if kind == "constant":
        node = keys.get("value")
        if node is None:
            keys.wrong("value", "missing")
            return None
        return _value(node, keys.at("value"), style, draft)
    node = keys.get("values")
    if node is None:
        keys.wrong("values", "missing: expected value, values, or min and max")
        return None
    if isinstance(node, Scalar):
        keys.warn("values", f"values is the single value {node.text}, where W&B expects a list")
        return [_value(node, keys.at("values"), style, draft)]
    values = _values(node, keys.at("values"), style, draft)
    weights = [_weight(item, keys, i) for i, item in enumerate(keys.items("probabilities"))]
    if weights and len(weights) != len(values):
        keys.wrong("probabilities", f"expected one for each of the {len(values)} values, got {len(weights)}")
        return None
    if weights:
        return domains.likely(draft, keys.mark("probabilities"), path, values, weights)
    return domains.choices(draft, node.mark, path, values, once_anyway=one.grid)


def _weight(node: Node, keys: Keys, i: int) -> float:
    return number(node, join(keys.at("probabilities"), i), keys.draft) or 0.0


def _values(node: Node, path: str, style: Style, draft: Draft) -> list[Value]:
    items = node.items if isinstance(node, Sequence) else ()
    return [_value(item, join(path, i), style, draft) for i, item in enumerate(items)]


def _value(node: Node, path: str, style: Style, draft: Draft) -> Value:
    return style.value(plain_value(node, path, draft), node.mark, path, draft)


def _drawn(one: _One, kind: str) -> object:
    make = _DRAWN.get(kind)
    if make is None:
        one.keys.wrong("distribution", f"W&B has no distribution {kind}")
        return None
    if one.grid and kind not in _IN_A_GRID:
        one.keys.wrong(
            "distribution" if "distribution" in one.keys else "min",
            f"W&B runs no grid over {kind}",
            "write values:, or method: random",
        )
        return None
    return make(one)


def _ends(one: _One) -> tuple[float, float]:
    return one.number("min"), one.number("max")


def _uniform(one: _One) -> object:
    return _span(one, *_ends(one))


def _span(one: _One, low: float, high: float, *, integer: bool = False, log: bool = False) -> object:
    if math.isnan(low) or math.isnan(high):
        return None  # told already
    return domains.span(one.draft, one.keys.node.mark, one.keys.path, low, high, integer=integer, log=log)


def _int_uniform(one: _One) -> object:
    made = _span(one, *_ends(one), integer=True)
    return {**made, "step": 1} if one.grid and isinstance(made, dict) else made


def _q_uniform(one: _One) -> object:
    (low, high), q = _ends(one), one.number("q", 1.0)
    if math.isnan(low) or math.isnan(high):
        return None
    place = one.draft, one.keys.node.mark, one.keys.path
    if one.grid and q > 0:
        # Its grid is numpy's arange: the end is not included.
        return domains.listing(*place, domains.steps(*place, low, high, q, inclusive=False))
    return domains.stepped(*place, low, high, q)


def _log(low: float, high: float, one: _One) -> object:
    if math.isnan(low) or math.isnan(high):
        return None
    return _span(one, low, high, log=True)


def _exponents(one: _One, *, inverse: bool = False) -> object:
    low, high = _ends(one)
    if max(abs(low), abs(high)) > 700:
        one.keys.wrong("min", f"log_uniform takes exponents of e, got {low:g} and {high:g}", "write log_uniform_values")
        return None
    if low > 0 or (low >= 0 and high <= 1):
        one.keys.warn(
            "min",
            f"the ends are exponents of e, so values are drawn between {math.exp(low):g} and {math.exp(high):g}; "
            "log_uniform_values takes the values themselves",
        )
    first, last = (-high, -low) if inverse else (low, high)
    return _log(domains.rounded(math.exp(first)), domains.rounded(math.exp(last)), one)


def _q_log(one: _One, low: float, high: float) -> object:
    if math.isnan(low) or math.isnan(high):
        return None
    q = one.number("q", 1.0)
    return domains.log_stepped(one.draft, one.keys.node.mark, one.keys.path, low, high, q)


def _q_log_exponents(one: _One) -> object:
    low, high = _ends(one)
    return _q_log(one, *(domains.rounded(math.exp(min(end, 700))) for end in (low, high)))


def _normal(*, log: bool = False, q: bool = False) -> Callable[[_One], object]:
    def make(one: _One) -> object:
        step = one.number("q", 1.0) if q else None
        mu, sigma = one.number("mu", 0.0), one.number("sigma", 1.0)
        return domains.normal(one.draft, one.keys.node.mark, one.keys.path, mu, sigma, q=step, log=log)

    return make


def _beta(one: _One) -> object:
    a, b = one.number("a", 1.0), one.number("b", 1.0)
    if (a, b) != (1, 1):
        message = f"values are drawn from a beta distribution ({a:g}, {b:g})"
        one.draft.lose(one.keys.node.mark, one.keys.path, message, "evenly between 0 and 1")
    return _span(one, 0.0, 1.0)


def _q_beta(one: _One) -> object:
    made, q = _beta(one), one.number("q", 1.0)
    assert isinstance(made, dict)
    return domains.stepped(one.draft, one.keys.node.mark, one.keys.path, made["min"], made["max"], q)


_DRAWN: dict[str, Callable[[_One], object]] = {
    "uniform": _uniform,
    "int_uniform": _int_uniform,
    "q_uniform": _q_uniform,
    "log_uniform": _exponents,
    "log_uniform_values": lambda one: _log(*_ends(one), one),
    "inv_log_uniform": lambda one: _exponents(one, inverse=True),
    "inv_log_uniform_values": lambda one: _log(*_ends(one), one),
    "q_log_uniform": _q_log_exponents,
    "q_log_uniform_values": lambda one: _q_log(one, *_ends(one)),
    "normal": _normal(),
    "q_normal": _normal(q=True),
    "log_normal": _normal(log=True),
    "q_log_normal": _normal(log=True, q=True),
    "beta": _beta,
    "q_beta": _q_beta,
}
