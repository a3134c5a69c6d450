"""One tree of errors; each says where, what was expected, what was found and what to try."""

from __future__ import annotations

from collections.abc import Iterable

from sweeper.lean import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what the user gave us, ready to print."""

    message: str
    """What was expected and what was found: ``expected a whole number, got '32k'``."""
    where: str = ""
    """``file:line:column`` where known, else a file, else empty."""
    path: str = ""
    """The key that is meant, dotted: ``parameters.batch_size``."""
    hint: str = ""
    """What to try; printed on a line of its own."""

    def __str__(self) -> str:
        head = ": ".join(part for part in (self.where, self.path, self.message) if part)
        return f"{head}\n  {self.hint}" if self.hint else head


class SweeperError(Exception):
    """Something sweeper expected might go wrong, and did."""

    exit_code = 1


class UserError(SweeperError):
    """The command line, the config or the surroundings must be changed before this can work."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", where: str = "", path: str = "") -> None:
        self.problems: tuple[Problem, ...] = (Problem(message, where=where, path=path, hint=hint),)
        super().__init__(str(self.problems[0]))


class ProblemsError(UserError):
    """Several things are wrong; all of them are told at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        Exception.__init__(self, "\n".join(str(problem) for problem in self.problems))


class ConfigError(ProblemsError):
    """A sweep config that cannot be used."""


class CheckError(ProblemsError):
    """Command lines that the trainer's own usage would refuse."""


class LedgerError(UserError):
    """The ledger cannot be read or written."""


class IllegalTransition(SweeperError):
    """A job was asked to move between two states that are not joined; a bug of ours."""

    exit_code = 3
