"""Values that took a fit, kept on disk by point and split, so that another run that asks again does not wait again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sweeper.model import Point
from sweeper.space import point_id

FOLDER = Path(__file__).parents[2] / "build" / "benchmarks" / "search"


class Kept:
    """The values of one task; lines are only added, each in one write, so several processes may share the file."""

    def __init__(self, name: str, folder: Path = FOLDER) -> None:
        self._path = folder / f"{name}.jsonl"
        self._values: dict[tuple[str, int], float | None] = {}
        if self._path.is_file():
            for line in self._path.read_text().splitlines():
                point, split, value = json.loads(line)
                self._values[point, split] = value

    def value(self, point: Point, split: int, make: Callable[[], float | None]) -> float | None:
        """The value of a point on a split, made where it is not there yet."""
        key = point_id(point), split
        if key not in self._values:
            self._values[key] = make()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(json.dumps([*key, self._values[key]]) + "\n")
        return self._values[key]
