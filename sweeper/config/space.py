"""All that spans the space: parameters, together, when, exclude, and how their names go together."""

from __future__ import annotations

from sweeper.config.check import Section
from sweeper.config.conditions import build_condition, circle
from sweeper.config.names import listed
from sweeper.config.nodes import Mark
from sweeper.config.parameters import Axes, build_parameters, build_together
from sweeper.config.report import Report
from sweeper.lean import replace
from sweeper.model import Choices, Parameter, Repeats, Space


def build_space(root: Section, repeats: Repeats, report: Report) -> Space:
    """The space of the whole config; complete only if the report is empty."""
    section: Section | None = root.values.get("parameters")
    linked: tuple[Section, ...] = root.values.get("together", ())
    parameters = build_parameters(section, report)
    together = build_together(linked, report)
    _check_names(root, repeats, report)
    axes: Axes = {name: each.domain if each else None for name, each in parameters.items()}
    for columns in linked:
        for name in columns.node.entries:
            values = columns.values.get(name)
            axes.setdefault(name, Choices(values) if values else None)
    if section is not None:
        _add_conditions(section, parameters, axes, report)
    exclude: tuple[Section, ...] = root.values.get("exclude", ())
    return Space(
        parameters=tuple(each for each in parameters.values() if each),
        together=tuple(together),
        exclude=tuple(build_condition(entry, axes, report) for entry in exclude),
        constraints=root.values.get("constraints", ()),
    )


def _add_conditions(section: Section, parameters: dict[str, Parameter | None], axes: Axes, report: Report) -> None:
    """Give each parameter its ``when``; a circle of them is reported once."""
    parents: dict[str, list[str]] = {}
    for name, checked in section.values.items():
        if not isinstance(checked, Section) or not isinstance(when := checked.values.get("when"), Section):
            continue
        parents[name] = list(when.node.entries)
        condition = build_condition(when, axes, report)
        if (parameter := parameters[name]) is not None:
            parameters[name] = replace(parameter, when=condition)
    if names := circle(parents):
        last: Section = section.values[names[0]]
        shown = listed(names, "and")
        message = f"{shown} waits for itself" if len(names) == 1 else f"{shown} wait for each other"
        report.add(last.mark("when"), last.at("when"), message, "one of them must come without when")


def _check_names(root: Section, repeats: Repeats, report: Report) -> None:
    """Each option is set in one place, and none that sweeper sets itself."""
    seen: dict[str, tuple[str, Mark]] = {}
    for section in (root.values.get("parameters"), *root.values.get("together", ())):
        if isinstance(section, Section):
            _check_section(section, seen, repeats, report)
    for section in root.values.get("points", ()):
        _check_section(section, {}, repeats, report)


def _check_section(section: Section, seen: dict[str, tuple[str, Mark]], repeats: Repeats, report: Report) -> None:
    for name, entry in section.node.entries.items():
        plain, path = name.replace("-", "_"), section.at(name)
        if plain == "job_dir":
            hint = 'leave it out; other options can take "{job_dir}"'
            report.add(entry.mark, path, "sweeper gives each trial its own --job-dir", hint)
        elif repeats.parameter and plain == repeats.parameter.replace("-", "_"):
            hint = "leave the parameter out, or the repeats; or name another: repeats: {count: N, parameter: other}"
            report.add(entry.mark, path, f"repeats set {name} already", hint)
        elif plain in seen:
            other, mark = seen[plain]
            report.add(
                entry.mark, path, f"the option is already set by {other} in line {mark.line}", "keep one of them"
            )
        seen.setdefault(plain, (name, entry.mark))
