"""The sections that stand on their own: trainer, repeats, limits, local, clouds."""

from __future__ import annotations

from typing import Any

from sweeper.config.check import Section
from sweeper.config.cloudrules import check_env, check_image, check_mlengine, check_vertex
from sweeper.config.clouds import SECTIONS, build_cloud
from sweeper.config.report import Report
from sweeper.model import CloudSettings, Limits, LocalSettings, Repeats, StopWhen, Trainer

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
