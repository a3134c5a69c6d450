"""The schema of an argparse trainer, and argvs parsed by its own parser, both in a child process with a time limit."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.errors import CheckError, Problem
from sweeper.usage import argparse_probe
from sweeper.usage.outcome import Outcome, Reached, Refused
from sweeper.usage.schema import Argument, Launch, Option, Schema, UsageLine

_NONE_HINT = "set trainer: {usage: none} to go without the check"
_FLAGS = frozenset({"_StoreConstAction", "_AppendConstAction", "_CountAction", "BooleanOptionalAction"})


def schema_of(launch: Launch, where: str) -> Schema:
    """Starts the module and asks its parser. Raises CheckError where there is none to ask."""
    answer = _ask(launch, [], where)
    actions = answer["actions"]
    if any("_SubParsersAction" in action["kind"] for action in actions):
        raise CheckError([Problem("its parser has subcommands, which cannot be checked", where=where, hint=_NONE_HINT)])
    options = tuple(_option(action) for action in actions if action["options"])
    positional = [action for action in actions if not action["options"]]
    arguments = tuple(_argument(action) for action in positional)
    required = [*(one.name for one in options if one.required), *(one.name for one in arguments if one.required)]
    needs = tuple(frozenset({name}) for name in required)
    elements = frozenset([*(one.name for one in options), *(one.name for one in arguments)])
    text = " ".join(answer["usage"].split())
    line = UsageLine(text.removeprefix("usage: "), elements, needs, tuple(one.name for one in arguments))
    return Schema(
        "argparse", answer["program"], text, where, options, arguments, (), (line,), launch=launch, warnings=()
    )


def parse(schema: Schema, argvs: Sequence[tuple[str, ...]]) -> list[Outcome]:
    """What the trainer's parser says of each argv; one child process for all of them."""
    assert schema.launch is not None
    answer = _ask(schema.launch, argvs, schema.where)
    names = {name: option.name for option in schema.options for name in option.names}
    flags = {option.name for option in schema.options if not option.takes_value}
    return [_outcome(outcome, names, flags) for outcome in answer["outcomes"]]


def _outcome(outcome: Mapping[str, Any], names: Mapping[str, str], flags: set[str]) -> Outcome:
    if outcome["said"]:
        return Refused(tuple((_element(key, names) if key else None, said) for key, said in outcome["said"]))
    got: dict[str, tuple[str, ...] | int] = {}
    for key, texts in outcome["got"]:
        name = _element(key, names)
        before = got.get(name, 0 if name in flags else ())
        got[name] = before + 1 if isinstance(before, int) else before + tuple(texts)
    return Reached(got)


def _element(key: str | Sequence[str], names: Mapping[str, str]) -> str:
    return key if isinstance(key, str) else names.get(key[0], key[0])


def _ask(launch: Launch, argvs: Sequence[Sequence[str]], where: str) -> dict[str, Any]:
    command = [launch.python, "-c", inspect.getsource(argparse_probe)]
    asked = {"module": launch.module, "path": launch.path, "variables": dict(launch.variables), "argvs": argvs}
    try:
        child = subprocess.Popen(
            command,
            cwd=launch.cwd,
            env=launch.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise CheckError([Problem(f"cannot start {launch.python}: {error}", path="trainer.python")]) from None
    with child:
        try:
            out, err = child.communicate(json.dumps(asked).encode(), timeout=launch.timeout)
        except subprocess.TimeoutExpired:
            message = f"it did not call parse_args within {launch.timeout:g} seconds"
            raise _failed(message, where, "move slow work below parse_args, or " + _NONE_HINT) from None
        finally:
            # Whatever it started goes with it.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
    return _answer(out, err, child.returncode, where)


def _answer(out: bytes, err: bytes, code: int, where: str) -> dict[str, Any]:
    said = [line for line in err.decode(errors="replace").splitlines() if line.strip()]
    if not out:
        if code == 0:
            raise _failed("it ended without calling parse_args of argparse", where, _NONE_HINT)
        last = f": {said[-1]}" if said else ""
        raise _failed(
            f"it ended with code {code} before it called parse_args{last}", where, "run it by hand to see more"
        )
    answer: dict[str, Any] = json.loads(out)
    if "error" in answer:
        raise _failed(f"its parser cannot be read: {answer['error']}", where, _NONE_HINT)
    return answer


def _failed(message: str, where: str, hint: str) -> CheckError:
    return CheckError([Problem(message, where=where, hint=hint)])


def _option(action: Mapping[str, Any]) -> Option:
    flag = bool(_FLAGS.intersection(action["kind"])) or action["nargs"] == 0
    names, off = tuple(action["options"]), None
    if "BooleanOptionalAction" in action["kind"]:
        off = next(name for name in names if name.startswith("--no-"))
        names = tuple(name for name in names if not name.startswith("--no-"))
    appends = bool({"_AppendAction", "_AppendConstAction", "_CountAction"}.intersection(action["kind"]))
    spread = not flag and action["nargs"] not in (None, "?")
    default = action["default"]
    return Option(
        names,
        takes_value=not flag,
        repeats=appends or spread,
        default=tuple(default) if isinstance(default, list) else None if default is None else str(default),
        help=action["help"],
        # Nothing else on the line depends on an optional --x=value: argparse takes options by name, in any order.
        free=not (action["required"] or action["exclusive"] or spread),
        required=action["required"],
        choices=tuple(action["choices"] or ()),
        type=action["type"] or "",
        spread=spread,
        off=off,
    )


def _argument(action: Mapping[str, Any]) -> Argument:
    return Argument(
        action["dest"],
        repeats=action["nargs"] not in (None, "?"),
        required=action["required"] and action["nargs"] not in ("?", "*"),
        help=action["help"],
        choices=tuple(action["choices"] or ()),
        type=action["type"] or "",
        default=None if action["default"] is None else str(action["default"]),
    )
