"""``asha``: at steps that grow by a factor, only the best part of the trials that got there goes on.

Asynchronous successive halving: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar, "A System for
Massively Parallel Hyperparameter Tuning" (MLSys 2020), arXiv:1810.05934. Nobody waits for others: a trial is compared
with those that have got to its rung by then.
"""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.early_stopping.history import History
from sweeper.early_stopping.rungs import Ladder, Rung
from sweeper.model import EarlyStopping, Metric


class Stopping:
    """The variant for trainers that cannot go on later: who is stopped is stopped for good.

    At a rung where n trials have arrived, itself included, a trial goes on if it is among the best n / reduction of
    them (rounded down, one at least); ties go on. That much is what Ray Tune's ASHAScheduler, Optuna's
    SuccessiveHalvingPruner and syne-tune's ``stopping`` do. Who comes early is compared with few, though, and may go on
    by luck: at each later report a trial is measured again by those who have got to its last rung meanwhile, and is
    stopped if even its best since then is worse than what the best n / reduction of them had there. The paper's
    variant has no such trials, and theirs is the better part of the steps that this one would lose
    (docs/performance.md).
    """

    def __init__(self, settings: EarlyStopping) -> None:
        self._ladder = Ladder(settings.min_steps, settings.reduction, settings.max_steps)
        self._reduction = settings.reduction
        self._last: dict[str, tuple[Rung, History]] = {}
        """Each trial's highest rung, and what it has reported since it got there."""
        self._stopped: set[str] = set()

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Judge it on each rung that it has got to, or between two on the one that it has passed."""
        arrived = list(self._ladder.arrive(trial, step, value))
        if arrived:
            self._last[trial] = arrived[-1], History()
        if trial not in self._last or trial in self._stopped:
            return {}
        last, since = self._last[trial]
        if not since.add(step, value):
            return {}
        for rung in arrived or [last]:
            place = max(1, len(rung.values) // self._reduction)
            if since.best < rung.nth(place):
                self._stopped.add(trial)
                return {trial: _why(rung, place) + ("" if arrived else f", even by step {step}")}
        return {}


class Promotion:
    """The variant of the paper, for trainers that go on from their checkpoint: who is stopped may still be promoted.

    At a rung where n trials have arrived, the best n / reduction of them (rounded down) may go on. A trial that is not
    among them when it arrives is stopped, and promoted once it is: the more trials arrive, the more may go on.
    """

    def __init__(self, settings: EarlyStopping) -> None:
        self._ladder = Ladder(settings.min_steps, settings.reduction, settings.max_steps)
        self._reduction = settings.reduction
        self._highest: dict[str, Rung] = {}
        self._promoted: dict[int, set[str]] = {}
        """By the rung's step: who may go on from there."""

    def take(self, trial: str, step: int, value: float, /) -> Mapping[str, str]:
        """Judge it on the highest rung that it has got to, and with it those who wait there."""
        verdicts: dict[str, str] = {}
        for rung in self._ladder.arrive(trial, step, value):
            self._highest[trial] = rung
            best = len(rung.values) // self._reduction
            promoted = self._promoted.setdefault(rung.step, set())
            for other in _entered(rung, trial, best):
                if other not in promoted:
                    promoted.add(other)
                    if self._highest[other] is rung:
                        verdicts[other] = ""
            if trial not in promoted:
                verdicts[trial] = _why(rung, best)
        return verdicts


def _entered(rung: Rung, trial: str, best: int) -> list[str]:
    """Who may have come among the best by the trial's arrival: the last of them, and the trial itself."""
    if not best:
        return []
    last = rung.ranking[best - 1][2]
    return [last, trial] if rung.values[trial] > rung.values[last] else [last]


def _why(rung: Rung, best: int) -> str:
    among = f"the best {best} of" if best else "the best of"
    return f"not among {among} {len(rung.values)} at step {rung.step}"


def make(settings: EarlyStopping, metric: Metric) -> Stopping | Promotion:
    """Which of the two it is, the trainer says."""
    return Promotion(settings) if settings.resumes else Stopping(settings)
