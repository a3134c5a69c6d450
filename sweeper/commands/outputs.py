"""The output folders of a sweep's trials, as things that have a size and can be deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings


@dataclass(frozen=True)
class Output:
    """One trial's folder."""

    size: int
    """Bytes."""
    delete: Callable[[], None]


def outputs_in_bucket(row: SweepRow, kept: set[str], here: Surroundings) -> list[Output]:
    """Those of a cloud sweep, but for the trials that are kept; jobs, logs and the sweep's configs stay."""
    from sweeper.google.client import make_google  # only a cloud sweep has them
    from sweeper.google.objects import Object

    storage = make_google(here, impersonate=here.flags.get("impersonate")).storage()
    sweep = f"{row.settings['place']['bucket']}/{row.name}/{row.id}/"
    found: dict[str, list[Object]] = defaultdict(list)
    for one in storage.list(f"{sweep}trials"):
        folder, trial, *_ = one.url.removeprefix(sweep).split("/", 2)
        found[f"{folder.removeprefix('trials').removeprefix('-')}-{trial}".removeprefix("-")].append(one)

    def delete(objects: list[Object]) -> None:
        for one in objects:
            storage.delete(one.url)

    return [
        Output(sum(one.size for one in there), partial(delete, there))
        for trial, there in found.items()
        if trial not in kept
    ]
