"""What `sweeper plan` says of a sweep that a tuning service runs: one job, and the command line that it completes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from sweeper.driver.prepare import Prepared
from sweeper.formats.study import Axis, Branch, Study
from sweeper.model import Choices

ALGORITHMS = {"service": "Bayesian", "grid": "grid search", "random": "random search"}


def method(prepared: Prepared) -> str:
    """Who proposes the trials, and how."""
    assert prepared.asked is not None
    return f"proposed by the service ({ALGORITHMS[prepared.asked.study.algorithm]})"


def in_lines(prepared: Prepared, sweep_id: str) -> Iterator[str]:
    """For people."""
    assert prepared.asked is not None
    asked, study = prepared.asked, prepared.asked.study
    yield f"one tuning job: {_counts(study)}, {study.metric} to {study.goal}"
    for note in asked.notes:
        yield f"  note: {note}"
    folder = prepared.target.appended(sweep_id, "<trial>")
    yield ""
    yield "the command line of a trial (the corners of the space are checked):"
    yield f"  python -m {prepared.sweep.trainer.module} {shlex.join(asked.dictionary.args)}"
    for axis in study.axes:
        yield from _axis(axis, "")
    if folder:
        yield f"    {' '.join(folder)}"


def _counts(study: Study) -> str:
    parts = [f"{study.trials} trial{'s' * (study.trials != 1)}", f"{study.parallel} at a time"]
    if study.max_failed is not None:
        parts.append(f"given up after {study.max_failed} that failed")
    if study.early_stopping:
        parts.append("with the service's early stopping")
    if study.resume:
        parts.append(f"going on from {study.resume}")
    return ", ".join(parts)


def _axis(axis: Axis, when: str) -> Iterator[str]:
    yield f"    --{axis.name}={_domain(axis)}{when}"
    for branch in axis.branches:
        yield from _axis(branch.axis, _when(axis, branch))


def _domain(axis: Axis) -> str:
    domain = axis.domain
    if isinstance(domain, Choices):
        return " | ".join(str(value) for value in domain.values)
    kind = "whole numbers" if domain.integer else "any number"
    log = ", on a log scale" if domain.scale == "log" else ""
    return f"{domain.min} to {domain.max} ({kind}{log})"


def _when(parent: Axis, branch: Branch) -> str:
    return f"  where {parent.name} is {' or '.join(map(str, branch.values))}"
