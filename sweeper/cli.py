"""The command line: one usage text, one verb chosen, one exit code returned."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence

TYPE_CHECKING = False  # typing's own costs every start of the program a millisecond

if TYPE_CHECKING:
    from typing import Any

    from sweeper.commands.typed.itself import Itself
    from sweeper.surroundings import Surroundings

USAGE = """Hyperparameter sweeps of an unmodified training program.

Usage:
  sweeper init [<module>] [--output=<file>] [options]
  sweeper plan <config> [--backend=<name>] [--files] [--smoke] [--minutes-per-trial=<m>]
               [--project=<id>] [--region=<r>] [--bucket=<gs>] [--impersonate=<account>] [options]
  sweeper launch <config> [--backend=<name>] [--parallel=<n>] [--smoke] [--detach] [--fresh] [--yes] [--no-verify]
                 [--project=<id>] [--region=<r>] [--bucket=<gs>] [--impersonate=<account>] [options]
  sweeper list [options]
  sweeper status [<sweep>] [options]
  sweeper watch [<sweep>] [--lines] [options]
  sweeper results [<sweep>...] [--top=<n>] [--csv] [--parquet=<file>] [--where=<condition>] [--columns=<names>]
                  [--group-by=<names>] [--all-attempts] [--failures] [--importance] [options]
  sweeper compare <sweep>... [--csv] [--output=<file>] [options]
  sweeper confirm <sweep> [--top=<n>] [--repeats=<n>] [--dry-run] [--parallel=<n>] [--detach] [--fresh] [--yes]
                  [--no-verify]
                  [--project=<id>] [--region=<r>] [--bucket=<gs>] [--impersonate=<account>] [options]
  sweeper report <sweep> [--output=<file> | --serve [--port=<p>]] [options]
  sweeper logs <sweep> <trial> [--follow] [--attempt=<n>] [options]
  sweeper cancel <sweep> [<trial>...] [options]
  sweeper retry <sweep> [<trial>...] [options]
  sweeper clean <sweep> [--keep=<k>] [--yes] [options]
  sweeper best [<sweep>] [--argv | --run | --fetch=<dir>] [options]
  sweeper package <config> --out=<dir> [--no-verify] [options]
  sweeper export (<config> | <sweep>) --to=<format> [--stage] [--lossy] [--no-verify] [--output=<file>]
                 [--project=<id>] [--region=<r>] [--bucket=<gs>] [--impersonate=<account>] [options]
  sweeper import <file> [<override>...] [--from=<format>] [--lossy] [--output=<file>] [options]
  sweeper attach <sweep> --backend=<name>
                 [--project=<id>] [--region=<r>] [--bucket=<gs>] [--impersonate=<account>] [options]
  sweeper doctor --backend=<name>
                 [--project=<id>] [--region=<r>] [--bucket=<gs>] [--impersonate=<account>] [options]
  sweeper emulator (start | env) [--host=<address>] [--port=<p>] [--dir=<d>] [--faults=<spec>] [--seed=<n>]
                   [--slots=<n>] [--quota=<spec>] [--simulate=<s>] [--provisioning=<s>]
                   [--clock=<kind>] [--study-engine=<name>] [options]
  sweeper schema [--output=<file>] [options]
  sweeper completion (bash | zsh | fish) [options]
  sweeper help [<verb>] [options]
  sweeper (-h | --help)
  sweeper --version

Commands:
  init      Write a commented config from a trainer's usage text (trainer.task, if none is named).
  plan      Count, show the first command lines, check all; touches nothing.
  launch    Run it; run again to carry on where it was.
  list      All sweeps.
  status    Counts and states of a sweep; without a name, of the newest.
  watch     A sweep, live: a full screen with its trials on a terminal (sweeper[watch]), else a line for each event.
  results   The ranked table; without a name, of the newest sweep.
  compare   Sweeps side by side: the best so far of each, and which is ahead at the same budget.
  confirm   The best points of a sweep again with new seeds, until one of them is surely the best.
  report    One HTML page of a sweep: table, plots, command lines; needs no network (sweeper[report]).
  logs      What a trial printed.
  cancel    Stop a sweep, or some of its trials.
  retry     Run the failed trials again with the next launch, or those named.
  clean     Give disk back, keeping the best k trials.
  best      The winner as a command line, run again, or its files.
  package   The trainer as the distribution that a cloud job installs.
  export    A config, or that of a launched sweep, as the file that gcloud submits to the cloud's tuning service,
            or as a sweep of Weights & Biases or Katib; or the finished trials of a sweep for Optuna, MLflow,
            TensorBoard or Weights & Biases.
  import    Another tool's sweep, or a cloud's tuning config, as a config of sweeper's; "-" is standard input;
            `sweeper import hydra "lr=0.1,0.01 model=a,b"` takes overrides.
  attach    Rebuild a sweep's state from the cloud: on another machine, or where it was lost.
  doctor    Check credentials, project, region, bucket and permissions; says what to type.
  emulator  ML Engine, Vertex AI and Cloud Storage on this machine, running the jobs for real (start);
            the exports that point sweeper and gcloud at it (env).
  schema    The JSON Schema of configs, with which an editor completes and checks them.
  completion  The script that completes these command lines in a shell: eval "$(sweeper completion bash)".
  help      One command: its options, examples, and what its exit codes mean.

Options:
  --home=<dir>      Where the state is kept, instead of SWEEPER_HOME or .sweeper.
  --json            Print JSON.
  --backend=<name>  Where trials run, instead of what the config says.
  --parallel=<n>    How many trials run at once.
  --smoke           Only the corners of the space, the dearest first, each until its first report, as <name>-smoke;
                    each for limits.timeout at most, 10 minutes where that is not set.
  --detach          Go on in the background.
  --fresh           Begin a new sweep instead of carrying on an earlier one.
  --yes             Do it without asking: launch many trials, delete files.
  --output=<file>   Where to write; "-" is standard output. Left out: sweep.yaml for init, <sweep>.html for report,
                    "-" for import, schema and tuning configs, a name made of the sweep's for exported trials.
                    For compare, a page of the curves.
  --lines           Print a line for each event, on a terminal too.
  --serve           Show the page on this machine instead, and keep it as the sweep is until ^C.
  --port=<p>        Listen on that port; 0 is any that is free. Left out: 8765 for emulator, 8766 for report.
  --top=<n>         Only the first n rows; for confirm, so many contenders instead of 5.
  --repeats=<n>     Runs of each contender at most; left out, 5.
  --dry-run         Only show what would be run.
  --csv             Print CSV.
  --parquet=<file>  Write Parquet there.
  --where=<condition>  Only rows for which this holds: "batch_size > 32 and metric > 0.9".
  --columns=<names>  Only these columns, in this order: optimizer,metric.
  --group-by=<names>  Mean, deviation and best of each value instead of rows.
  --all-attempts    A row for each attempt at a trial, not only for the newest.
  --failures        What went wrong instead, how often, and with which values of parameters.
  --importance      What the metric depends on instead: the part of its variance that each parameter explains.
  --follow          Go on printing while the trial runs.
  --attempt=<n>     Of that attempt, instead of the newest.
  --keep=<k>        How many of the best trials keep their files; left out, 1, or the whole Pareto front.
  --argv            Print the command line that runs the winner again.
  --run             Run it again, here and now.
  --fetch=<dir>     Copy its output folder.
  --files           List what the trainer's package would hold, and what stays out.
  --no-verify       Do not install the package into a clean environment before it is uploaded.
  --out=<dir>       Where to write the package.
  --to=<format>     mlengine, vertex, wandb or katib: a tuning config; optuna, mlflow, tensorboard or wandb-offline:
                    finished trials.
  --stage           Upload the package and the files of stage: and write their addresses.
  --from=<format>   The tool that the file is of, where its content does not tell.
  --lossy           Leave out, or replace, what cannot be said, and list it at the top of the file.
  --minutes-per-trial=<m>  What a trial is expected to take, for the estimate.

Cloud options (left out: the config, SWEEPER_PROJECT and so on, Google's own variables, gcloud's configuration):
  --project=<id>    The project that pays.
  --region=<r>      Where jobs run.
  --bucket=<gs>     gs://bucket or gs://bucket/folder for packages and outputs.
  --impersonate=<account>  Act as this service account.

Emulator options:
  --host=<address>  Listen there instead of on loopback.
  --dir=<d>         Where it keeps everything [default: .sweeper-emulator].
  --faults=<spec>   Faults to make, or a file that lists them.
  --seed=<n>        Of the faults [default: 0].
  --slots=<n>       How many jobs run at once; left out, one for each core.
  --quota=<spec>    A rate quota on creates: 60/min.
  --provisioning=<s>  How long a job waits for its machine; left out, 2 seconds.
  --simulate=<s>    Run no process: each job takes so many seconds of the clock.
  --clock=<kind>    real, or fake: it stands still until it is told to go on [default: real].
  --study-engine=<name>  Who proposes the trials of studies that leave it to the service.

General:
  -h --help         Print this.
  --version         Print the version.

Exit codes: 0 all succeeded, 1 some trials did not or a limit was reached first,
2 usage or config, 3 a bug in sweeper, 130 interrupted.
"""

COMMANDS = (
    *("init", "plan", "launch", "list", "status", "watch", "results", "compare", "confirm", "report", "logs"),
    *("cancel", "retry", "clean", "best", "package", "export", "import", "attach", "doctor", "emulator"),
    *("schema", "completion", "help"),
)
LISTS = {"<sweep>": ("results", "compare"), "<trial>": ("cancel", "retry")}
"""Arguments that some verbs take several of."""
ABOUT = ("help",)
"""Verbs that are about the command line itself, and are given it."""
CLOUD = ("project", "region", "bucket", "impersonate")
"""Options that say where in the cloud, and as whom."""
SURROUNDINGS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOMEM, errno.EMFILE}
)
"""What the system may refuse at any moment, and no line of ours can help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:2] == ["completion", "--words"]:
        from sweeper.commands.typed.words import tell

        return tell(argv[2:], _itself(), os.environ)
    if argv[:1] != ["help"] and argv[:1] and argv[0] in COMMANDS and {"-h", "--help"} & set(argv):
        return _run(["help", argv[0]])
    # Answered before anything else is imported: help must be instant.
    if not argv or any(arg in ("-h", "--help") for arg in argv):
        print(USAGE, end="")
        return 0 if argv else 2
    if argv == ["--version"]:
        from sweeper import __version__

        print(__version__)
        return 0
    return _run(argv)


def _itself() -> Itself:
    from sweeper.commands.typed.itself import Itself

    return Itself(USAGE, COMMANDS, usage_of)


def _run(argv: list[str]) -> int:
    from sweeper.errors import SweeperError

    try:
        parsed = parse(argv)
        return run(parsed, surroundings(parsed, os.environ, argv))
    except SweeperError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        if error.errno not in SURROUNDINGS:
            return _bug()
        _say(f"{error.filename or 'the system'}: {error.strerror}\n  nothing that was recorded is lost")
        return 1
    except Exception:
        return _bug()


def _bug() -> int:
    import traceback

    traceback.print_exc()
    _say("\nThis is a bug in sweeper, not in your config. Nothing that was recorded is lost.")
    return 3


def parse(argv: list[str]) -> Mapping[str, Any]:
    """The options and arguments. Raises UserError that names the word that does not fit."""
    import docopt

    from sweeper.commands.typed.explain import explain, unknown

    alone = argv[0] in COMMANDS
    try:
        # Positionally: docopt and docopt-ng call the third argument differently.
        found: dict[str, Any] = docopt.docopt(usage_of(argv[0]) if alone else USAGE, argv, False)
    except docopt.DocoptExit:
        raise explain(argv, USAGE, COMMANDS) from None
    if problem := unknown(argv, USAGE):
        raise problem  # docopt takes --para for --parallel; whoever types that meant something
    if alone:
        return {**dict.fromkeys(LISTS), **found}
    verb = next(name for name in COMMANDS if found[name])
    for name, takers in LISTS.items():
        # What one usage line repeats is a list on all of them.
        if verb not in takers:
            found[name] = next(iter(found[name]), None)
    return found


def usage_of(verb: str) -> str:
    """The usage text of one verb: its lines, its options and those of all verbs. docopt takes 15 ms for all of it."""
    from sweeper.commands.typed.explain import own_usage

    return own_usage(verb, USAGE)


def run(parsed: Mapping[str, Any], here: Surroundings) -> int:
    """Hand over to the verb's own module."""
    from importlib import import_module

    verb = next(name for name in COMMANDS if parsed.get(name))
    given = (_itself(),) if verb in ABOUT else ()
    code: int = import_module(f"sweeper.commands.{verb}").run(parsed, here, *given)
    return code


def surroundings(parsed: Mapping[str, Any], environ: Mapping[str, str], argv: Sequence[str] = ()) -> Surroundings:
    """Everything that commands may know of the outside, read once."""
    from pathlib import Path

    from sweeper.surroundings import Surroundings

    cwd = Path.cwd()
    home = cwd / (parsed["--home"] or environ.get("SWEEPER_HOME") or ".sweeper")
    lively = sys.stderr.isatty() and environ.get("TERM") != "dumb"
    flags = {name: value for name in CLOUD if (value := parsed.get(f"--{name}")) is not None}
    start = cwd, dict(environ), home.absolute(), sys.executable
    keys = sys.stdin is not None and sys.stdin.isatty()
    return Surroundings(*start, _say, _show, lively, tuple(argv), flags, to_people=sys.stdout.isatty(), keys=keys)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _show(text: str) -> None:
    print(text, flush=True)
