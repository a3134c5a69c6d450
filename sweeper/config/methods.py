"""What each method needs, and what it has no use for."""

from __future__ import annotations

from sweeper.config.check import Section
from sweeper.config.report import Report, join
from sweeper.config.values import first_repeated
from sweeper.model import Metric, Point, Range, Space, Value

ONE_OBJECTIVE = ("auto", "gp", "cmaes")
ADAPTIVE = ("auto", "gp", "tpe", "cmaes", "nsga")
_SAMPLING = ("random", "sobol", *ADAPTIVE)


def check_method(root: Section, method: str, space: Space, report: Report) -> None:
    """Complain where the keys do not make a sweep of this method."""
    if method != "service":
        _check_only_service(root, method, report)
    if method not in ADAPTIVE:
        _useless(root, "warm_start", (), f"method: {method} learns from no earlier trials", report, _LEARN)
    if method == "list":
        _check_list(root, space, report)
        return
    if root.has("points"):
        message = f"points belong to method: list, got method: {method}"
        report.add(root.mark("points"), "points", message, "write method: list, or leave the points out")
    if not root.has("parameters") and not root.has("together"):
        report.add(root.mark(), "parameters", "missing", "write the options and their values")
    if method == "service":
        _check_service(root, space, report)
    elif method in _SAMPLING:
        _check_sampling(root, method, report)
    else:
        _check_grid(root, space, report)


def check_objectives(root: Section, method: str, metric: Metric, report: Report) -> None:
    """Complain where the method searches for another number of objectives than there are."""
    if root.has("metric") and "metric" not in root.values:
        return
    more = [one.name for one in metric.more]
    if method in ADAPTIVE and metric.judged:
        why = "of other sweeps one number a trial is known, and here more than one is judged"
        _useless(root, "warm_start", (), why, report)
    if method == "nsga" and not more:
        message = f"nsga weighs several objectives against each other, and there is one: {metric.name}"
        hint = f"write method: auto, or name a second one: metric: [{metric.name}, {{name: ..., goal: minimize}}]"
        report.add(root.mark("method"), "method", message, hint)
    elif method in ONE_OBJECTIVE and more:
        message = f"{method} searches for one objective, and there are {len(more) + 1}"
        hint = "write method: tpe or nsga, or keep one; where: can limit the others"
        report.add(root.mark("metric"), "metric", message, hint)
    elif method == "service" and metric.judged:
        what = f"{', '.join(more)} beside {metric.name}" if more else "conditions on metrics"
        hint = "keep one metric; or run the trials with method: tpe and backend: vertex or mlengine"
        report.add(root.mark("metric"), "metric", f"a tuning service is asked for one metric, not for {what}", hint)


def _check_sampling(root: Section, method: str, report: Report) -> None:
    if not root.has("trials"):
        verb = "proposes" if method in ADAPTIVE else "draws"
        report.add(root.mark("method"), "trials", f"missing: how many points {method} {verb}", "write trials: 20")
    _useless(root, "order", "as-written", f"{method} has an order of its own", report)


def _check_only_service(root: Section, method: str, report: Report) -> None:
    written: list[tuple[Section, str]] = [(root, key) for key in ("algorithm", "resume") if key in root.values]
    limits = root.values.get("limits")
    if limits and "max_failed" in limits.values:
        written.append((limits, "max_failed"))
    for section, key in written:
        message = f"{key} belongs to method: service, got method: {method}"
        report.add(section.mark(key), section.at(key), message, "write method: service, or leave it out")


def _check_service(root: Section, space: Space, report: Report) -> None:
    grid = root.values.get("algorithm") == "grid"
    if not root.has("trials") and not grid:
        message = "missing: how many trials the service runs"
        report.add(root.mark("method"), "trials", message, "write trials: 20")
    if grid:
        _check_levels(root, space, report, "algorithm: random")
    _useless(root, "order", "as-written", "the service has an order of its own", report)
    if root.has("repeats"):
        message = "a tuning service runs each point once"
        hint = "leave it out; method: random with backend: vertex or mlengine runs points several times"
        report.add(root.mark("repeats"), "repeats", message, hint)


def _check_grid(root: Section, space: Space, report: Report) -> None:
    _useless(root, "trials", None, "a grid itself says how many points it has", report, _FEWER)
    _check_levels(root, space, report, "method: random")


def _check_levels(root: Section, space: Space, report: Report, otherwise: str) -> None:
    section = root.values.get("parameters")
    for parameter in space.parameters:
        domain = parameter.domain
        if section and isinstance(domain, Range) and domain.num is None and domain.step is None:
            message = "a grid needs to know how many values to take from this range"
            hint = f"add num: 4, or step:, or write {otherwise}"
            report.add(section.mark(parameter.name), section.at(parameter.name), message, hint)


def _check_list(root: Section, space: Space, report: Report) -> None:
    if not root.has("points"):
        report.add(root.mark("method"), "points", "missing: method: list runs the points it is given", _POINTS)
    _useless(root, "trials", None, "the points themselves say how many there are", report, _FEWER)
    if root.values.get("order") == "coarse-to-fine":
        _useless(root, "order", "as-written", "a list of points has no coarse ones", report)
    for key in ("together", "exclude", "constraints"):
        _useless(root, key, (), "method: list runs exactly its points", report)
    section = root.values.get("parameters")
    for parameter in space.parameters:
        if section and (not parameter.constant or parameter.when):
            message = "with method: list, parameters holds constants only; what varies is in points"
            report.add(section.mark(parameter.name), section.at(parameter.name), message, "move it into points")
    _check_points(root, space, report)


_LEARN = "leave it out, or write method: auto"
_FEWER = "leave it out; limits: {trials: N} bounds a launch"
_POINTS = "write points: [{name: value}, ...]"


def _check_points(root: Section, space: Space, report: Report) -> None:
    constants = {parameter.name for parameter in space.parameters}
    sections: tuple[Section, ...] = root.values.get("points", ())
    for section in sections:
        for name, entry in section.node.entries.items():
            if name in constants:
                hint = "write it in parameters or in the points, not in both"
                report.add(entry.mark, section.at(name), f"{name} is a constant of this sweep already", hint)
    if not all(section.whole for section in sections):
        return
    rows: list[Value] = [tuple((name, section.values[name]) for name in sorted(section.values)) for section in sections]
    if double := first_repeated(rows):
        first, second = (sections[i].node for i in double)
        message = f"the same point as in line {first.mark.line}"
        report.add(second.mark, join("points", double[1]), message, "delete it; repeats: runs points several times")


def _useless(root: Section, key: str, unless: object, why: str, report: Report, hint: str = "leave it out") -> None:
    if root.has(key) and key in root.values and root.values[key] != unless:
        report.add(root.mark(key), key, why, hint)


def build_points(root: Section, space: Space) -> tuple[Point, ...]:
    """The points of method: list, each with the constants."""
    constants = {each.name: each.domain.values[0] for each in space.parameters if not isinstance(each.domain, Range)}
    return tuple({**constants, **section.values} for section in root.values.get("points", ()))
