"""The process that writes an export: it reads the ledger, calls one library, and prints a line for each trial."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sweeper.commands.exporting.finished import finished, study_of
from sweeper.formats.trackers import TRACKERS
from sweeper.ledger.ledger import open_ledger


def main(to: str, home: str, sweep: str) -> None:
    """Writes ``out`` in the working directory. What the library prints goes to stderr: stdout is the count."""
    count = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    with open_ledger(Path(home), create=False) as ledger:
        row = ledger.find_sweep(sweep)
        TRACKERS[to].write(study_of(ledger, row), finished(ledger, row), Path("out"), lambda: print(file=count))
    count.close()
    sys.stdout.flush()
