"""Every key of a config, its kind, default and meaning: the one source of checks, editor schema and docs."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.config.clouds import SECTIONS
from sweeper.config.forms import IMAGE
from sweeper.config.kinds import (
    Duration,
    Fields,
    Forms,
    Key,
    Kind,
    ListOf,
    MapOf,
    Money,
    Number,
    Plain,
    Text,
    Whole,
    Word,
)
from sweeper.config.stopping import EARLY_STOPPING

PARAMETER_NAME = r"\w[\w.\-]*"
METHODS = Word(
    ("grid", "list", "random", "sobol", "auto", "gp", "tpe", "cmaes", "nsga", "service"),
    later=("pbt", "halton"),
    foreign=(
        *((word, "write service") for word in ("vizier", "hyperparameter_tuning", "tuning")),
        *((word, "write auto") for word in ("adaptive", "bayes", "bayesian", "bohb")),
        *((word, "write method: auto, and early_stopping:") for word in ("asha", "hyperband")),
        *((word, "write cmaes") for word in ("cma-es", "evolution")),
        *((word, "write nsga") for word in ("nsga2", "nsgaii", "nsga-ii", "genetic", "pareto")),
    ),
)
BACKENDS = ("local", *SECTIONS)
LATER_BACKENDS = ("slurm", "ray", "kubernetes")
DISTRIBUTIONS = {
    "uniform": "linear",
    "q_uniform": "linear",
    "int_uniform": "linear",
    "log_uniform_values": "log",
    "categorical": "values",
    "constant": "value",
}
"""W&B's names, and what each becomes here."""

_ALGORITHMS = (
    *((word, "write service: it is Bayesian") for word in ("bayes", "bayesian", "vizier", "ALGORITHM_UNSPECIFIED")),
    ("GRID_SEARCH", "write grid"),
    ("RANDOM_SEARCH", "write random"),
)
_NO_DISTRIBUTIONS = (
    ("log_uniform", "its min and max are exponents; write log_uniform_values, and the values themselves"),
    ("q_log_uniform", "write scale: log and num:"),
    ("q_log_uniform_values", "write scale: log and num:"),
    ("inv_log_uniform", "write min, max and scale: log"),
    ("inv_log_uniform_values", "write min, max and scale: log"),
    *((name, "write min and max; normal distributions are cut nowhere") for name in ("normal", "q_normal")),
    *((name, "write min, max and scale: log") for name in ("log_normal", "q_log_normal")),
    ("beta", "write min and max"),
    ("q_beta", "write min and max"),
)

_TRAINER = Fields(
    (
        Key(
            "module",
            Text(r"[^\W\d]\w*(\.[^\W\d]\w*)*", "a module, as python -m takes it"),
            "The program: python -m <module>.",
            required=True,
        ),
        Key("package", Text(), "A folder that is searched for the module before the working directory."),
        Key("python", Text(), "The interpreter that runs it. Left out: the one that sweeper runs in."),
        Key("requires", Forms(Text(), ListOf(Text())), "Distributions that must be installed, as pip names them."),
        Key("usage", Word(("docopt", "argparse", "none")), "How its command line is known and checked.", "docopt"),
        Key(
            "env",
            MapOf(Text(numbers=True), r"[A-Za-z_][A-Za-z0-9_]*", "environment variable"),
            "Environment variables set for every trial.",
        ),
        Key(
            "cloud_requires",
            Forms(Text(), ListOf(Text())),
            "Distributions that it needs besides where its output folder is in a bucket.",
        ),
        Key("image", IMAGE, "A container that holds the trainer, for cloud jobs. Left out: it is packaged."),
    )
)
_METRIC = Fields(
    (
        Key("name", Text(), "What the trainer calls it.", "accuracy"),
        Key("goal", Word(("maximize", "minimize")), "Which way is better.", "maximize"),
        Key("reduce", Word(("last", "best", "max", "min")), "Which measurement of a trial counts.", "last"),
        Key("from", Word(("auto", "hypertune", "jsonl", "tensorboard", "stdout")), "Where it is read.", "auto"),
        Key("pattern", Text(), "For stdout: a regular expression with a group named value; step and name if you like."),
        Key(
            "where", Forms(Text(), ListOf(Text(), 1)), "What must hold of metrics: size_mb < 20. Others are never best."
        ),
    )
)
_METRICS = ListOf(Forms(Text(), mapping=_METRIC), 1)
_REPEATS = Fields(
    (
        Key("count", Whole(1), "Runs of each point.", 1, required=True),
        Key("parameter", Text(PARAMETER_NAME, "the name of an option"), "The option that takes the seed.", "seed"),
    )
)
_RETRIES = Fields(
    (
        Key("transient", Whole(0, 100), "New attempts after lost, stopped or preempted runs.", 2),
        Key("code", Whole(0, 100), "New attempts after the trainer's own failure.", 0),
    )
)
_LIMITS = Fields(
    (
        Key("parallel", Whole(1, 100_000), "Trials that run at the same time. Left out: one for each core."),
        Key("timeout", Duration(), "How long one trial may run: 90s, 30m, 2h, 1h30m."),
        Key("retries", Forms(Whole(0, 100), mapping=_RETRIES), "New attempts after a transient failure.", 2),
        Key("trials", Whole(1), "The most trials a launch may run; also the consent to run that many."),
        Key("hours", Number(above=0), "The sweep's running time, all jobs added up, from which on none is started."),
        Key("cost", Money(), "The same in money: running time at the machine's price. Nothing that runs is killed."),
        Key("max_failed", Whole(1), "For method: service: so many trials may fail before it gives up."),
    )
)
_STOP_WHEN = Fields(
    (
        Key("no_improvement", Whole(1), "So many points in a row that were no better than the best.", required=True),
        Key("min_delta", Number(), "What counts as better: by more than this.", 0),
    )
)
_VARIABLE = Text(r"[A-Za-z_][A-Za-z0-9_]*", "the name of an environment variable", example="NOTIFY_TOKEN")
_ADDRESS = r"https?://[^\s/?#]\S*"
_HOOK = Fields(
    (
        Key("command", ListOf(Text(numbers=True), 1), "The program and its arguments; no shell reads them."),
        Key("url", Text(_ADDRESS, "an http:// or https:// address"), "Where the facts are posted to, as JSON."),
        Key("url_from", _VARIABLE, "The variable that holds the address, where that is a secret."),
        Key(
            "headers",
            MapOf(_VARIABLE, r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "header"),
            "Of the request: the variable that holds each one's value.",
        ),
        Key("timeout", Duration(), "How long it may take before it is given up. Left out: 30s."),
    )
)
_HOOK_FORMS = Forms(
    Text(_ADDRESS, "an address (http:// or https://), or a command as a list", example="[python, notify.py]"),
    ListOf(Text(numbers=True), 1),
    _HOOK,
)
_WARM_START = "For an adaptive method: earlier sweeps, or CSV files of results, whose trials it begins with."
_LOCAL = Fields(
    (
        Key("slots", Word(("cpu", "gpu", "auto")), "What a running trial occupies.", "auto"),
        Key("trials_per_gpu", Whole(1, 1000), "Trials that share one GPU.", 1),
        Key("warm", Word(("auto", "always", "never")), "Whether trials fork from a parent with warm imports.", "auto"),
        Key("threads", Whole(1, 10_000), "BLAS threads of each trial. Left out: the cores shared out."),
    )
)
_CONDITION = MapOf(Forms(Plain(), ListOf(Plain(), 1)), PARAMETER_NAME, "parameter", 1)
_PARAMETER = Fields(
    (
        Key("values", ListOf(Plain(), 1), "The choices: each is tried."),
        Key("value", Plain(), "A constant; a list is passed as one value."),
        Key("min", Number(), "The low end of a range; the value is included."),
        Key("max", Number(), "The high end of a range; the value is included."),
        Key("scale", Word(("linear", "log")), "How a range is spaced and sampled.", "linear"),
        Key("num", Whole(2, 1_000_000), "How many values a grid takes from the range, ends included."),
        Key("step", Number(above=0), "The distance between the values that a grid takes from the range."),
        Key("type", Word(("int", "float")), "Left out: int where all numbers of the range are whole."),
        Key("when", _CONDITION, "The parameter is passed only where the others have these values."),
        Key("distribution", Word(tuple(DISTRIBUTIONS), foreign=_NO_DISTRIBUTIONS), "W&B's way to say scale and type."),
        Key("q", Number(above=0), "The step of W&B's q_uniform."),
    ),
    foreign=(
        ("probabilities", "all choices are equally likely; leave it out"),
        ("parameters", "nested parameters do not exist on a command line; write one parameter for each option"),
        ("mu", "a normal distribution cannot be sampled; write min and max"),
        ("sigma", "a normal distribution cannot be sampled; write min and max"),
        ("log", "write scale: log"),
        ("choices", "write values"),
        ("default", "write value, for a constant"),
    ),
)
_PARAMETERS = MapOf(Forms(Plain(), ListOf(Plain(), 1), _PARAMETER), PARAMETER_NAME, "parameter")


def sweep(backends: tuple[str, ...] = BACKENDS) -> Fields:
    """The whole config, for an installation that has these backends."""
    later = tuple(name for name in LATER_BACKENDS if name not in backends)
    return Fields(
        (
            Key("name", Text(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,62}", _NAME), "The sweep's name. Left out: the file's."),
            Key("trainer", Forms(_TRAINER.keys[0].kind, mapping=_TRAINER), "The program to sweep.", required=True),
            Key("method", METHODS, "How points are chosen.", "grid"),
            Key("points", ListOf(MapOf(Plain(), PARAMETER_NAME, "parameter", 1), 1), "The points of method: list."),
            Key("seed", Whole(0, 2**31 - 1), "The seed of the search; run r of a point gets the seed plus r.", 0),
            Key("order", Word(("as-written", "shuffled", "coarse-to-fine")), "What runs first.", "as-written"),
            Key("trials", Whole(1), "How many points are drawn or proposed; may be raised later."),
            Key("stop_when", _STOP_WHEN, "When no more points are tried, although some are left."),
            Key("warm_start", Forms(Text(), ListOf(Text(), 1)), _WARM_START),
            Key(
                "algorithm",
                Word(("service", "grid", "random"), foreign=_ALGORITHMS),
                "For method: service: how it searches; service = as it thinks best, which is Bayesian.",
                "service",
            ),
            Key("resume", Text(), "For method: service: an earlier tuning job whose trials ML Engine begins with."),
            Key("repeats", Forms(Whole(1), mapping=_REPEATS), "Runs of each point, each with its own seed.", 1),
            Key("metric", Forms(Text(), _METRICS, _METRIC), "What trials are ranked by; a list: several.", "accuracy"),
            Key("parameters", _PARAMETERS, "The options of the trainer and the values each takes."),
            Key("together", ListOf(_COLUMNS), "Parameters that move as one axis: lists of the same length."),
            Key("exclude", ListOf(_CONDITION), "Combinations that are left out."),
            Key("constraints", ListOf(Text()), "What must hold: batch_size * depth <= 512."),
            Key("early_stopping", EARLY_STOPPING, "Stops trials by their learning curve."),
            Key("limits", _LIMITS, "What a launch may use."),
            Key("on_finish", _HOOK_FORMS, "Run or told when a launch has brought the sweep to its end."),
            Key("on_failure", _HOOK_FORMS, "Run or told when a trial has failed for good, the first of a launch."),
            Key("backend", Word(backends, later), "Where trials run.", "local"),
            Key("local", _LOCAL, "Settings of the local backend."),
            Key("mlengine", SECTIONS["mlengine"], "Settings of Cloud ML Engine."),
            Key("vertex", SECTIONS["vertex"], "Settings of Vertex AI."),
            Key("stage", Forms(Text(), ListOf(Text())), _STAGE),
        ),
        foreign=(
            ("program", "write trainer: with the module, trainer.task for trainer/task.py"),
            ("description", "write it as a comment: # ..."),
            ("command", "sweeper makes the command line itself; write trainer: and parameters:"),
            ("project", "sweeps are kept in .sweeper of the working directory; leave it out"),
            ("entity", "sweeps are kept in .sweeper of the working directory; leave it out"),
            ("run_cap", "write trials: for a sampling method, limits: {trials: N} for a grid"),
            ("max_trials", "write trials: for a sampling method, limits: {trials: N} for a grid"),
            ("early_terminate", "write early_stopping: asha, or {rule: hyperband, max_steps: ...}"),
            ("objective", "write metric: {name: ..., goal: maximize}"),
            ("search_space", "write parameters:"),
            ("space", "write parameters:"),
            ("grid", "write method: grid, and parameters:"),
        ),
    )


_STAGE = "Files or globs that cloud jobs need: uploaded once, and the options that name them get the new address."
_NAME = "a name of letters, digits, dots, dashes and underscores, at most 63"
_COLUMNS = MapOf(ListOf(Plain(), 1), PARAMETER_NAME, "parameter", 1)


def every_key(kind: Kind | None = None, path: str = "") -> Iterator[tuple[str, Key]]:
    """All keys with their dotted paths, ``<name>`` where the user names them: for docs, and tests of docs."""
    match kind or sweep():
        case Fields(keys=keys):
            for key in keys:
                here = f"{path}.{key.name}" if path else key.name
                yield here, key
                if key.kind is not None:
                    yield from every_key(key.kind, here)
        case Forms(mapping=Fields() | MapOf() as inner):
            yield from every_key(inner, path)
        case MapOf(item=inner):
            yield from every_key(inner, f"{path}.<name>")
        case ListOf(item=inner):
            yield from every_key(inner, f"{path}[]")
        case _:
            return
