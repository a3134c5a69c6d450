"""The sections that stand on their own: trainer, metric, repeats, limits, local, clouds."""

from __future__ import annotations

import re
import warnings
from typing import Any

from sweeper.config.check import Section
from sweeper.config.cloudrules import check_env, check_image, check_mlengine, check_vertex
from sweeper.config.clouds import SECTIONS, build_cloud
from sweeper.config.nodes import Mark
from sweeper.config.report import Report
from sweeper.model import CloudSettings, Limits, LocalSettings, Metric, Repeats, StopWhen, Trainer

SEED = "seed"
"""The option that takes the seed of a repeat, where the config does not name it."""


def build_trainer(checked: Any, report: Report) -> Trainer:
    """``trainer:``, a module's name or a mapping."""
    if not isinstance(checked, Section):
        return Trainer(checked or "")
    fields = {"module": "", **checked.values}
    for key in ("requires", "cloud_requires"):
        if isinstance(one := fields.get(key), str):
            fields[key] = (one,)
    if isinstance(env := fields.get("env"), Section):
        for name in env.node.entries:
            if name.startswith("SWEEPER_"):
                report.add(env.node.entries[name].mark, env.at(name), "sweeper sets this itself", "leave it out")
        fields["env"] = dict(env.values)
    return Trainer(**fields)


def build_metric(checked: Any, report: Report) -> Metric:
    """``metric:``, a name or a mapping."""
    if not isinstance(checked, Section):
        return Metric(checked) if checked else Metric()
    fields = {{"from": "source"}.get(key, key): value for key, value in checked.values.items()}
    if checked.values.get("from") == "stdout" and not checked.has("pattern"):
        message = "from: stdout needs a pattern that finds the number in what the trainer prints"
        hint = "pattern: 'accuracy=(?P<value>[0-9.]+)'"
        report.add(checked.mark("from"), checked.at("pattern"), message, hint)
    if checked.has("pattern") and checked.values.get("from", "stdout" if checked.has("from") else "auto") != "stdout":
        report.add(
            checked.mark("pattern"), checked.at("pattern"), "pattern belongs to from: stdout", "add from: stdout"
        )
    if "pattern" in fields:
        _check_pattern(fields["pattern"], checked.mark("pattern"), checked.at("pattern"), report)
    return Metric(**fields)


def _check_pattern(pattern: str, mark: Mark, path: str, report: Report) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's plans with odd patterns the user need not hear
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        report.add(mark, path, f"not a regular expression: {error}")
        return
    if "value" in compiled.groupindex:
        return
    if compiled.groups == 1:
        hint = f"name it: {pattern.replace('(', '(?P<value>', 1)}" if not compiled.groupindex else "call it value"
        report.add(mark, path, "the group that finds the number must be named value", hint)
    else:
        report.add(mark, path, "expected a group named value, found none", "write (?P<value>...) around the number")


def build_repeats(checked: Any) -> Repeats:
    """``repeats:``, a number or a mapping."""
    if isinstance(checked, Section):
        count, parameter = checked.values.get("count", 1), checked.values.get("parameter")
    else:
        count, parameter = checked or 1, None
    return Repeats(count, parameter or (SEED if count > 1 else None))


def build_limits(checked: Section | None) -> Limits:
    """``limits:``; a bare ``retries`` is for transient failures only."""
    if checked is None:
        return Limits()
    fields = dict(checked.values)
    if isinstance(retries := fields.pop("retries", None), Section):
        renamed = {"transient": "retries", "code": "code_retries"}
        fields.update({renamed[key]: value for key, value in retries.values.items()})
    elif retries is not None:
        fields["retries"] = retries
    return Limits(**fields)


def build_local(checked: Section | None) -> LocalSettings:
    """``local:``."""
    return LocalSettings(**checked.values) if checked else LocalSettings()


def build_clouds(root: Section, backend: str, report: Report) -> dict[str, CloudSettings]:
    """``mlengine:`` and ``vertex:``, those that are there; ``backend`` is the one that will run the sweep."""
    trainer = root.values.get("trainer")
    if backend == "mlengine":
        check_env(trainer, report)
    sections = {name: section for name in SECTIONS if isinstance(section := root.values.get(name), Section)}
    for name, section in sections.items():
        {"mlengine": check_mlengine, "vertex": check_vertex}[name](section, report)
        check_image(section, trainer, report)
    return {name: build_cloud(section) for name, section in sections.items()}


def build_stop_when(checked: Section | None) -> StopWhen | None:
    """``stop_when:``; None where it is not there, or says too little."""
    return StopWhen(**checked.values) if checked and "no_improvement" in checked.values else None


def build_names(checked: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """``stage:`` or ``warm_start:``, one name or a list."""
    return (checked,) if isinstance(checked, str) else checked or ()
