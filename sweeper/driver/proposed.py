"""New trials of an adaptive search: each is proposed when there is room for it, from what the ledger says by then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sweeper.driver.work import Work
from sweeper.ledger.ledger import Ledger
from sweeper.model import Point, Reason, State, Trial
from sweeper.search.told import Told
from sweeper.space.identity import point_id, trial_id
from sweeper.states import FINAL

Ask = Callable[[int, Sequence[Told]], Point]
"""(k, everything that is known) -> the point of proposal k. IndexError where none is left."""

_ROWS = (
    "SELECT number, state, reason, metric FROM trials WHERE sweep = ? AND NOT removed AND number >= 0 ORDER BY number"
)


class Proposed:
    """Proposal k has the trials k * runs to k * runs + runs - 1: its runs start one after the other."""

    def __init__(self, work: Work, ledger: Ledger, ask: Ask, before: Sequence[Told] = ()) -> None:
        """``before``: what earlier sweeps have found out."""
        self._work = work
        self._ledger = ledger
        self._ask = ask
        self._before = tuple(before)
        self._runs = work.sweep.repeats.count
        self._points: dict[int, Point] = {}
        self._ids: set[str] = set()
        for row in ledger.trials(work.sweep_id):
            self._ids.add(row.id)
            self._points[row.number // self._runs] = row.params
        self._next = 1 + max((row.number for row in ledger.trials(work.sweep_id)), default=-1)
        self._used_up = False

    def more(self) -> bool:
        """Whether another one may be proposed."""
        return not self._used_up and self._next < self._work.planned

    def take(self, count: int) -> list[Trial]:
        """So many; the later ones know of the earlier, as trials that run."""
        taken: list[Trial] = []
        while len(taken) < count and self.more():
            k, run = divmod(self._next, self._runs)
            if k not in self._points:
                try:
                    self._points[k] = self._ask(k, self._told(taken))
                except IndexError:
                    self._used_up = True
                    break
            taken.append(self._trial(k, run))
            self._next += 1
        return taken

    def _trial(self, k: int, run: int) -> Trial:
        point = self._points[k]
        name = point_id(point)
        unique = trial_id(name, run, self._runs)
        if unique in self._ids:  # the same point once more, where no other is left
            unique = f"{unique}.{self._next}"
        self._ids.add(unique)
        return Trial(unique, self._next, name, point, run, self._work.sweep.seed + run)

    def _told(self, taken: Sequence[Trial]) -> list[Told]:
        """In the order of the proposals, so that it does not matter in which order trials have ended."""
        runs: dict[int, list[tuple[State, str, float | None]]] = {}
        for number, state, reason, metric in self._ledger.select(_ROWS, (self._work.sweep_id,)):
            runs.setdefault(number // self._runs, []).append((State(state), reason, metric))
        for trial in taken:
            runs.setdefault(trial.number // self._runs, []).append((State.SUBMITTING, "", None))
        known = [_of_runs(k, self._points[k], found) for k, found in sorted(runs.items()) if k in self._points]
        return [*self._before, *known]


def _of_runs(k: int, point: Point, runs: Sequence[tuple[State, str, float | None]]) -> Told:
    """A proposal by its runs: it lives while one of them does; its value is the mean of those that have one."""
    states = [state for state, _, _ in runs]
    values = [metric for state, _, metric in runs if state is State.SUCCEEDED and metric is not None]
    live = next((state for state in states if state not in FINAL), None)
    state = live or (State.SUCCEEDED if State.SUCCEEDED in states else states[-1])
    value = sum(values) / len(values) if values and live is None else None
    return Told(k, point, state, value, stopped_early=any(reason == Reason.STOPPED_EARLY for _, reason, _ in runs))
