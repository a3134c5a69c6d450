"""ML Engine's filter: ``jobId:prefix* AND state:FAILED`` is all that is documented, and all that works here."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.emulator.filters.conditions import ALL, Condition, join, matches, refused
from sweeper.emulator.filters.syntax import Both, Test, Tree, parse_filter


def ml_filter(text: str, states: Mapping[str, str]) -> Condition:
    """The condition; ``states`` maps the service's words to ours. Raises ApiError.

    Labels are refused: nobody has seen them work there, so nothing must come to rely on them.
    """
    tree = parse_filter(text)
    if tree is None:
        return ALL
    parts = tree.parts if isinstance(tree, Both) else (tree,)
    return join("AND", [_test(part, states) for part in parts])


def _test(tree: Tree, states: Mapping[str, str]) -> Condition:
    if not isinstance(tree, Test):
        raise refused("only terms that are joined by AND are supported.")
    if tree.op not in (":", "="):
        raise refused(f"operator '{tree.op}' is not supported; use ':'.")
    match tree.path:
        case ("jobId",):
            return matches("job_id", tree.value)
        case ("state",) if tree.value in states:
            return Condition("phase = ?", (states[tree.value],))
        case ("state",):
            raise refused(f"'{tree.value}' is not a state.")
        case _:
            raise refused(f"field '{'.'.join(tree.path)}' is not supported; jobId and state are.")
