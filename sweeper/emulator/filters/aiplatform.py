"""Vertex's filter on jobs: display_name, state, create_time and labels, with AND, OR, NOT and parentheses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from sweeper.emulator.filters.conditions import ALL, Condition, join, matches, negate, refused
from sweeper.emulator.filters.syntax import Both, Either, Not, Test, Tree, parse_filter
from sweeper.emulator.timestamps import micros_of

States: TypeAlias = "Iterable[tuple[str, str]]"
"""(the service's word, ours); one word may stand for several of ours."""
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def aiplatform_filter(text: str, states: States, collection: str) -> Condition:
    """The condition on jobs of one collection. Raises ApiError."""
    tree = parse_filter(text)
    return ALL if tree is None else _condition(tree, states, collection)


def _condition(tree: Tree, states: States, collection: str) -> Condition:
    match tree:
        case Both(parts):
            return join("AND", [_condition(part, states, collection) for part in parts])
        case Either(parts):
            return join("OR", [_condition(part, states, collection) for part in parts])
        case Not(part):
            return negate(_condition(part, states, collection))
        case Test(("display_name",), _, _):
            return _display_name(tree)
        case Test(("state",), _, _):
            return _state(tree, states)
        case Test(("create_time",), _, _):
            return _create_time(tree)
        case Test(("labels", key), _, _):
            return _label(tree, key, collection)
        case Test(("labels",), ":", key):
            return _has_label(key, collection)
        case Test(path, _, _):
            known = "display_name, state, create_time and labels.<key> are"
            raise refused(f"field '{'.'.join(path)}' is not supported; {known}.")


def _display_name(test: Test) -> Condition:
    match test.op:
        case "=":
            return Condition("display = ?", (test.value,))
        case "!=":
            return Condition("display <> ?", (test.value,))
        case ":":
            return matches("display", test.value)
        case _:
            raise _operator(test)


def _state(test: Test, states: States) -> Condition:
    if test.op not in ("=", "!="):
        raise _operator(test)
    if not test.value.startswith("JOB_STATE_"):
        raise refused(f"'{test.value}' is not a state.")
    # A state that no job here can have is a good question with an empty answer.
    phases = tuple(ours for word, ours in states if word == test.value)
    found = join("OR", [Condition("phase = ?", (phase,)) for phase in phases]) if phases else Condition("0")
    return found if test.op == "=" else negate(found)


def _create_time(test: Test) -> Condition:
    if test.op not in COMPARISONS:
        raise _operator(test)
    moment = micros_of(test.value)
    if moment is None:
        raise refused(f"'{test.value}' is not a time; RFC 3339 is expected, like 2021-05-18T00:00:00Z.")
    return Condition(f"created {test.op} ?", (moment,))


def _label(test: Test, key: str, collection: str) -> Condition:
    if test.op == ":" and test.value == "*":
        return _has_label(key, collection)
    found = Condition(
        "seq IN (SELECT seq FROM job_labels WHERE collection = ? AND key = ? AND value = ?)",
        (collection, key, test.value),
    )
    match test.op:
        case "=" | ":":
            return found
        case "!=":
            return negate(found)
        case _:
            raise _operator(test)


def _has_label(key: str, collection: str) -> Condition:
    return Condition("seq IN (SELECT seq FROM job_labels WHERE collection = ? AND key = ?)", (collection, key))


def _operator(test: Test) -> Exception:
    return refused(f"operator '{test.op}' is not supported for '{'.'.join(test.path)}'.")
