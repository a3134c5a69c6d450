"""A ``{min, max, ...}`` of the config to a Range, with everything that makes a range useless refused."""

from __future__ import annotations

from typing import Literal

from sweeper.config.check import Section
from sweeper.config.nodes import is_whole
from sweeper.config.report import Report
from sweeper.config.schema import DISTRIBUTIONS
from sweeper.model import Range

RANGE_KEYS = ("min", "max", "scale", "num", "step", "type", "q")
_MOST_VALUES = 1_000_000


class _Faults:
    """Reports problems of one range, at the keys they are about."""

    def __init__(self, section: Section, report: Report) -> None:
        self._section, self._report = section, report
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, key: str, message: str, hint: str = "") -> None:
        self._count += 1
        self._report.add(self._section.mark(key), self._section.at(key) if key else self._section.path, message, hint)


def build_range(section: Section, report: Report) -> Range | None:
    """The range that ``section`` describes; None after a complaint."""
    faults = _Faults(section, report)
    _exclusive(section, faults)
    if faults or any(section.has(key) and key not in section.values for key in (*RANGE_KEYS, "distribution")):
        return None
    low, high = section.values["min"], section.values["max"]
    step = section.values.get("step", section.values.get("q"))
    scale = _scale(section)
    integer = _integer(section, step, faults)
    _ends(low, high, scale, faults)
    if faults:
        return None
    num = section.values.get("num")
    _spacing(low, high, num, step, faults)
    if integer:
        _room(low, high, num, faults)
    if faults:
        return None
    convert = int if integer else float
    return Range(convert(low), convert(high), scale, num, None if step is None else convert(step), integer)


def _exclusive(section: Section, faults: _Faults) -> None:
    for end, other in (("min", "max"), ("max", "min")):
        if not section.has(end):
            faults.add("", f"{other} needs {end}", f"write {end}: as well")
    if section.has("step") and section.has("num"):
        faults.add("num", "step and num exclude each other", "keep one of them")
    if section.has("distribution") and (section.has("scale") or section.has("type")):
        faults.add("distribution", "distribution already says scale and type", "leave distribution out")
    if section.has("q") and section.values.get("distribution") != "q_uniform":
        faults.add("q", "q belongs to distribution: q_uniform", "write step")
    if section.values.get("distribution") == "q_uniform" and not section.has("q"):
        faults.add("distribution", "q_uniform needs q", "or write min, max and step")
    if _scale(section) == "log" and section.has("step"):
        faults.add("step", "a log scale has no fixed step", "write num:")


def _scale(section: Section) -> Literal["linear", "log"]:
    named = section.values.get("distribution")
    said = DISTRIBUTIONS[named] if named else section.values.get("scale")
    return "log" if said == "log" else "linear"


def _integer(section: Section, step: float | None, faults: _Faults) -> bool:
    """Whole numbers only: said, or all of the range's numbers are written so."""
    keys = [key for key in ("min", "max", "step", "q") if section.has(key)]
    named = section.values.get("distribution")
    kind = {"int_uniform": "int", "uniform": "float", "log_uniform_values": "float"}.get(named or "")
    kind = kind or section.values.get("type")
    if kind == "int":
        for key in keys:
            if section.values[key] != int(section.values[key]):
                faults.add(key, f"expected a whole number, got {section.values[key]}", "or write type: float")
    return kind == "int" or (kind is None and all(is_whole(section.values[key]) for key in keys))


def _ends(low: float, high: float, scale: str, faults: _Faults) -> None:
    if low == high:
        faults.add("max", f"min and max are both {low}", f"write a constant: {low}")
    elif low > high:
        faults.add("max", f"expected more than min ({low}), got {high}", "swap them")
    if scale == "log" and low <= 0:
        faults.add("min", f"a log scale starts above 0, got {low}", "write a small number such as 1e-5")
    if float(high) - float(low) == float("inf"):
        faults.add("max", "the range is wider than any floating-point number")


def _spacing(low: float, high: float, num: int | None, step: float | None, faults: _Faults) -> None:
    key = "step" if num is None else "num"
    if step is None:
        return
    steps = (high - low) / step
    if steps < 1:
        faults.add(key, f"a step of {step} leaves the range {low} to {high} at once", "write a smaller step")
    elif steps > _MOST_VALUES:
        faults.add(key, f"more than {_MOST_VALUES} values", "write a larger step")


def _room(low: float, high: float, num: int | None, faults: _Faults) -> None:
    whole = int(high) - int(low) + 1
    if num is not None and num > whole:
        hint = f"write num: {whole}, or min: {float(low)} for fractions"
        faults.add("num", f"only {whole} whole numbers lie between {int(low)} and {int(high)}, got num: {num}", hint)
