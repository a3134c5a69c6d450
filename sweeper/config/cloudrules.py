"""What the keys of a cloud section ask of each other, and what a cloud asks of the trainer."""

from __future__ import annotations

from sweeper.config.check import Section
from sweeper.config.clouds import CUSTOM
from sweeper.config.report import Report

_MACHINES = (
    *("machine", "master_type", "accelerator", "worker_type", "worker_count"),
    *("parameter_server_type", "parameter_server_count"),
)
_SHORTEST_WAIT = 1800
"""Seconds; what ML Engine takes at least as ``maxWaitTime``."""


def check_mlengine(section: Section, report: Report) -> None:
    """Complain where the keys make no job that ML Engine would take."""
    _one_name_for_the_machine(section, report)
    tier = section.values.get("scale_tier")
    machine = next((key for key in ("master_type", "machine") if section.has(key)), None)
    if tier == CUSTOM and machine is None:
        message = "missing: scale_tier: CUSTOM needs the type of the machine"
        report.add(section.mark("scale_tier"), section.at("master_type"), message, "write master_type: n1-standard-4")
    written = [key for key in _MACHINES if section.has(key)]
    if tier not in (None, CUSTOM):
        for key in written:
            message = f"{key} belongs to scale_tier: CUSTOM, got scale_tier: {tier}"
            report.add(section.mark(key), section.at(key), message, "write scale_tier: CUSTOM, or leave it out")
    elif machine is None and not section.has("scale_tier") and (others := [k for k in written if k != "accelerator"]):
        message = f"{others[0]} needs the type of the first machine as well"
        report.add(section.mark(others[0]), section.at(others[0]), message, "add master_type: n1-standard-4")
    _pairs(section, report)
    if section.values.get("max_wait", _SHORTEST_WAIT) < _SHORTEST_WAIT:
        message = "ML Engine takes 30m at least"
        report.add(section.mark("max_wait"), section.at("max_wait"), message, "write 30m or more")


def _one_name_for_the_machine(section: Section, report: Report) -> None:
    if section.has("machine") and section.has("master_type"):
        message = "machine is another name for master_type, which is there as well"
        report.add(section.mark("machine"), section.at("machine"), message, "keep one of them")


def _pairs(section: Section, report: Report) -> None:
    for role in ("worker", "parameter_server"):
        kind, count = f"{role}_type", f"{role}_count"
        for key, other in ((kind, count), (count, kind)):
            if section.has(key) and not section.has(other):
                report.add(section.mark(key), section.at(key), f"{key} needs {other} as well", f"add {other}")


def check_vertex(section: Section, report: Report) -> None:
    """Complain where the keys make no job that Vertex AI would take."""
    for key in ("machine", "accelerator"):
        if section.has("worker_pools") and section.has(key):
            message = f"with worker_pools, {key} is said of each pool"
            report.add(section.mark(key), section.at(key), message, "move it into the first pool")
    pools = section.values.get("worker_pools", ())
    if pools and pools[0].values.get("replicas", 1) != 1:
        chief = pools[0]
        message = "the first pool is the chief: one machine"
        report.add(chief.mark("replicas"), chief.at("replicas"), message, "put the others into a second pool")
    if section.values.get("spot") and section.has("max_wait"):
        message = "spot machines are not waited for: max_wait belongs to machines that are not spot"
        report.add(section.mark("max_wait"), section.at("max_wait"), message, "leave out one of the two")


def check_image(section: Section, trainer: object, report: Report) -> None:
    """Complain about a runtime for packages where the trainer is in a container of its own."""
    if not isinstance(trainer, Section) or not trainer.has("image"):
        return
    for key in ("runtime", "python_version"):
        if section.has(key):
            message = f"{key} is for packages, and trainer.image is a container"
            report.add(section.mark(key), section.at(key), message, "leave out one of the two")


def check_env(trainer: object, report: Report) -> None:
    """Complain about variables that ML Engine could not set."""
    if not isinstance(trainer, Section) or not trainer.has("env") or trainer.has("image"):
        return
    env = trainer.values.get("env")
    if not isinstance(env, Section) or env.node.entries:
        message = "ML Engine cannot set environment variables for a package"
        hint = "leave it out, give trainer.image, or write backend: vertex"
        report.add(trainer.mark("env"), trainer.at("env"), message, hint)


def check_service(root: Section, method: str, backend: str, report: Report) -> None:
    """What one of the tuning services does not have."""
    if method == "service" and backend == "vertex" and root.has("resume"):
        message = "Vertex AI cannot go on from an earlier tuning job"
        report.add(root.mark("resume"), "resume", message, "leave it out, or choose backend: mlengine")
