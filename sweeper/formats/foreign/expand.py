"""Points that another tool would list one by one, for what a sweep cannot say as axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from sweeper.config.nodes import Mark
from sweeper.formats.foreign.draft import Draft
from sweeper.model import Value
from sweeper.space.identity import canonical

MOST_POINTS = 20_000


def expanded(axes: Sequence[Sequence[Mapping[str, Value]]]) -> Iterator[dict[str, Value]]:
    """Every combination of the axes' entries, the last axis fastest."""
    for entries in product(*axes):
        yield {name: value for entry in entries for name, value in entry.items()}


def as_list(draft: Draft, mark: Mark, path: str, points: Iterable[Mapping[str, Value]], *, once_anyway: bool) -> None:
    """Make the draft a list of these points, each once; ``once_anyway`` where the tool drops doubles itself."""
    draft.method = "list"
    seen: dict[str, Mapping[str, Value]] = {}
    count = 0
    for point in points:
        count += 1
        if count > MOST_POINTS:
            draft.wrong(mark, path, f"more than {MOST_POINTS} points", "make it several sweeps")
            return
        seen.setdefault(canonical(point), point)
    if len(seen) < count and not once_anyway:
        draft.lose(mark, path, f"{count - len(seen)} of {count} points are the same as others", "each is run once")
    draft.points += seen.values()
