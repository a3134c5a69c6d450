"""Makes the runs that are not in the store yet, one after the other, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.search import store
from benchmarks.search.methods import Make, Setting, load
from benchmarks.search.simulate import Run, scores, simulate
from benchmarks.search.task import Task
from benchmarks.search.tasks import makers
from sweeper.search.hashing import number

CONTEXT = multiprocessing.get_context("fork")
SHARES = (0.25, 0.5, 1.0)
"""Of the budget: where regret is taken."""


def run(methods: list[str], *, batches: list[int], seeds: list[int], trials: int, names: list[str], path: Path) -> None:
    """Make what is missing, seed by seed, so that what there is at any time covers all tasks."""
    tasks = {name: make() for name, make in makers().items() if not names or name in names}
    there = {row.key for row in store.read(path)}
    for method in methods:
        missing = [key for key in _keys(method, list(tasks), batches, seeds, trials) if key not in there]
        # In a fork, so that no method's memory holds the library of another.
        process = CONTEXT.Process(target=_make, args=(method, missing, tasks, path))
        process.start()
        process.join()


def _make(method: str, missing: list[store.Key], tasks: dict[str, Task], path: Path) -> None:
    try:
        make, version = load(method)
    except ImportError as error:
        print(f"{method}: left out, {error}", file=sys.stderr)
        return
    for key in missing:
        row = _apart(tasks[key.task], make, key, version)
        if row:
            store.add(row, path)
    print(f"{method}: done", file=sys.stderr, flush=True)


def _keys(method: str, tasks: list[str], batches: list[int], seeds: list[int], trials: int) -> Iterator[store.Key]:
    for seed in seeds:
        for batch in batches:
            for task in tasks:
                yield store.Key(task, seed, batch, method, trials)


def _apart(task: Task, make: Make, key: store.Key, version: str) -> store.Row | None:
    """A run in a fork, whose peak of memory is its own; None where the method broke, which is printed."""
    here, there = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_send, args=(there, task, make, key, version))
    process.start()
    there.close()
    try:
        return here.recv()  # type: ignore[no-any-return]
    except EOFError:
        print(f"{key}: ended without a result", file=sys.stderr, flush=True)
        return None
    finally:
        process.join()


def _send(pipe: Connection, task: Task, make: Make, key: store.Key, version: str) -> None:
    try:
        pipe.send(_row(task, make, key, version))
    except Exception:
        print(f"{key}:\n{traceback.format_exc()}", file=sys.stderr, flush=True)


def _row(task: Task, make: Make, key: store.Key, version: str) -> store.Row:
    before = _peak()
    setting = Setting(task.space, number("method", key.task, key.seed) % 2**31, key.trials, key.batch)
    done = simulate(task, make(setting), seed=key.seed, batch=key.batch, trials=key.trials)
    after = _peak()
    found = scores(task, done, tuple(max(1, round(share * key.trials)) for share in SHARES))
    return store.Row(
        task=key.task,
        seed=key.seed,
        batch=key.batch,
        method=key.method,
        trials=key.trials,
        version=version,
        scores=found,
        values=[None if one.value is None else float(f"{one.value:.5g}") for one in done.ended],
        seconds=_seconds(done),
        memory=[before, after],
    )


def _seconds(done: Run) -> list[float]:
    took = sorted(done.seconds)
    last = done.seconds[-5:]
    return [float(f"{x:.3g}") for x in (took[len(took) // 2], took[-1], sum(last) / len(last))]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
