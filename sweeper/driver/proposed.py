"""New trials of a search that adapts: each point is asked for when there is room, with all that is known then."""

from __future__ import annotations

from collections import deque

from sweeper.driver.known import Known
from sweeper.driver.work import Work
from sweeper.model import Point, Trial
from sweeper.search.protocol import Search
from sweeper.search.trials import trial_of


class Proposed:
    """Point after point, each with all its repeats."""

    def __init__(self, work: Work, search: Search, known: Known) -> None:
        self._work, self._search, self._known = work, search, known
        self._waiting: deque[Trial] = deque()
        self._begun = False
        self._spent = False

    def more(self) -> bool:
        """Whether a run of a known point is left, or another point may be asked for."""
        self._begin()
        if self._waiting:
            return True
        return not self._spent and self._known.points < self._search.count and self._room() > 0

    def take(self, count: int) -> list[Trial]:
        """Those that are left of known points first."""
        taken: list[Trial] = []
        while len(taken) < count and self.more():
            if self._waiting:
                taken.append(self._waiting.popleft())
            else:
                self._ask()
        return taken

    def ended_by(self) -> str:
        """Why there are fewer trials than were planned."""
        return "every point of the space has been tried" if self._spent else ""

    def _room(self) -> int:
        return self._work.planned - self._known.trials()

    def _begin(self) -> None:
        """An earlier launch may have been killed between the runs of a point."""
        if self._begun:
            return
        self._begun = True
        points = {one.number: one.point for one in self._known.told() if one.number >= 0}
        self._wait([self._trial(k, repeat, points[k]) for k, repeat in self._known.unbegun()])

    def _ask(self) -> None:
        told, k = self._known.told(), self._known.next_number()
        try:
            point = self._search.propose(self._known.points, told)
        except IndexError:
            self._spent = True
            return
        self._wait([self._trial(k, repeat, point) for repeat in range(self._work.sweep.repeats.count)])

    def _wait(self, trials: list[Trial]) -> None:
        kept = trials[: max(0, self._room())]
        self._waiting.extend(kept)
        for trial in kept:
            self._known.add(trial)

    def _trial(self, k: int, repeat: int, point: Point) -> Trial:
        count = self._work.sweep.repeats.count
        return trial_of(self._work.sweep, point, number=k * count + repeat, repeat=repeat)
