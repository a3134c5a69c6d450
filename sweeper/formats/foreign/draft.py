"""A sweep config in the making, and everything about it that the file it comes from says and a sweep does not."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.config.nodes import Mark, Node
from sweeper.config.report import Report
from sweeper.lean import dataclass, field
from sweeper.model import Value
from sweeper.space.identity import value_text


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that a sweep cannot say, and what the config says instead."""

    where: str
    """``file:line:column``."""
    path: str
    message: str
    instead: str


@dataclass
class Draft:
    """What is known so far; a format's reader fills it in."""

    file: str
    report: Report
    """What is wrong with the file itself: nothing can be made of it."""
    tool: str
    reads_numbers: bool = False
    """The tool itself takes text that is a number for one."""
    name: str | None = None
    module: str | None = None
    package: str | None = None
    image: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    method: str = "grid"
    trials: int | None = None
    seed: int | None = None
    points: list[Mapping[str, object]] = field(default_factory=list)
    listed: float = 0
    """How many values were made of ranges so far."""
    metric: str | None = None
    goal: str | None = None
    reduce: str | None = None
    parameters: dict[str, object] = field(default_factory=dict)
    """Each as the config has it: a constant, a list of choices, or a mapping."""
    places: dict[str, Mark] = field(default_factory=dict)
    """Where each parameter stands in the file."""
    together: list[Mapping[str, object]] = field(default_factory=list)
    early_stopping: Mapping[str, object] = field(default_factory=dict)
    limits: dict[str, object] = field(default_factory=dict)
    losses: list[Lost] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """Traps of the file, each with its line."""
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    """What people wrote about the sweep."""

    def at(self, mark: Mark) -> str:
        """A place as messages name it."""
        return f"{self.file}:{mark.line}:{mark.column}"

    def lose(self, mark: Mark, path: str, message: str, instead: str) -> None:
        """A sweep cannot say this; ``instead`` is what the config says."""
        self.losses.append(Lost(self.at(mark), path, message, instead))

    def warn(self, mark: Mark, path: str, message: str) -> None:
        """A trap that the file has fallen into, or is about to."""
        line = f"{self.at(mark)}: {path}: {message}"
        if line not in self.warnings:
            self.warnings.append(line)

    def wrong(self, mark: Mark, path: str, message: str, hint: str = "") -> None:
        """The tool itself would refuse this, or mean nothing that can be known."""
        self.report.add(mark, path, message, hint)

    def add(self, name: str, node: Node, domain: object) -> None:
        """One parameter; what is None was complained about already."""
        if domain is None:
            return
        if name in self.parameters:
            first = self.places[name]
            self.wrong(node.mark, name, f"the parameter is given twice, first in line {first.line}", "keep one of them")
            return
        self.parameters[name] = domain
        self.places[name] = node.mark


def unique(values: list[Value]) -> list[Value]:
    """Each value once, in their order: 1 and 1.0 are one value."""
    found: dict[str, Value] = {}
    for one in values:
        found.setdefault(value_text(one), one)
    return list(found.values())
