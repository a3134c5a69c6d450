"""``python -m benchmarks.search run``, ``calibrate``, ``forget`` and ``report``; see docs/search.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.search import store
from benchmarks.search.methods import METHODS


def main() -> None:
    """Read the command line and do it."""
    given = _options().parse_args()
    match given.command:
        case "run":
            from benchmarks.search.run import run

            run(
                given.methods,
                batches=given.batch,
                seeds=list(range(given.first_seed, given.seeds)),
                trials=given.trials,
                names=given.tasks,
                path=given.results,
            )
        case "calibrate":
            from benchmarks.search.calibrate import calibrate

            calibrate(given.tasks)
        case "forget":
            print(f"{store.forget(set(given.methods), given.results)} runs forgotten")
        case _:
            from benchmarks.search.report import report

            rows = [row for row in store.read(given.results) if not given.methods or row.method in given.methods]
            print(report(rows, ours=given.ours, trials=given.trials))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="make the runs that are missing")
    run.add_argument("--methods", type=_methods, default=list(METHODS))
    run.add_argument("--batch", type=_numbers, default=[1, 8])
    run.add_argument("--seeds", type=int, default=5, help="seeds 0 .. n-1")
    run.add_argument("--first-seed", type=int, default=0)
    calibrate = commands.add_parser("calibrate", help="find the references of tasks that have none")
    forget = commands.add_parser("forget", help="take out the runs of methods that have changed")
    forget.add_argument("--methods", type=_methods, required=True)
    report = commands.add_parser("report", help="one JSON line for each batch, and tables")
    report.add_argument("--methods", type=_methods, default=[], help="only these")
    report.add_argument("--ours", choices=METHODS, default="auto", help="the method that the others are compared to")
    for one in (run, calibrate):
        one.add_argument("--tasks", type=_names, default=[])
    for one in (run, report):
        one.add_argument("--trials", type=int, default=48)
    for one in (run, forget, report):
        one.add_argument("--results", type=Path, default=store.RESULTS)
    return parser


def _names(text: str) -> list[str]:
    return text.split(",")


def _methods(text: str) -> list[str]:
    unknown = [name for name in _names(text) if name not in METHODS]
    if unknown:
        raise argparse.ArgumentTypeError(f"expected some of {', '.join(METHODS)}, found {', '.join(unknown)}")
    return _names(text)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    main()
