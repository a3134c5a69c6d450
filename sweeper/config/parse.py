"""A config's text to a Sweep, or to all of its problems in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from sweeper.config.check import Section, check
from sweeper.config.cloudrules import check_service
from sweeper.config.hooks import build_hook
from sweeper.config.loader import compose
from sweeper.config.methods import build_points, check_method, check_objectives
from sweeper.config.metrics import build_metric
from sweeper.config.nodes import Mapping, Node, found
from sweeper.config.read import read
from sweeper.config.report import Report
from sweeper.config.schema import BACKENDS, sweep
from sweeper.config.sections import (
    build_clouds,
    build_limits,
    build_local,
    build_names,
    build_repeats,
    build_stop_when,
    build_trainer,
)
from sweeper.config.space import build_space
from sweeper.config.stopping import build_early_stopping
from sweeper.model import Sweep


def load(path: str | Path, *, backends: Sequence[str] = BACKENDS, backend: str | None = None) -> Sweep:
    """The sweep that the file describes."""
    return parse(read(path), path=str(path), backends=backends, backend=backend)


def parse(text: str, *, path: str, backends: Sequence[str] = BACKENDS, backend: str | None = None) -> Sweep:
    """The sweep that ``text`` describes; ``path`` is for messages and for the default name.

    ``backend`` stands in for what the config says of it: some backends cannot run what others can.
    Raises ConfigError with everything that is wrong, each with ``file:line:column``. Pure: reads nothing else.
    """
    report = Report(path)
    root = compose(text, report)
    built = None if root is None else _build(root, path, text, tuple(backends), backend, report)
    if report or built is None:
        raise report.error()
    return built


def _build(
    node: Node, path: str, text: str, backends: tuple[str, ...], backend: str | None, report: Report
) -> Sweep | None:
    if not isinstance(node, Mapping):
        report.add(node.mark, "", f"expected keys and values, got {found(node)}", "start with trainer: and parameters:")
        return None
    root = check(sweep(backends), node, "", report)
    return _sweep(root, path, text, backend, report) if isinstance(root, Section) else None


def _sweep(root: Section, path: str, text: str, backend: str | None, report: Report) -> Sweep:
    values = root.values
    backend = backend or values.get("backend", "local")
    repeats = build_repeats(values.get("repeats"))
    space = build_space(root, repeats, report)
    names = {each.name for each in space.parameters} | {name for each in space.together for name in each.values}
    metric = build_metric(root, names, report)
    method = values.get("method", "grid")
    if "method" in values or not root.has("method"):
        check_method(root, method, space, report)
        check_objectives(root, method, metric, report)
    check_service(root, method, backend, report)
    direct = ("seed", "order", "trials", "algorithm", "resume")
    return Sweep(
        name=values.get("name") or default_name(path),
        trainer=build_trainer(values.get("trainer"), report),
        space=space,
        method=method,
        points=build_points(root, space) if method == "list" else (),
        repeats=repeats,
        metric=metric,
        limits=build_limits(values.get("limits")),
        backend=backend,
        local=build_local(values.get("local")),
        clouds=build_clouds(root, backend, report),
        stage=build_names(values.get("stage")),
        early_stopping=build_early_stopping(root, method, backend, report),
        stop_when=build_stop_when(values.get("stop_when")),
        warm_start=build_names(values.get("warm_start")),
        on_finish=build_hook(root, "on_finish", report),
        on_failure=build_hook(root, "on_failure", report),
        path=path,
        text=text,
        **{key: values[key] for key in direct if key in values},
    )


def default_name(path: str) -> str:
    """The file's name without its ending, made of letters that a sweep's name may have."""
    stem = PurePath(path).name.removesuffix(".yaml").removesuffix(".yml")
    return re.sub(r"[^A-Za-z0-9_.\-]+", "-", stem).strip("-._")[:63] or "sweep"
