"""The ``parameters`` and ``together`` sections to axes of the space."""

from __future__ import annotations

from typing import Any, TypeAlias

from sweeper.config.check import Section
from sweeper.config.names import listed
from sweeper.config.nodes import Node, Scalar, Sequence, found
from sweeper.config.ranges import RANGE_KEYS, build_range
from sweeper.config.report import Report, join
from sweeper.config.schema import DISTRIBUTIONS
from sweeper.config.values import first_repeated
from sweeper.model import Choices, Parameter, Range, Together, Value

Axes: TypeAlias = dict[str, Choices | Range | None]
"""What each name can be; None where that was written wrongly, but the name is known."""


def build_parameters(section: Section | None, report: Report) -> dict[str, Parameter | None]:
    """Each parameter without its ``when``; None where it is wrong."""
    if section is None:
        return {}
    return {
        name: _parameter(name, entry.node, section.values.get(name), section.at(name), report)
        for name, entry in section.node.entries.items()
    }


def _parameter(name: str, node: Node, value: Any, path: str, report: Report) -> Parameter | None:
    match node:
        case Scalar():
            return _constant(name, node, value, path, report)
        case Sequence():
            return _choices(name, node, value, path, report)
        case _:
            return _long(name, value, report) if isinstance(value, Section) else None


def _constant(name: str, node: Node, value: Value, path: str, report: Report) -> Parameter | None:
    if isinstance(node, Scalar) and node.value is None and not node.broken and not node.missing:
        report.add(node.mark, path, "null says nothing to the trainer", "leave the parameter out")
        return None
    # None is also what a value becomes that was refused.
    return None if value is None else Parameter(name, Choices((value,)), constant=True)


def _choices(name: str, node: Node, values: tuple[Value, ...] | None, path: str, report: Report) -> Parameter | None:
    if values is None or not isinstance(node, Sequence):
        return None
    if double := first_repeated(values):
        first, second = (node.items[i] for i in double)
        report.add(
            second.mark,
            join(path, double[1]),
            f"{found(second)} is the same as {found(first)} in line {first.mark.line}",
            "keep one of them",
        )
        return None
    return Parameter(name, Choices(values))


def _long(name: str, section: Section, report: Report) -> Parameter | None:
    ways = [key for key in ("values", "value") if section.has(key)]
    ways += ["min and max"] if section.has("min") or section.has("max") else []
    if len(ways) != 1:
        message = f"{listed(ways, 'and')} exclude each other" if ways else "expected values, value, or min and max"
        report.add(section.mark(), section.path, message, "keep one of them" if ways else "")
        return None
    if not _distribution_fits(section, ways[0], report):
        return None
    if ways[0] == "min and max":
        domain = build_range(section, report)
        return Parameter(name, domain) if domain else None
    strays = [key for key in RANGE_KEYS if section.has(key)]
    for key in strays:
        report.add(
            section.mark(key), section.at(key), f"{key} belongs to a range", "write min and max, or leave it out"
        )
    node, value = section.node.entries[ways[0]].node, section.values.get(ways[0])
    if strays:
        return None
    if ways[0] == "values":
        return _choices(name, node, value, section.at("values"), report)
    return _constant(name, node, value, section.at("value"), report)


def _distribution_fits(section: Section, way: str, report: Report) -> bool:
    named = section.values.get("distribution")
    if named is None:
        return not section.has("distribution")
    needs = {"linear": "min and max", "log": "min and max"}.get(DISTRIBUTIONS[named], DISTRIBUTIONS[named])
    if needs != way:
        message = f"{named} goes with {needs}, got {way}"
        report.add(section.mark("distribution"), section.at("distribution"), message, "leave distribution out")
    return needs == way


def build_together(sections: tuple[Section, ...], report: Report) -> list[Together]:
    """The linked axes; the ones that are wrong are left out."""
    return [Together(dict(section.values)) for section in sections if _rows_agree(section, report)]


def _rows_agree(section: Section, report: Report) -> bool:
    if not section.whole:
        return False
    lengths = {name: len(values) for name, values in section.values.items()}
    if len(set(lengths.values())) > 1:
        shown = listed((f"{name} {length}" for name, length in lengths.items()), "and")
        report.add(section.mark(), section.path, f"expected lists of the same length, got {shown}")
        return False
    rows = [tuple(row) for row in zip(*section.values.values(), strict=True)]
    if double := first_repeated(rows):
        message = f"entries {double[0] + 1} and {double[1] + 1} are the same for every name"
        report.add(section.mark(), section.path, message, "keep one of them")
        return False
    return True
