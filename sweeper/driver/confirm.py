"""A confirmation: the contenders of a sweep as a small sweep of its own, with seeds that none of its runs has had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.lean import replace
from sweeper.model import Point, Repeats, Sweep, Value

KEY = "confirm"
"""Where a sweep's row and its facts in the bucket say what it confirms."""
_LONGEST_NAME = 55
"""Letters of a sweep's name that leave room for ``-confirm``."""


def confirm_of(
    sweep: Sweep, source: str, points: Sequence[Mapping[str, Any]], *, repeats: int, seed: int, parameter: str | None
) -> Sweep:
    """The points, each ``repeats`` times at most, to the end and in rounds; ``source`` is the id of their sweep.

    Run r of every point gets ``seed`` plus r, through the trainer's option ``parameter``. The limits are those of the
    config, for the confirmation alone; ``limits.trials`` counts points of the search, and does not hold here.
    """
    stopping = sweep.early_stopping
    watched = replace(stopping, rule="none", resumes=False) if stopping and stopping.stall is not None else None
    space = sweep.space
    kept = tuple(one for one in space.parameters if not is_seed(one.name, parameter))
    return replace(
        sweep,
        name=f"{sweep.name[:_LONGEST_NAME]}-confirm",
        method="list",
        points=tuple(_without_seed(point, parameter) for point in points),
        space=replace(space, parameters=kept),
        seed=seed,
        order="as-written",
        trials=None,
        early_stopping=watched,
        stop_when=None,
        warm_start=(),
        resume=None,
        repeats=Repeats(repeats, parameter),
        limits=replace(sweep.limits, trials=None),
        confirms=source,
    )


def is_seed(name: str, parameter: str | None) -> bool:
    """Whether a parameter of the config is the option that gets the seeds now."""
    return parameter is not None and name.replace("-", "_") == parameter.replace("-", "_")


def first_seed(sweep: Sweep) -> int:
    """The first that no run of the sweep has had; a sweep without repeats passed none, most likely its ``seed``."""
    return sweep.seed + sweep.repeats.count


def facts(sweep: Sweep) -> dict[str, Any]:
    """What makes it again from the config of its source, in plain values; nothing for any other sweep."""
    if not sweep.confirms:
        return {}
    own = {"of": sweep.confirms, "points": [dict(point) for point in sweep.points], "seed": sweep.seed}
    return {KEY: {**own, "repeats": sweep.repeats.count, "parameter": sweep.repeats.parameter}}


def continues(sweep: Sweep, settings: Mapping[str, Any]) -> bool:
    """Whether a sweep of its name with these settings is the same; runs that got no seed are not counted again."""
    own = settings.get(KEY, {})
    return bool(own.get("of", "") == sweep.confirms and (not own or own["parameter"] == sweep.repeats.parameter))


def from_facts(sweep: Sweep, settings: Mapping[str, Any]) -> Sweep:
    """``sweep`` as its config says, or the confirmation that the settings of a row, or the facts, tell of."""
    if KEY not in settings:
        return sweep
    own = settings[KEY]
    seed, parameter = own["seed"], own["parameter"]
    return confirm_of(sweep, own["of"], own["points"], repeats=own["repeats"], seed=seed, parameter=parameter)


def _without_seed(point: Mapping[str, Any], parameter: str | None) -> Point:
    return {name: _frozen(value) for name, value in point.items() if not is_seed(name, parameter)}


def _frozen(value: Any) -> Value:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
