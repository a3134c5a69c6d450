"""The data sets of the live tasks, all shipped with scikit-learn, cut down so that a fit takes well under 0.3 s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ROWS = 400
"""At most so many of a data set, drawn once."""


@dataclass(frozen=True)
class Data:
    """Standardized rows and their targets."""

    rows: Any
    targets: Any

    def split(self, number: int, of: int) -> tuple[Any, Any, Any, Any]:
        """Training rows and targets, held-out rows and targets: a random third is held out, by the split's number."""
        import numpy as np

        order = np.random.default_rng([number, of]).permutation(len(self.rows))
        held, train = order[: len(order) // 3], order[len(order) // 3 :]
        return self.rows[train], self.targets[train], self.rows[held], self.targets[held]


def load(name: str) -> Data:
    """``digits``, ``cancer`` or ``diabetes``."""
    import numpy as np
    from sklearn import datasets

    made = {
        "digits": datasets.load_digits,
        "cancer": datasets.load_breast_cancer,
        "diabetes": datasets.load_diabetes,
    }
    rows, targets = made[name](return_X_y=True)
    chosen = np.random.default_rng(0).permutation(len(rows))[:ROWS]
    rows, targets = rows[chosen], targets[chosen]
    if name == "diabetes":
        targets = (targets - targets.mean()) / targets.std()
    return Data((rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9), targets)
