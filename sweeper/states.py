"""The transition table of a job; the only place that says which move is legal."""

from __future__ import annotations

from sweeper.errors import IllegalTransition
from sweeper.model import State

FINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.LOST})
LIVE = frozenset(State) - FINAL

_ORDER = (State.SUBMITTING, State.QUEUED, State.RUNNING)

TRANSITIONS: dict[State, frozenset[State]] = {
    # Skipping forward is legal: a job can start and end between two looks.
    **{state: frozenset(_ORDER[i + 1 :]) | FINAL for i, state in enumerate(_ORDER)},
    **{state: frozenset() for state in FINAL},
}


def advance(before: State, seen: State) -> State:
    """The state after seeing ``seen``. Old news changes nothing; an end is never left.

    Raises IllegalTransition where a backend claims that an ended job ended otherwise.
    """
    if seen in TRANSITIONS[before]:
        return seen
    if seen == before or seen in LIVE:
        return before
    raise IllegalTransition(f"a job that is {before} cannot become {seen}")
