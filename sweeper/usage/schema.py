"""What a trainer's command line declares, as plain data; the same for docopt and argparse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sweeper.errors import Problem
from sweeper.lean import dataclass, field

RESERVED = frozenset({"--help", "-h", "--version"})
"""Options that print and exit: no trial may pass them."""


@dataclass(frozen=True, slots=True)
class Option:
    """An element that starts with a dash."""

    names: tuple[str, ...]
    takes_value: bool
    repeats: bool = False
    default: str | tuple[str, ...] | None = None
    help: str = ""
    described: bool = True
    """False: docopt knows it from the usage line only."""
    used: bool = True
    """False: described, but no usage line takes it."""
    free: bool = False
    """Whether it is given has no influence on anything else on the line; see ``docopt_tree.is_free``."""
    required: bool = False
    choices: tuple[str, ...] = ()
    type: str = ""
    spread: bool = False
    """A list is written as ``--x 1 2``, not as ``--x=1 --x=2``."""
    off: str | None = None
    """The spelling that switches a flag off, where there is one."""

    @property
    def name(self) -> str:
        """The spelling that is written to argv: a long one where there is one."""
        return next((name for name in self.names if name.startswith("--")), self.names[0])


@dataclass(frozen=True, slots=True)
class Argument:
    """A positional element."""

    name: str
    repeats: bool = False
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    type: str = ""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One alternative of the usage."""

    text: str
    elements: frozenset[str]
    needs: tuple[frozenset[str], ...]
    """Of each set at least one element must be given. Enough to explain a refusal; docopt itself decides."""
    order: tuple[str, ...]
    """Its arguments and commands, from left to right."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start the trainer's module in a child process, to ask its parser."""

    module: str
    python: str
    cwd: str
    environ: Mapping[str, str] | None = field(hash=False)
    """None = as this process."""
    path: tuple[str, ...] = ()
    """Folders searched for modules after the working directory."""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Set on top of ``environ`` before the module starts."""
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Schema:
    """All that a usage declares."""

    style: Literal["docopt", "argparse"]
    program: str
    text: str
    where: str
    """``file:line`` of the text."""
    options: tuple[Option, ...] = ()
    arguments: tuple[Argument, ...] = ()
    commands: tuple[str, ...] = ()
    lines: tuple[UsageLine, ...] = ()
    options_first: bool = False
    launch: Launch | None = None
    warnings: tuple[Problem, ...] = ()
    """What works, but probably not as its author thinks."""

    def order(self, given: frozenset[str]) -> tuple[str, ...]:
        """The order of arguments and commands on the usage line that fits ``given`` best."""

        def distance(line: UsageLine) -> int:
            mine = frozenset(line.order)
            wanted = sum(1 for need in line.needs if need <= mine and not need & given)
            return len(given - mine) * 100 + wanted

        return min(self.lines, key=distance).order if self.lines else tuple(given)


@dataclass(frozen=True, slots=True)
class Described:
    """One parameter that a config may set, for a starter config."""

    name: str
    kind: Literal["option", "flag", "argument", "command"]
    default: str | tuple[str, ...] | None
    help: str
    repeats: bool
    required: bool
    choices: tuple[str, ...]
    type: str


def describe(schema: Schema) -> tuple[Described, ...]:
    """Every parameter a config may set, in the usage's order; not what prints and exits, nor ``--job-dir``."""
    needed = frozenset(name for line in schema.lines[:1] for need in line.needs if len(need) == 1 for name in need)
    options = tuple(
        Described(
            parameter_name(option.name),
            "option" if option.takes_value else "flag",
            option.default,
            option.help,
            option.repeats,
            option.required or option.name in needed,
            option.choices,
            option.type,
        )
        for option in schema.options
        if option.used and not RESERVED & set(option.names) and not is_job_dir(option)
    )
    arguments = tuple(
        Described(
            parameter_name(argument.name),
            "argument",
            argument.default,
            argument.help,
            argument.repeats,
            argument.required,
            argument.choices,
            argument.type,
        )
        for argument in schema.arguments
    )
    commands = tuple(
        Described(parameter_name(command), "command", None, "", False, command in needed, (), "")
        for command in schema.commands
        if command != "--"
    )
    return options + arguments + commands


def is_job_dir(option: Option) -> bool:
    """Whether this is the option that sweeper itself supplies."""
    return option.takes_value and any(fold(name) == "job_dir" for name in option.names if len(name) > 2)


def fold(name: str) -> str:
    """The name without dashes and brackets, ``-`` and ``_`` being one letter."""
    return name.strip("<>").lstrip("-").replace("-", "_")


def parameter_name(element: str) -> str:
    """How a config writes an element: ``--batch-size`` is ``batch_size``, ``BATCH_SIZE`` too."""
    bare = fold(element)
    return bare.lower() if element.isupper() else bare


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant: a prefix, the initials, or a near spelling."""
    names = list(known)
    wanted = fold(name).lower()
    for candidate in names:
        words = candidate.lower().split("_")
        if len(wanted) > 1 and (candidate.lower().startswith(wanted) or wanted == "".join(w[:1] for w in words)):
            return candidate
    import difflib  # 5 ms, and only needed when something is wrong

    close = difflib.get_close_matches(wanted, [candidate.lower() for candidate in names], n=1, cutoff=0.6)
    return next((candidate for candidate in names if close and candidate.lower() == close[0]), None)
