"""The results: JSON lines, one for each run, only ever added to, so that methods can join over several sittings."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.jsonl"


@dataclass(frozen=True)
class Key:
    """Which run."""

    task: str
    seed: int
    batch: int
    method: str
    trials: int


@dataclass(frozen=True)
class Row:
    """What is kept of a run."""

    task: str
    seed: int
    batch: int
    method: str
    trials: int
    version: str
    """Of the method's library."""
    scores: list[float | None]
    """True value of the trial that looked best after 25, 50 and 100 % of the trials had ended; None: all had failed."""
    values: list[float | None]
    """What the trials reported, in the order of their ends; None: failed."""
    seconds: list[float]
    """A suggestion, on the wall: median, longest, and mean of the last five."""
    memory: list[int]
    """Resident megabytes: at the run's start and at its peak."""

    @property
    def key(self) -> Key:
        """Which run this is."""
        return Key(self.task, self.seed, self.batch, self.method, self.trials)


def read(path: Path = RESULTS) -> list[Row]:
    """All rows, in the order in which they were made; of two with one key the later one."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return list({row.key: row for row in (Row(**json.loads(line)) for line in lines)}.values())


def add(row: Row, path: Path = RESULTS) -> None:
    """One more row."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row), separators=(",", ":")) + "\n")


def forget(methods: set[str], path: Path = RESULTS) -> int:
    """Take out all rows of the methods, which have changed since; says how many there were."""
    rows = read(path)
    kept = [row for row in rows if row.method not in methods]
    beside = path.with_suffix(".new")
    beside.write_text("".join(json.dumps(asdict(row), separators=(",", ":")) + "\n" for row in kept), encoding="utf-8")
    beside.replace(path)
    return len(rows) - len(kept)
