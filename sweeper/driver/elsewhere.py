"""What works here and not elsewhere: files that only this machine has, metrics that stay on the other one."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from sweeper.errors import Problem
from sweeper.model import Choices, Sweep, Value

SUMMARIES = ("SummaryWriter", "summary.create_file_writer", "tensorboard", "TensorBoard")
"""Any of these in the trainer's package is taken for TensorBoard's event files in the output folder."""
READABLE = ("metrics.jsonl", *SUMMARIES)
"""Any of these in the trainer's package is taken for a metric that ends up in the output folder."""


def unseen(sweep: Sweep, cwd: Path, staged: Container[Value] | None = None) -> list[Problem]:
    """Parameters whose values are files of this machine that are not staged; ``staged`` are those that are."""
    there = sweep.stage if staged is None else staged
    found = dict.fromkeys((name, file) for name, text in _texts(sweep) for file in _here(text, there, cwd))
    return [
        Problem(
            f"'{value}' is a file of this machine; a job of {sweep.backend} does not see it",
            path=f"parameters.{name}",
            hint=f"add it to what is uploaded (stage: [{value}]), or write a gs:// address",
        )
        for name, value in found
    ]


def _texts(sweep: Sweep) -> Iterator[tuple[str, str]]:
    for name, value in _values(sweep):
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                yield name, one


def _values(sweep: Sweep) -> Iterator[tuple[str, Value]]:
    for parameter in sweep.space.parameters:
        if isinstance(parameter.domain, Choices):
            yield from ((parameter.name, value) for value in parameter.domain.values)
    for rows in sweep.space.together:
        yield from ((name, value) for name, values in rows.values.items() for value in values)
    for point in sweep.points:
        yield from point.items()


def _here(text: str, staged: Container[Value], cwd: Path) -> Iterator[str]:
    """Those files of this machine that the text names, alone or between commas, and nobody uploads."""
    if text in staged or "\0" in text or len(text) > 1000 or not ("/" in text or "." in text):
        return
    parts = [text, *text.split(",")] if "," in text else [text]
    yield from (part for part in parts if part and part not in staged and (cwd / part).is_file())


def unread(sweep: Sweep, trainer_file: Path) -> list[Problem]:
    """A metric that is reported by cloudml-hypertune alone: its file stays on the machine that runs the job."""
    metric = sweep.metric
    if metric.source not in ("hypertune", "auto") or metric.pattern is not None:
        return []
    texts = sources(trainer_file).values()
    alone = any(_imports_hypertune(text) for text in texts) and not any(
        word in text for text in texts for word in READABLE
    )
    if metric.source == "auto" and not alone:
        return []
    return [
        Problem(
            f"the trainer reports by cloudml-hypertune, whose file stays on the machine of a plain {sweep.backend} job",
            path="metric.from",
            hint="write JSON lines to metrics.jsonl in the --job-dir folder as well (from: jsonl), "
            "TensorBoard event files (from: tensorboard), or print it (from: stdout, with a pattern)",
        )
    ]


def unreported(sweep: Sweep, texts: Mapping[str, str]) -> list[Problem]:
    """A trainer that tells a tuning service nothing, as far as its sources show: ``texts``, by their files."""
    if any(_imports_hypertune(text) for text in texts.values()):
        return []
    if sweep.backend == "mlengine" and any(word in text for text in texts.values() for word in SUMMARIES):
        return []  # the service reads TensorBoard's summaries in the --job-dir folder as well
    return [
        Problem(
            f"the trainer does not import hypertune: the service would learn nothing of {sweep.metric.name}",
            path="metric.name",
            hint="report it with cloudml-hypertune: hypertune.HyperTune().report_hyperparameter_tuning_metric("
            f"hyperparameter_metric_tag={sweep.metric.name!r}, metric_value=..., global_step=...)",
        )
    ]


def sources(trainer_file: Path) -> dict[str, str]:
    """The texts of the trainer's package, or of its one file, by their files."""
    files = [trainer_file]
    if (trainer_file.parent / "__init__.py").is_file():
        files = sorted(trainer_file.parent.rglob("*.py"))
    return {str(path): path.read_text(encoding="utf-8", errors="replace") for path in files}


def _imports_hypertune(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return any(
        (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "hypertune" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "hypertune")
        for node in ast.walk(tree)
    )
