"""Who is run again by a confirmation, and through which option of the trainer the new seeds reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.config.sections import SEED
from sweeper.driver.confirm import KEY, confirm_of, first_seed, is_seed
from sweeper.driver.prepare import entries
from sweeper.driver.refresh import stored
from sweeper.driver.trainers import interpreter
from sweeper.errors import UserError
from sweeper.lean import dataclass, replace
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import Repeats, Sweep
from sweeper.results.top import top
from sweeper.results.verdict import mark
from sweeper.surroundings import Surroundings
from sweeper.usage.binding import bind
from sweeper.usage.load import load_schema

TOP = 5
"""Contenders, where nobody says how many."""
SEED_TEXT = "{seed}"
"""The placeholder by which a config passes a seed on in another way."""


@dataclass(frozen=True)
class Contest:
    """What is to be run."""

    sweep: Sweep
    seeded: bool
    """The seeds reach the trainer, by an option or by a placeholder."""
    surely: bool = False
    """The runs that are there say already who is best."""


def contest(
    ledger: Ledger, row: SweepRow, here: Surroundings, *, most: int | None, repeats: int, earlier: SweepRow | None
) -> Contest:
    """The best points of a sweep, as a sweep; ``earlier`` is the confirmation of it that is there: it keeps its seeds.

    Raises UserError where there are fewer than two, or the seed is one of the parameters that the sweep compares.
    """
    source = stored(row)
    rows, surely = _best(ledger, row, source.repeats, most)
    parameter = _option(source, here)
    _refuse_swept(rows, parameter, row)
    seed = earlier.settings[KEY]["seed"] if earlier is not None else first_seed(source)
    points = [one["params"] for one in rows]
    sweep = confirm_of(source, row.id, points, repeats=repeats, seed=seed, parameter=parameter)
    return Contest(sweep, _is_seeded(parameter, points), surely)


def again(row: SweepRow, *, repeats: int | None) -> Contest:
    """A confirmation that is there, with the contenders that it has and, if somebody says so, more runs of each."""
    sweep = stored(row)
    count = replace(sweep.repeats, count=repeats or sweep.repeats.count)
    return Contest(replace(sweep, repeats=count), _is_seeded(count.parameter, sweep.points))


def _is_seeded(parameter: str | None, points: Sequence[Mapping[str, Any]]) -> bool:
    return parameter is not None or any(SEED_TEXT in str(value) for point in points for value in point.values())


def _best(ledger: Ledger, row: SweepRow, repeats: Repeats, most: int | None) -> tuple[list[dict[str, Any]], bool]:
    """The first of the ranking; unless somebody says how many, only those that repeats have not ruled out."""
    ranked = [one for one in top(ledger, row.id, metric=row.metric, repeats=repeats.count) if one["rank"] is not None]
    if len(ranked) < 2:
        count = f"{len(ranked)} point{'s' * (len(ranked) != 1)}"
        raise UserError(
            f"there is nothing to confirm: {count} of {row.id} with a finite {row.metric.name}",
            hint="`sweeper results` shows what became of its trials",
        )
    if repeats.count > 1 and most is None:
        mark(ledger, row.id, ranked, row.metric)
        tied = [one for one in ranked if one["tied"]]
        return (tied or ranked)[:TOP], len(tied) == 1
    return ranked[: most or TOP], False


def _option(sweep: Sweep, here: Surroundings) -> str | None:
    """The trainer's option for the seed: the one that the config names, else ``seed`` where the usage has it."""
    if sweep.repeats.parameter is not None:
        return sweep.repeats.parameter
    path = entries(here.python_path(sweep.trainer.env))
    schema = load_schema(sweep.trainer, cwd=here.cwd, python_path=path, python=interpreter(sweep.trainer, here))
    if schema is None:  # ``usage: none``: nobody knows what it takes
        return None
    return None if bind(schema, (), seed_parameter=SEED).problems else SEED


def _refuse_swept(rows: Sequence[Mapping[str, Any]], parameter: str | None, row: SweepRow) -> None:
    """Points that differ in their seed alone are runs of one point; which of them is best means nothing."""
    seeds = [value for one in rows for name, value in one["params"].items() if is_seed(name, parameter)]
    if len(set(map(str, seeds))) > 1:
        raise UserError(
            f"{row.id} tries several values of {parameter}, which is the seed",
            where=row.config_path,
            path=f"parameters.{parameter}",
            hint=f"take it out of parameters and write repeats: {{count: 3, parameter: {parameter}}}",
        )
