"""A real ledger with trials put into it by hand."""

import itertools

import pytest

from sweeper.ledger import SweepRow, TrialRow, open_ledger
from sweeper.model import State


@pytest.fixture(scope="session")
def ledger(tmp_path_factory):
    with open_ledger(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="session")
def fresh(ledger):
    """fresh(rows) -> the id of a new sweep with these trials, each a mapping of what is not the default."""
    ids = itertools.count()

    def make(rows):
        sweep = f"s{next(ids)}"
        ledger.add_sweep(SweepRow(sweep, "digits", 0.0))
        ledger.put_trials(
            TrialRow(
                **{
                    "sweep": sweep,
                    "id": f"t{number}",
                    "number": number,
                    "point": f"p{number}",
                    "params": {"x": number},
                    "state": State.SUCCEEDED,
                    **row,
                }
            )
            for number, row in enumerate(rows)
        )
        return sweep

    return make
