"""Rows that meet a condition, written in the language of a config's ``constraints:``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sweeper.errors import UserError
from sweeper.results.cells import ABSENT, Reader, Row, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweeper.space.constraints import Constraint

OPTION = "--where"


def condition(text: str, names: Collection[str]) -> Constraint:
    """The parsed condition. Raises UserError with the column, and the nearest name where a name is unknown."""
    from sweeper.space.constraints import parse  # only where it is asked for: half of a short look's time
    from sweeper.space.tokens import tokens

    with _told():
        for token in tokens(text, names):
            if token.kind == "name" and token.text not in names:
                unknown(token.text, names, OPTION)
        return parse(text, names)


def matching(rows: Iterable[Row], condition: Constraint, by_name: Mapping[str, Reader]) -> list[Any]:
    """The rows for which it holds; one that lacks a value which the condition names does not match."""
    found = []
    with _told():
        for row in rows:
            values = [by_name[name](row) if name in by_name else ABSENT for name in condition.names]
            if ABSENT not in values and condition.holds([_hashable(value) for value in values]):
                found.append(row)
    return found


@contextmanager
def _told() -> Iterator[None]:
    """A constraint's errors, as those of the option."""
    try:
        yield
    except UserError as error:
        problem = error.problems[0]
        if problem.path != "constraints":
            raise
        message = problem.message.replace("the constraint names no parameter", "the condition names nothing")
        raise UserError(f"{OPTION}: {message}", hint=problem.hint) from None


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
