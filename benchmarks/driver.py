"""The launcher's own cost and memory from 100 to 100,000 trials, over a backend whose jobs end at the next look.

Prints one JSON line: microseconds per trial in the first and the last tenth, peak memory of each size in megabytes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sweeper.backends.protocol import Backend  # noqa: E402
from sweeper.clock import SystemClock  # noqa: E402
from sweeper.driver.reconcile import Reconciler  # noqa: E402
from sweeper.driver.work import Work  # noqa: E402
from sweeper.ledger.ledger import open_ledger  # noqa: E402
from sweeper.ledger.rows import SweepRow  # noqa: E402
from sweeper.model import Choices, Job, Measurement, Observation, Parameter, Reason, Space, State, Sweep  # noqa: E402
from sweeper.model import Trainer as Program  # noqa: E402
from sweeper.search import make  # noqa: E402
from sweeper.search.trials import total, trial  # noqa: E402

SIZES = (100, 10_000, 100_000)


class Instant:
    """Takes 64 jobs at a time; each has succeeded when it is looked at."""

    lanes = 1

    def __init__(self) -> None:
        self._live: set[str] = set()

    def capacity(self) -> int:
        """Free places."""
        return 64 - len(self._live)

    def submit(self, job: Job, **_: bool) -> str:
        """Remember it until the next look."""
        self._live.add(job.id)
        return job.id

    def observe(self, handles: Sequence[str]) -> Mapping[str, Observation]:
        """All of them have ended."""
        now = time.time()
        self._live.clear()
        done = Observation(
            State.SUCCEEDED, code=0, started=now, ended=now, measurements=(Measurement("accuracy", 0.5),)
        )
        return dict.fromkeys(handles, done)

    def cancel(self, handle: str, reason: Reason) -> None:
        """Nothing runs."""

    def output(self, handle: str) -> Iterator[str]:
        """Nothing was printed."""
        return iter(())

    def fetch(self, handle: str, into: Path) -> None:
        """There are no files."""

    def discover(self, sweep_id: str) -> Iterable[tuple[str, str]]:
        """Nothing is kept."""
        return ()

    def wait(self, seconds: float) -> None:
        """There is nothing to wait for."""

    def resize(self, parallel: int) -> None:
        """It stays as it is."""

    def close(self) -> None:
        """Nothing is held."""


def passes(work: Work, backend: Backend) -> list[float]:
    """A sweep from its first pass to its last: microseconds of each pass in which trials ended, a trial."""
    took: list[float] = []
    with tempfile.TemporaryDirectory() as home, open_ledger(Path(home)) as ledger:
        ledger.add_sweep(SweepRow(work.sweep_id, work.sweep.name, 0.0, total=work.total))
        reconciler = Reconciler(work, ledger, backend, SystemClock())
        while not reconciler.finished():
            began, before = time.perf_counter(), reconciler.tally.ended
            reconciler.one_pass()
            ended = reconciler.tally.ended - before
            took += [(time.perf_counter() - began) / ended * 1e6] if ended else []
    return took


def run(trials: int) -> dict[str, float]:
    """One sweep of so many trials, in this process."""
    width = round(trials**0.5)
    space = Space(
        tuple(Parameter(name, Choices(tuple(range(n)))) for name, n in (("a", width), ("b", trials // width)))
    )
    sweep = Sweep("flat", Program("trainer.task"), space)
    search = make(sweep)
    count = total(search, sweep)
    work = Work(
        sweep, "flat-1", count, count, lambda n: trial(search, sweep, n), lambda one: (f"--a={one.point['a']}",)
    )
    took = passes(work, Instant())
    tenth = max(1, len(took) // 10)
    return {
        "first_us": round(sorted(took[:tenth])[tenth // 2], 1),
        "last_us": round(sorted(took[-tenth:])[tenth // 2], 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> None:
    """A process for each size, so that each has a peak of its own."""
    if len(sys.argv) == 2:
        print(json.dumps(run(int(sys.argv[1]))))
        return
    found = {}
    for size in SIZES:
        done = subprocess.run([sys.executable, __file__, str(size)], capture_output=True, text=True, check=True)
        found[str(size)] = json.loads(done.stdout)
    print(json.dumps({"benchmark": "driver", **found}))


if __name__ == "__main__":
    main()
