"""What a tuning service is asked to do, in the words that all of them share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from sweeper.lean import dataclass, field
from sweeper.model import Choices, Range, Value

Algorithm: TypeAlias = Literal["service", "grid", "random"]
"""``service``: whatever the service thinks best, which is Bayesian at Google."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter. Choices that are all text are categories, of numbers a discrete set; a Range has no steps."""

    name: str
    """As the trainer's command line spells it."""
    domain: Choices | Range
    branches: tuple[Branch, ...] = ()
    """Parameters that are there only for some of its values."""
    place: str = field(default="", compare=False)
    """``line:column`` in the file that it was read from."""

    @property
    def is_text(self) -> bool:
        """Its values are words, not numbers."""
        return isinstance(self.domain, Choices) and all(isinstance(value, str) for value in self.domain.values)


@dataclass(frozen=True, slots=True)
class Branch:
    """A parameter that is there where its parent has one of these values."""

    values: tuple[Value, ...]
    axis: Axis


@dataclass(frozen=True, slots=True)
class Study:
    """What is searched, how, and for what."""

    axes: tuple[Axis, ...]
    metric: str
    goal: Literal["maximize", "minimize"]
    algorithm: Algorithm
    trials: int
    parallel: int
    best: bool = False
    """A trial counts with its best measurement instead of its last."""
    max_failed: int | None = None
    """So many trials may fail before the service gives up; None = it decides itself."""
    early_stopping: bool = False
    """The service ends trials that do not look promising."""
    resume: str | None = None
    """An earlier tuning job whose trials the service begins with."""


def every(axes: Iterable[Axis]) -> Iterator[Axis]:
    """All axes, those below others included."""
    for axis in axes:
        yield axis
        yield from every(branch.axis for branch in axis.branches)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a file says besides the study, as far as a sweep config has words for it."""

    name: str | None = None
    module: str | None = None
    image: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    timeout: float | None = None
    """Seconds that one trial may run."""
    section: dict[str, object] = field(default_factory=dict)
    """``mlengine:`` or ``vertex:``."""


@dataclass(frozen=True, slots=True)
class Read:
    """A foreign file, understood."""

    study: Study
    setting: Setting
    notes: tuple[str, ...] = ()
    """What it says that a sweep does not do, and what it leaves to the service's defaults."""
