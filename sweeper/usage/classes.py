"""Which values are one and the same to the trainer's parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from sweeper.command import BadValue, Step, text, tokens
from sweeper.model import Value
from sweeper.usage.schema import Schema

Structure: TypeAlias = "tuple[object, ...]"
"""What of a value can change how the rest of the line is read; ``()`` = nothing is written."""
Detail: TypeAlias = "tuple[str, ...]"
"""What of a value only its own element looks at."""


def classifier(
    schema: Schema | None, placeholders: Mapping[str, str]
) -> Callable[[Step, Value], tuple[Structure, Detail]]:
    """What a value is to the trainer's parser; raises BadValue where it cannot be written at all."""
    commands = frozenset(schema.commands) if schema else frozenset()
    shorts = "".join(name[1] for option in schema.options for name in option.names if len(name) == 2) if schema else ""
    digits = any(letter in "0123456789.e+" for letter in shorts)

    def place(word: str) -> str:
        """All words of one place are one to docopt where an argument stands."""
        if word in commands:
            return word
        if word[:1] != "-" or word == "-":
            return "plain"
        if "--" in commands:
            return "after --"
        return "negative" if not digits and re.fullmatch(r"-[0-9.]+(e[-+]?[0-9]+)?", word) else word

    def classify(step: Step, value: Value) -> tuple[Structure, Detail]:
        if value is None:
            return (), ()
        written = tokens(step, value, placeholders)
        if step.kind in ("flag", "command"):
            return tuple(written), ()
        texts = tuple(text(one, placeholders) for one in (value if isinstance(value, tuple) else (value,)))
        _refuse_unwritable(texts)
        if schema is None:
            return ((len(written),) if written else ()), ()
        if schema.style == "argparse":
            # A type or a choice looks at the text itself; how many there are and a leading dash, at the line.
            return ((len(texts), any(one[:1] == "-" for one in texts)) if written else ()), texts
        if step.kind == "value":
            # After --name= docopt takes any text as it is; only a bare -n could trip over one of these two.
            return (len(texts),) if texts else (), tuple(one if one in ("", "--") else "any" for one in texts)
        return tuple(place(one) for one in texts), ()

    return classify


def _refuse_unwritable(texts: Iterable[str]) -> None:
    for one in texts:
        if "\0" in one:
            raise BadValue("a NUL character cannot be part of a command line", hint="take it out")
        try:
            one.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise BadValue(f"{one!r} is not text that can be encoded", hint="take out the lone surrogate") from None


def shown(value: Value) -> str:
    """A value as people write it in a config."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(shown(one) for one in value)}]"
    return "null" if value is None else repr(value)
