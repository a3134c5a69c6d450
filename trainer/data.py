"""Labelled examples, read from CSV files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer import storage
from trainer.errors import UserError

LABEL = "label"
HOLD_OUT = 5


@dataclass(frozen=True, eq=False)
class Examples:
    """One row of features and one label per example."""

    features: NDArray[np.float64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def read(addresses: Iterable[str]) -> Examples:
    """All examples of the files, in order. Each file starts with the same column names; one is ``label``."""
    tables = [(file, *_parse(file)) for file in storage.files(addresses)]
    first, names, _ = tables[0]
    for file, other, _ in tables:
        if other != names:
            raise UserError(f"{file}: its columns are not those of {first}")
    table = np.concatenate([rows for _, _, rows in tables])
    at = names.index(LABEL)
    return Examples(np.delete(table, at, axis=1), table[:, at].astype(np.int64))


def hold_out(examples: Examples) -> tuple[Examples, Examples]:
    """Split off every fifth example for evaluation; the same ones whatever the seed, so that seeds can be compared."""
    held = np.arange(len(examples)) % HOLD_OUT == HOLD_OUT - 1
    return _rows(examples, ~held), _rows(examples, held)


def digest(examples: Examples) -> str:
    """A name for exactly these examples in this order."""
    content = hashlib.sha256(str(examples.features.shape).encode())
    content.update(examples.features.tobytes())
    content.update(examples.labels.tobytes())
    return content.hexdigest()


def _rows(examples: Examples, chosen: NDArray[np.bool_]) -> Examples:
    return Examples(examples.features[chosen], examples.labels[chosen])


def _parse(file: storage.Place) -> tuple[list[str], NDArray[np.float64]]:
    try:
        head, _, body = storage.read(file).decode().partition("\n")
        names = [name.strip() for name in head.split(",")]
        if LABEL not in names:
            raise ValueError(f"its first line names no column {LABEL!r}")
        if not body.strip():
            raise ValueError("it has no rows")
        rows = np.loadtxt(io.StringIO(body), delimiter=",", ndmin=2, comments=None)
        _check(rows, names)
    except ValueError as error:
        raise UserError(f"{file}: {error}") from None
    return names, rows


def _check(rows: NDArray[np.float64], names: list[str]) -> None:
    if rows.shape[1] != len(names):
        raise ValueError(f"its first line names {len(names)} columns, its rows have {rows.shape[1]}")
    if not np.isfinite(rows).all():
        raise ValueError("it has values that are not finite numbers")
    labels = rows[:, names.index(LABEL)]
    if (labels != np.floor(labels)).any():
        raise ValueError("its labels are not all whole numbers")
