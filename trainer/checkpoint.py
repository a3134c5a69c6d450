"""The state between two epochs, kept so that an interrupted run can go on."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import joblib

from trainer import storage

NAME = "checkpoint.joblib"


@dataclass(frozen=True)
class Checkpoint:
    """A model after some epochs, and what was measured after each of them."""

    model: Any
    rows: list[dict[str, float]] = field(default_factory=list)

    @property
    def epoch(self) -> int:
        """The last epoch that is done."""
        return len(self.rows)


def save(folder: storage.Place, made_with: Mapping[str, Any], state: Checkpoint) -> None:
    """Replace the folder's checkpoint, in one step."""
    content = {"made_with": dict(made_with), "model": state.model, "rows": state.rows}
    storage.save(folder, NAME, dump(content))


def load(folder: storage.Place, made_with: Mapping[str, Any], epochs: int) -> tuple[Checkpoint | None, str]:
    """The folder's checkpoint if it can be gone on from, and what to tell the user about it ("" = nothing)."""
    content = storage.load(folder, NAME)
    if content is None:
        return None, ""
    try:
        found = joblib.load(io.BytesIO(content))
        before, state = dict(found["made_with"]), Checkpoint(found["model"], list(found["rows"]))
    except Exception as error:  # what a damaged pickle raises can be anything
        return None, f"{NAME} cannot be read ({type(error).__name__}): starting from the first epoch"
    changed = [name for name in {**before, **made_with} if before.get(name) != made_with.get(name)]
    if changed:
        return None, f"{NAME} was made with another {', '.join(changed)}: starting from the first epoch"
    if state.epoch > epochs:
        return None, f"{NAME} is of epoch {state.epoch}, past --epochs={epochs}: starting from the first epoch"
    return state, f"going on after epoch {state.epoch}, from {NAME}"


def dump(value: Any) -> bytes:
    """The bytes of a joblib file."""
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()
