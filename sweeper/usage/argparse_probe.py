"""Runs in the trainer's interpreter: starts its module, takes over at ``parse_args``, and answers in JSON.

Started as ``python -c <this file's text>``, with a JSON mapping on stdin (module, path, variables, argvs); standard
library only.
The process ends inside ``parse_args``: the trainer's own work never begins.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from typing import Any, NoReturn

MARK = "--sweeper-asks-for-the-parser"
"""Tells a parse of the command line from a parse of something else that the module does on its way."""

Action = argparse.Action


def main() -> None:
    """Start the module; what it prints goes to stderr, so that stdout is ours."""
    asked = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.argv[1:] = [MARK]
    sys.path[:1] = [os.getcwd(), *asked["path"]]
    os.environ.update(asked["variables"])
    if asked["path"]:
        os.environ["PYTHONPATH"] = os.pathsep.join(asked["path"])
    plain = argparse.ArgumentParser.parse_known_args

    def take_over(parser: Any) -> NoReturn:
        _answer(answer, parser, plain, asked["argvs"])

    for name in ("parse_args", "parse_known_args", "parse_intermixed_args", "parse_known_intermixed_args"):
        if hasattr(argparse.ArgumentParser, name):
            setattr(argparse.ArgumentParser, name, _guarded(name, take_over))
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


def _guarded(name: str, take_over: Any) -> Any:
    original = getattr(argparse.ArgumentParser, name)

    def parse(self: Any, args: Any = None, *more: Any, **named: Any) -> Any:
        if args is None or MARK in args:
            take_over(self)
        return original(self, args, *more, **named)

    return parse


def _answer(out: Any, parser: Any, parse: Any, argvs: Any) -> NoReturn:
    try:
        actions = [_describe(parser, action) for action in parser._actions]
        outcomes = [_parse(parser, parse, argv) for argv in argvs]
        answer: Any = {"program": parser.prog, "usage": parser.format_usage(), "actions": actions, "outcomes": outcomes}
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    json.dump(answer, out)
    out.flush()
    os._exit(0)  # not sys.exit: the trainer may catch it and go on


def _describe(parser: Any, action: Any) -> Any:
    exclusive = [i for i, group in enumerate(parser._mutually_exclusive_groups) if action in group._group_actions]
    default = None if action.default is argparse.SUPPRESS else action.default
    return {
        "kind": [kind.__name__ for kind in type(action).__mro__],
        "options": list(action.option_strings),
        "dest": action.dest,
        "nargs": action.nargs,
        "type": getattr(action.type, "__name__", None if action.type is None else str(action.type)),
        "choices": None if action.choices is None else [str(choice) for choice in action.choices],
        "required": bool(action.required),
        "default": _plain(default),
        "const": _plain(action.const),
        "metavar": _plain(action.metavar),
        "help": "" if action.help in (None, argparse.SUPPRESS) else str(action.help),
        "exclusive": exclusive,
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else str(value)


def _parse(parser: Any, parse: Any, argv: Any) -> Any:
    """Parses with the real parser; what its own types and choices refuse is collected, so that all is told at once."""
    said: Any = []
    got: Any = []

    def get_values(action: Any, texts: Any) -> Any:
        got.append([_key(action), [text for text in texts if text != "--"]])
        try:
            return type(parser)._get_values(parser, action, texts)
        except argparse.ArgumentError as error:
            said.append([_key(action), str(error)])
            return texts

    def fail(message: Any) -> NoReturn:
        said.append([None, str(message)])
        raise _Refused

    parser._get_values, parser.error, parser.exit = get_values, fail, lambda *status: fail("the parser exits")
    try:
        unknown = parse(parser, argv, argparse.Namespace())[1]
        if unknown:
            said.append([None, "unrecognized arguments: " + " ".join(unknown)])
    except _Refused:
        pass
    except Exception as error:
        said.append([None, f"{type(error).__name__}: {error}"])
    return {"said": said, "got": got}


def _key(action: Any) -> Any:
    return action.option_strings or action.dest


class _Refused(Exception):
    """Stands for the exit of the parser."""


if __name__ == "__main__":
    main()
