"""A docopt usage text as a schema, and argvs parsed by docopt itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sweeper.errors import CheckError, Problem
from sweeper.usage import docopt_tree
from sweeper.usage.docopt_tree import Tree, docopt
from sweeper.usage.helptext import Description, descriptions
from sweeper.usage.outcome import Outcome, Reached, Refused
from sweeper.usage.schema import Argument, Option, Schema
from sweeper.usage.source import UsageText


def schema_of(usage: UsageText) -> Schema:
    """The schema of a usage text. Raises CheckError with the file where docopt cannot read it."""
    try:
        tree = docopt_tree.read(usage.text)
        lines = docopt_tree.usage_lines(tree)
    except Exception as error:  # docopt trips over broken texts with IndexError, AssertionError and more
        raise CheckError([_broken(usage, error)]) from None
    helps = descriptions(usage.text)
    leaves = {leaf.name: leaf for leaf in tree.root.flat()}
    options = tuple(_option(option, leaves, tree, helps) for option in tree.options)
    required = frozenset(name for line in lines[:1] for need in line.needs if len(need) == 1 for name in need)
    arguments = tuple(
        Argument(name, isinstance(leaf.value, list), name in required, helps[name].text if name in helps else "")
        for name, leaf in leaves.items()
        if type(leaf).__name__ == "Argument"
    )
    commands = tuple(name for name, leaf in leaves.items() if type(leaf).__name__ == "Command")
    program = lines[0].text.split()[0]
    warnings = tuple(_warnings(usage, options, helps))
    return Schema(
        "docopt",
        program,
        usage.text,
        usage.where,
        options,
        arguments,
        commands,
        lines,
        usage.options_first,
        None,
        warnings,
    )


def parse(schema: Schema, argvs: Sequence[tuple[str, ...]]) -> list[Outcome]:
    """What docopt says of each argv."""
    return [_parse(schema, argv) for argv in argvs]


def _parse(schema: Schema, argv: tuple[str, ...]) -> Outcome:
    try:
        # help= is default_help= in docopt-ng, so by position; False, or --help would end sweeper itself.
        parsed: Mapping[str, object] = docopt.docopt(schema.text, list(argv), False, None, schema.options_first)
    except docopt.DocoptExit as refusal:
        said = str(refusal.code or "").removesuffix(docopt.DocoptExit.usage.strip()).strip()
        return Refused(() if not said or said.startswith("Warning: found unmatched") else ((None, said),))
    except docopt.DocoptLanguageError as refusal:
        return Refused(((None, str(refusal)),))
    return Reached({name: _got(value) for name, value in parsed.items()})


def _got(value: object) -> tuple[str, ...] | int:
    match value:
        case str():
            return (value,)
        case list():
            return tuple(value)
        case int():  # a flag or a command, counted where it repeats
            return int(value)
        case _:
            return ()


def _option(option: Any, leaves: Mapping[str, Any], tree: Tree, helps: Mapping[str, Description]) -> Option:
    leaf = leaves.get(option.name)
    value = option.value if leaf is None else leaf.value
    repeats = isinstance(value, list) or (type(value) is int)
    names = tuple(
        name for name in (option.short, getattr(option, "longer", None) or getattr(option, "long", None)) if name
    )
    default = tuple(value) if isinstance(value, list) and value else value
    return Option(
        names,
        bool(option.argcount),
        repeats=repeats,
        default=default if option.argcount and default else None,
        help=next((helps[name].text for name in names if name in helps), ""),
        described=option.name in tree.described,
        used=leaf is not None,
        free=leaf is not None and docopt_tree.is_free(option.name, tree.root),
    )


def _warnings(usage: UsageText, options: Sequence[Option], helps: Mapping[str, Description]) -> list[Problem]:
    found = []
    for option in options:
        described = next((helps[name] for name in option.names if name in helps), None)
        if described is None or not option.described:
            continue
        where = f"{usage.file}:{usage.line + described.line}"
        if described.has_default and option.default is None and option.takes_value:
            message = f"{option.name}: docopt does not see its default"
            found.append(Problem(message, where=where, hint="put two spaces between the option and its description"))
        elif described.runs_on:
            kind = "an option that takes a value" if option.takes_value else "a flag"
            message = f"{option.name}: docopt reads the words after it as part of the option, and takes it for {kind}"
            found.append(Problem(message, where=where, hint="put two spaces between the option and its description"))
    return found


def _broken(usage: UsageText, error: Exception) -> Problem:
    lines = [i for i, line in enumerate(usage.text.splitlines()) if re.search("usage:", line, re.IGNORECASE)]
    if not lines:
        message, hint = "the usage text has no 'usage:'", "begin the usage lines with 'Usage:'"
    elif len(lines) > 1:
        where = ", ".join(str(usage.line + i) for i in lines)
        message = f"docopt wants 'usage:' once, it is there {len(lines)} times (lines {where})"
        hint = "reword the others; docopt also counts it inside a description"
    else:
        said = str(error) if isinstance(error, docopt.DocoptLanguageError) else "the usage lines are empty or malformed"
        message, hint = f"docopt cannot read the usage text: {said}", "see docopt.org for the language"
    return Problem(message, where=usage.where, hint=hint)
