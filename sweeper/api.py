"""Sweeps from Python: the same verbs as the command line, with values instead of text."""

from __future__ import annotations

import contextlib
import dataclasses
import operator
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.backends.protocol import Barred
from sweeper.commands import plan as planning
from sweeper.commands import status as counting
from sweeper.commands.compare import as_object
from sweeper.commands.comparing import compared
from sweeper.commands.launching import work as launching
from sweeper.commands.reading import read_config
from sweeper.commands.shared import existing, repeats_of
from sweeper.driver.drive import Stop
from sweeper.driver.outcome import Busy, Outcome
from sweeper.driver.prepare import prepare
from sweeper.driver.price import price_of_an_hour
from sweeper.driver.refresh import stored
from sweeper.driver.savings import region_of
from sweeper.errors import UserError
from sweeper.ledger.ledger import Ledger, open_ledger
from sweeper.ledger.rows import SweepRow
from sweeper.model import Sweep
from sweeper.search import registry
from sweeper.search.trials import total
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    import pandas as pd


def load(
    path: str | os.PathLike[str],
    *,
    home: str | os.PathLike[str] | None = None,
    backend: str | None = None,
    project: str | None = None,
    region: str | None = None,
    bucket: str | None = None,
    impersonate: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Handle:
    """The sweep that a config describes. Raises sweeper.errors.UserError, with all that is wrong with it.

    ``home`` is the state folder, else SWEEPER_HOME, else ``.sweeper``. ``project``, ``region``, ``bucket`` and
    ``impersonate`` are the command line's options of those names. Nothing is printed; ``say`` is told what the command
    line would tell on stderr.
    """
    cloud = {"project": project, "region": region, "bucket": bucket, "impersonate": impersonate}
    flags = {name: value for name, value in cloud.items() if value is not None}
    here = _here(home, say, flags)
    return Handle(read_config({"<config>": os.fspath(path), "--backend": backend}, here), here)


def compare(
    *sweeps: str, home: str | os.PathLike[str] | None = None, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Two or more launched sweeps side by side, by name or id, as ``sweeper compare --json`` prints them.

    Raises sweeper.errors.UserError where one is not there, or their goals differ.
    """
    here = _here(home, say, {})
    with existing(here) as ledger:
        return as_object(compared(ledger, sweeps, here))


def _here(home: str | os.PathLike[str] | None, say: Callable[[str], None], flags: Mapping[str, str]) -> Surroundings:
    environ, cwd = dict(os.environ), Path.cwd()
    folder = cwd / (home or environ.get("SWEEPER_HOME") or ".sweeper")
    return Surroundings(cwd, environ, folder.absolute(), sys.executable, say, lambda _: None, flags=flags)


def _whole(name: str, value: Any) -> int | None:
    """As the command line's option of that name; numpy's whole numbers are some too."""
    try:
        number = None if value is None else operator.index(value)
    except TypeError:
        number = 0
    if isinstance(value, bool) or (number is not None and number < 1):
        raise UserError(f"{name}: expected a whole number from 1, got {value!r}")
    return number


@dataclasses.dataclass(frozen=True, repr=False)
class Handle:
    """A sweep to plan, launch and look at; the newest one of its name is meant."""

    sweep: Sweep
    _here: Surroundings

    def __repr__(self) -> str:
        sweep, count = self.sweep, ""
        with contextlib.suppress(UserError):  # a launch says what is wrong with its space
            count = f", {total(registry.make(sweep), sweep)} trials"
        return f"<sweep {sweep.name}: {sweep.method}{count}, {sweep.backend}>"

    def plan(self) -> dict[str, Any]:
        """What a launch would do, as ``sweeper plan --json`` prints it; touches nothing."""
        prepared = prepare(self.sweep, self._here)
        found, row = planning.compare(prepared, self._here)
        return planning.as_json(prepared, found, row, self._here)

    def launch(
        self,
        *,
        parallel: int | None = None,
        fresh: bool = False,
        yes: bool = False,
        verify: bool = True,
        detach: bool = False,
        smoke: bool = False,
    ) -> Outcome:
        """Run the sweep, or what is left of it, to its end. What did not succeed is in the outcome's counts.

        On a cloud, ``verify`` proves the package before it is uploaded, and ``detach`` returns as soon as the service
        has all that it takes. ``smoke`` runs the corners of the space instead, each until its first report: always
        anew, as a sweep of its own, which ``results(smoke=True)`` and ``status(smoke=True)`` show.

        ^C cancels what runs, then raises KeyboardInterrupt; the sweep can be launched again. Raises UserError where
        another process runs the sweep.
        """
        at_once = _whole("parallel", parallel)
        if smoke and detach:
            hint = "leave out detach: somebody has to stop the trials at their first report"
            raise UserError("smoke and detach: choose one", hint=hint)
        prepared = prepare(self._smaller() if smoke else self.sweep, self._here)
        if detach and not prepared.target.is_cloud:
            raise UserError(
                "detach: trials of this machine need somebody who runs them", hint="sweeper launch --detach"
            )
        for warning in prepared.warnings:
            self._here.say(f"note: {warning}")
        launching.ready(prepared, self._here, yes=yes)
        with open_ledger(self._here.home) as ledger:
            outcome = launching.run_here(
                prepared,
                self._here,
                ledger,
                fresh=fresh or smoke,
                parallel=at_once,
                verified=verify,
                leave=detach and prepared.target.is_cloud,
            )
        if isinstance(outcome, Busy):
            raise UserError(f"{outcome.sweep_id} is being run by process {outcome.pid or 'another'}")
        if outcome.tally.barred:
            raise Barred(outcome.tally.barred)
        if outcome.stop is not Stop.NO:
            raise KeyboardInterrupt
        return outcome

    def results(self, *, smoke: bool = False) -> pd.DataFrame:
        """The ranked table, or its smoke run's, best first: a row a trial, with repeats a row a point.

        Its columns, ``params.<name>``, ``metric``, ``tied`` and so on, are those of docs/reference/python.md.
        """
        from sweeper.results.dataframes import results  # pandas takes longer to import than all of sweeper

        with existing(self._here) as ledger:
            row = self._looked_at(ledger, smoke=smoke)
            return results(
                ledger, row.id, metric=row.metric, repeats=repeats_of(row), usd_per_hour=self._usd_per_hour(row)
            )

    def trials(self) -> pd.DataFrame:
        """The same with a row a trial even with repeats, and number, repeat, seed, attempt and code at its end."""
        from sweeper.results.dataframes import trials

        with existing(self._here) as ledger:
            row = self._looked_at(ledger)
            return trials(ledger, row.id, metric=row.metric, usd_per_hour=self._usd_per_hour(row))

    def measurements(self, metric: str | None = None) -> pd.DataFrame:
        """Every reported number in the order of arrival: trial, metric, step, value, time; of one metric, or of all."""
        from sweeper.results.dataframes import measurements

        with existing(self._here) as ledger:
            return measurements(ledger, self._looked_at(ledger).id, name=metric)

    def report(self, output: str | os.PathLike[str] | None = None) -> Path:
        """Write the page of ``sweeper report``, ``<sweep>.html`` of the working directory if not told; says where."""
        from sweeper.commands.report import page_of
        from sweeper.commands.writing import write_whole

        with existing(self._here) as ledger:
            row = self._looked_at(ledger)
            path = self._here.cwd / (output or f"{row.id}.html")
            write_whole(path, page_of(ledger, row, self._here).text, str(path))
        return path

    def status(self, *, smoke: bool = False) -> Mapping[str, Any]:
        """Counts and the best trial, or its smoke run's, as ``sweeper status --json`` prints them."""
        with existing(self._here) as ledger:
            return counting.as_json(ledger, self._looked_at(ledger, smoke=smoke), self._here)

    def _looked_at(self, ledger: Ledger, *, smoke: bool = False) -> SweepRow:
        row = self._row(ledger, smoke=smoke)
        counting.look(ledger, row, self._here)
        return row

    def _usd_per_hour(self, row: SweepRow) -> float | None:
        if "place" not in row.settings:  # this machine; the config need not be read
            return None
        return price_of_an_hour(stored(row), region_of(row), self._here)

    def _smaller(self) -> Sweep:
        from sweeper.driver.smoke import smoke_of  # no other launch pays for it

        return smoke_of(self.sweep).sweep

    def _row(self, ledger: Ledger, *, smoke: bool) -> SweepRow:
        name, backend = (self._smaller() if smoke else self.sweep).name, self.sweep.backend
        ours = (row for row in ledger.sweeps() if (row.name, row.backend, row.is_smoke) == (name, backend, smoke))
        found = next(ours, None)
        if found is None:
            raise UserError(f"{name} has not been launched yet", where=str(self._here.home))
        return found
