"""An example or two of each verb, and what its exit codes mean where they mean more than usual."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "init": (("sweeper init trainer.task", "writes sweep.yaml"),),
    "plan": (
        ("sweeper plan configs/grid.yaml", "what would run"),
        ("sweeper plan configs/grid.yaml --backend=vertex", "where, and for how much"),
    ),
    "launch": (
        ("sweeper launch configs/grid.yaml", "again: goes on where it was"),
        ("sweeper launch configs/grid.yaml --parallel=4 --detach", "four at a time, in the background"),
    ),
    "list": (("sweeper list --json", "for a script"),),
    "status": (("sweeper status", "of the newest"), ("sweeper status digits", "of the newest of that name")),
    "watch": (("sweeper watch digits", "until it is at rest"),),
    "results": (
        ("sweeper results --top=5", "the best five of the newest sweep"),
        ('sweeper results digits --where="batch_size > 32" --csv', "some of its rows, for a spreadsheet"),
        ("sweeper results --failures", "what went wrong, and where"),
    ),
    "report": (("sweeper report digits", "writes its page"),),
    "compare": (("sweeper compare digits digits-random", "two sweeps side by side"),),
    "confirm": (("sweeper confirm digits", "the best again, with other seeds"),),
    "logs": (("sweeper logs digits 3 --follow", "of trial 3, while it runs"),),
    "cancel": (("sweeper cancel digits", "all of it"), ("sweeper cancel digits 3 4", "two of its trials")),
    "retry": (("sweeper retry digits", "all that failed, at the next launch"),),
    "clean": (("sweeper clean digits --keep=3", "what would go"), ("sweeper clean digits --yes", "away with it")),
    "best": (
        ("sweeper best digits --argv", "the line that runs it again"),
        ("sweeper best digits --fetch=model", "its files"),
    ),
    "package": (("sweeper package configs/grid.yaml --out=dist", "the package of a cloud job"),),
    "export": (("sweeper export configs/tune.yaml --to=vertex --output=job.yaml", "for gcloud"),),
    "import": (("sweeper import hptuning_config.yaml --output=sweep.yaml", "from gcloud"),),
    "attach": (("sweeper attach digits --backend=vertex", "where it was not launched"),),
    "doctor": (("sweeper doctor --backend=vertex", "what is missing"),),
    "emulator": (
        ("sweeper emulator start", "until ^C"),
        ('eval "$(sweeper emulator env)"', "in another terminal"),
    ),
    "completion": (('eval "$(sweeper completion bash)"', "in ~/.bashrc; fish and zsh: see the script's head"),),
    "help": (("sweeper help launch", "this, of launch"),),
    "schema": (("sweeper schema --output=.sweep.schema.json", "beside the configs"),),
}
"""(command line, what it is for)"""

EXITS: Mapping[str, Mapping[int, str]] = {
    "launch": {
        0: "all trials succeeded; of --detach on a cloud: the service has them",
        1: "some trials did not, or a limit was reached first; the same command carries on",
    },
    "confirm": {
        0: "one is left, the best; of --detach and --dry-run: it did what was asked",
        1: "still tied when the runs are used up, or a limit was reached or something failed first",
    },
    "watch": {0: "all trials succeeded", 1: "some did not"},
    "best": {1: "of --run: the trainer failed"},
    "doctor": {0: "no problem found", 2: "something is missing; it says what to type"},
}
USUAL: Mapping[int, str] = {
    0: "it did what was asked",
    1: "the disk, the network or a service failed; the same command may work later",
    2: "the command line, the config or the surroundings must be changed; nothing has run",
    3: "a bug in sweeper",
    130: "interrupted",
}
"""Of a verb that says nothing else."""


def exits_of(verb: str) -> dict[int, str]:
    """What each exit code of a verb means."""
    return {**USUAL, **EXITS.get(verb, {})}
