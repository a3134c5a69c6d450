"""The tools that take finished trials, by the name that the command line gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sweeper.formats import mlflow, optuna, tensorboard, wandb
from sweeper.formats.finished import Finished, Study
from sweeper.lean import dataclass, field


@dataclass(frozen=True, slots=True)
class Tracker:
    """How a tool is handed trials, and how a person looks at them then."""

    write: Callable[[Study, Iterable[Finished], Path, Callable[[], None]], None]
    """(study, trials, where, called after each trial): makes the file or folder, which does not exist yet."""
    libraries: tuple[str, ...]
    """What must be importable."""
    extra: str
    """The extra of sweeper's that brings them."""
    ending: str
    """Of the file's or folder's name, where nobody says it."""
    look: str
    """The command that shows it; ``{}`` is the file or folder."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """Variables that its library needs; ``{}`` is a folder that is deleted afterwards."""
    own: str = "\0"
    """Beginning of the variables that would change what it does: they are kept from it."""


TRACKERS: Mapping[str, Tracker] = {
    "optuna": Tracker(optuna.write, ("optuna", "sqlalchemy"), "search", ".optuna.db", "optuna-dashboard sqlite:///{}"),
    "mlflow": Tracker(
        mlflow.write,
        ("mlflow", "sqlalchemy", "alembic"),
        "mlflow",
        ".mlflow.db",
        "mlflow ui --backend-store-uri sqlite:///{}",
        {"MLFLOW_DISABLE_TELEMETRY": "true"},
        "MLFLOW_",
    ),
    "tensorboard": Tracker(
        tensorboard.write, ("tensorboard",), "tensorboard", "-tensorboard", "tensorboard --logdir {}"
    ),
    "wandb-offline": Tracker(
        wandb.write,
        ("wandb",),
        "wandb",
        "-wandb",
        "wandb sync {}/wandb/offline-run-*",
        {
            "WANDB_MODE": "offline",
            "WANDB_ERROR_REPORTING": "false",
            "WANDB_CACHE_DIR": "{}/cache",
            "WANDB_CONFIG_DIR": "{}/config",
            "WANDB_DATA_DIR": "{}/data",
        },
        "WANDB_",
    ),
}
