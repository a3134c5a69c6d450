"""MLflow: an experiment in a SQLite file, a run for each trial, for ``mlflow ui --backend-store-uri``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sweeper.formats.finished import Finished, Study, about, allowed_names, curves, ranked_by, text
from sweeper.formats.hurry import hurry
from sweeper.model import State

if TYPE_CHECKING:
    from mlflow.entities import Metric

T = TypeVar("T")
FORBIDDEN = r"[^\w\-. :/]"
"""Letters that the names of its parameters and metrics cannot have (mlflow/utils/validation.py)."""
PARAM, TAG, AT_ONCE, PARAMS_AT_ONCE = 6000, 8000, 1000, 100
"""Letters of a value; metrics, and parameters, of one call."""
STATUS = {State.SUCCEEDED: "FINISHED", State.CANCELLED: "KILLED"}
"""All others have FAILED. A trial that was stopped early has finished, and its tag ``reason`` says it."""


def write(study: Study, trials: Iterable[Finished], target: Path, done: Callable[[], None]) -> None:
    """A new SQLite file: MLflow 3.13 and later refuse folders.

    Artifacts, of which there are none, would be the server's that shows it, so that the file can be moved.
    """
    import logging

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    from mlflow import MlflowClient
    from mlflow.entities import Param

    hurry()
    client = MlflowClient(tracking_uri=f"sqlite:///{target}")
    facts = {"config": study.config, "metric": study.metric.name, "goal": study.metric.goal, **study.facts}
    tags = {name: value[:TAG] for name, value in facts.items() if value}
    experiment = client.create_experiment(study.id, artifact_location=f"mlflow-artifacts:/{study.id}", tags=tags)
    for trial in trials:
        run = _begin(client, experiment, trial)
        names = allowed_names(trial.params, FORBIDDEN)
        params = [Param(names[name], text(value)[:PARAM]) for name, value in trial.params.items()]
        for some in _batches(params, PARAMS_AT_ONCE):
            client.log_batch(run, params=some)
        for numbers in _batches(list(_numbers(trial, study)), AT_ONCE):
            client.log_batch(run, metrics=numbers)
        client.set_terminated(run, STATUS.get(trial.state, "FAILED"), round(trial.end * 1000))
        done()


def _begin(client: object, experiment: str, trial: Finished) -> str:
    tags = {name: str(value)[:TAG] for name, value in about(trial).items()}
    if trial.note:
        tags["mlflow.note.content"] = trial.note[:TAG]  # what its page shows as the description
    begin = round(trial.begin * 1000)
    run = client.create_run(experiment, start_time=begin, tags=tags, run_name=trial.id)  # type: ignore[attr-defined]
    return str(run.info.run_id)


def _numbers(trial: Finished, study: Study) -> Iterator[Metric]:
    from mlflow.entities import Metric

    mine, ranked = curves(trial), ranked_by(trial, study.metric)
    names = allowed_names([*mine, *ranked], FORBIDDEN)
    for name, curve in mine.items():
        for step, one in curve.items():
            yield Metric(names[name], one.value, round((one.time or trial.begin) * 1000), step)
    for name, value in ranked.items():
        yield Metric(names[name], value, round(trial.end * 1000), 0)


def _batches(all_: Sequence[T], size: int) -> Iterator[list[T]]:
    left = iter(all_)
    while some := list(islice(left, size)):
        yield some
