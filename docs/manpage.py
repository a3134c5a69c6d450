"""The man page, made of the usage text and of the examples of ``sweeper help``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sweeper.cli import COMMANDS, USAGE
from sweeper.commands.typed.examples import EXAMPLES, USUAL

_ENTRY = re.compile(r"^  (\S.*?)(?:  +| (?=[A-Z\"]))(.*(?:\n {10,}.*)*)", re.MULTILINE)


def man_page() -> str:
    """For man(1): plain macros that groff and mandoc both know."""
    title, _, rest = USAGE.partition("\n\nUsage:\n")
    usage, _, rest = rest.partition("\n\n")
    sections = re.findall(r"^(\w[^\n]*):\n(.*?)\n\n", rest, re.DOTALL | re.MULTILINE)
    parts = [
        ['.TH SWEEPER 1 "" "sweeper" "User Commands"', ".SH NAME", _text(f"sweeper - {title[0].lower()}{title[1:-1]}")],
        [".SH SYNOPSIS", ".ad l", ".nh", *_synopsis(usage)],
        *([f".SH {_text(name.partition(' (')[0].upper())}", *_under(name), *_entries(text)] for name, text in sections),
        [".SH EXAMPLES", *_examples()],
        [".SH EXIT STATUS", *_exits()],
        [".SH FILES", ".TP", r"\fI.sweeper/\fR", _text("The state of all sweeps that were launched from its folder.")],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _synopsis(usage: str) -> Iterator[str]:
    for one in re.split(r"\n(?=  sweeper )", usage):
        words = one.split()
        yield from (".HP 4", rf"\fB{_text(' '.join(words[:2]))}\fR {_text(' '.join(words[2:]))}".rstrip())


def _under(name: str) -> list[str]:
    """What a heading has in brackets."""
    said = name.partition(" (")[2].rstrip(")")
    return [_text(f"{said[0].upper()}{said[1:]}.")] if said else []


def _entries(text: str) -> Iterator[str]:
    for name, says in _ENTRY.findall(text):
        yield from (".TP", rf"\fB{_text(name)}\fR", _text(" ".join(says.split())))


def _examples() -> Iterator[str]:
    for verb in COMMANDS:
        for line, says in EXAMPLES[verb]:
            yield from (".TP", rf"\fB{_text(line)}\fR", _text(f"{says[0].upper()}{says[1:]}."))


def _exits() -> Iterator[str]:
    for code, says in USUAL.items():
        yield from (".TP", rf"\fB{code}\fR", _text(f"{says[0].upper()}{says[1:]}."))
    yield from (".PP", _text("What they mean for one command is in `sweeper help <command>`."))


def _text(text: str) -> str:
    """As roff reads it: what it would take for its own signs is escaped."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("`", r"\(ga").replace("'", r"\(aq")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped
