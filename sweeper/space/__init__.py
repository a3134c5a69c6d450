"""From a space to its points: counted, addressed by number, never materialised."""

from __future__ import annotations

from sweeper.space.grid import Grid
from sweeper.space.identity import canonical, point_id, trial_id
from sweeper.space.shapes import Shape

__all__ = ["Grid", "Shape", "canonical", "point_id", "trial_id"]
