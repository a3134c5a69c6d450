"""``when`` and ``exclude``: conditions on other parameters, checked to be ones that can hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from sweeper.config.check import Section
from sweeper.config.names import did_you_mean, listed
from sweeper.config.nodes import Node, Sequence, found, is_number
from sweeper.config.parameters import Axes
from sweeper.config.report import Report, join
from sweeper.config.values import identity
from sweeper.model import Choices, Range, Value

Condition = dict[str, tuple[Value, ...]]


def build_condition(section: Section, axes: Axes, report: Report) -> Condition:
    """Each name with the values that count, spelt as its axis spells them; what can never hold is reported."""
    condition: Condition = {}
    for name, entry in section.node.entries.items():
        if name not in axes:
            report.add(entry.mark, section.at(name), f"no parameter is called {name!r}", did_you_mean(name, axes))
            continue
        axis = axes[name]
        if name not in section.values or axis is None:
            continue
        listed_values = isinstance(entry.node, Sequence)
        nodes: Iterable[Node] = entry.node.items if isinstance(entry.node, Sequence) else (entry.node,)
        values = section.values[name] if listed_values else (section.values[name],)
        kept = []
        for i, (node, value) in enumerate(zip(nodes, values, strict=True)):
            spelt = _match(value, axis)
            if spelt is None:
                path = join(section.at(name), i) if listed_values else section.at(name)
                report.add(node.mark, path, *_never(node, name, value, axis))
            else:
                kept.append(spelt[0])
        condition[name] = tuple(kept)
    return condition


def _match(value: Value, axis: Choices | Range) -> tuple[Value] | None:
    """The axis's own spelling of ``value``, in a tuple because None is a value."""
    if isinstance(axis, Choices):
        wanted = identity(value)
        return next(((each,) for each in axis.values if identity(each) == wanted), None)
    if not isinstance(value, int | float) or not is_number(value) or not axis.min <= value <= axis.max:
        return None
    if axis.integer:
        return (int(value),) if value == int(value) else None
    return (float(value),) if _on_grid(float(value), axis) else None


def _on_grid(value: float, axis: Range) -> bool:
    """Whether a fractional range's grid has this value, to the 12 digits that spaced values are rounded to."""
    low, width = axis.min, axis.max - axis.min
    if axis.step is not None:
        near = low + round((value - low) / axis.step) * axis.step
    elif axis.num is None:
        return False
    elif axis.scale == "log":
        ratio = math.log(axis.max / low) / (axis.num - 1)
        near = low * math.exp(round(math.log(value / low) / ratio) * ratio)
    else:
        near = low + round((value - low) / width * (axis.num - 1)) * width / (axis.num - 1)
    return math.isclose(near, value, rel_tol=1e-11, abs_tol=1e-11 * abs(width))


def _never(node: Node, name: str, value: Value, axis: Choices | Range) -> tuple[str, str]:
    message = f"{name} is never {found(node).removeprefix('the number ')}"
    if isinstance(axis, Choices):
        same_text = [each for each in axis.values if str(each) == str(value)]
        if same_text:
            return message, "quote it, as the parameter does" if isinstance(same_text[0], str) else "remove the quotes"
        return message, f"it is {listed(_spelt(each) for each in axis.values)}"
    if axis.num is None and axis.step is None and not axis.integer:
        return message, "a sampled range hits no exact value; write a constraint, or give the range num: or step:"
    many = f"in steps of {axis.step}" if axis.step is not None else f"in {axis.num} values" if axis.num else ""
    return message, f"it goes from {axis.min} to {axis.max} {many}".rstrip()


def _spelt(value: Value) -> str:
    words: dict[object, str] = {True: "true", False: "false", None: "null"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def circle(parents: Mapping[str, Iterable[str]]) -> list[str]:
    """Names that wait for each other, first to last; empty where there is no circle."""
    done: set[str] = set()
    for start in parents:
        trail: list[str] = []
        stack = [(start, iter(parents[start]))]
        while stack:
            name, rest = stack[-1]
            if name not in trail:
                trail.append(name)
            parent = next((each for each in rest if each in parents and each not in done), None)
            if parent is None:
                done.add(name)
                trail.pop()
                stack.pop()
            elif parent in trail:
                return trail[trail.index(parent) :]
            else:
                stack.append((parent, iter(parents[parent])))
    return []
