"""One line of a ``.gitignore``, as git reads it (gitignore(5)): a pattern that leaves out, or takes back in.

Written here because the libraries match a whole path at once, parents included, and so take back files that git ignores
(``**/data`` with ``!data/**/`` is one); the test compares these with git itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern."""

    regex: re.Pattern[str]
    negated: bool
    folders_only: bool
    where: str
    """``.gitignore:3``, for people."""

    def matches(self, path: str, *, folder: bool) -> bool:
        """Whether it names this very entry; its parents are the caller's to ask about."""
        return (folder or not self.folders_only) and self.regex.fullmatch(path) is not None


def rule(line: str, where: str) -> Rule | None:
    """The rule that a line is; None for comments, blank lines and patterns that match nothing."""
    line = _trimmed(line.removesuffix("\r"))
    if line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line.removeprefix("!")
    folders_only = line.endswith("/")
    line = line.removesuffix("/")
    # A slash anywhere but at the end ties the pattern to the folder of its file.
    tied = "/" in line
    line = line.removeprefix("/")
    body = _regex(line) if line else None
    if body is None:
        return None
    return Rule(re.compile(body if tied else f"(?:.*/)?{body}", re.DOTALL), negated, folders_only, where)


def _trimmed(line: str) -> str:
    """Without the blanks at its end, but for one that is escaped."""
    bare = line.rstrip(" ")
    escaped = (len(bare) - len(bare.rstrip("\\"))) % 2
    return bare + " " if escaped and bare != line else bare


def _regex(glob: str) -> str | None:
    out, at = "", 0
    while at < len(glob):
        begins = at == 0 or glob[at - 1] == "/"
        if begins and glob.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif begins and glob[at:] == "**":
            out, at = out + (".+" if at else ".*"), len(glob)
        elif glob[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif glob[at] == "?":
            out, at = out + "[^/]", at + 1
        elif glob[at] == "[":
            found = _set(glob, at + 1)
            if found is None:
                return None
            out, at = out + found[0], found[1]
        else:
            at += glob[at] == "\\"
            if at == len(glob):
                return None
            out, at = out + re.escape(glob[at]), at + 1
    return out


def _set(glob: str, at: int) -> tuple[str, int] | None:
    """The set of characters that begins there, and where it ends; None if it does not end."""
    negated = glob[at : at + 1] in ("!", "^")
    at += negated
    body, first = "", at
    while at < len(glob):
        if glob[at] == "]" and at > first:
            return f"(?!/)[{'^' * negated}{body}]", at + 1
        if glob.startswith("[:", at):
            name, closed, _ = glob[at + 2 :].partition(":]")
            if not closed or name not in _CLASSES:
                return None
            body, at = body + _CLASSES[name], at + len(name) + 4
            continue
        if glob[at] == "-" and at > first and glob[at + 1 : at + 2] not in ("", "]"):
            body, at = body + "-", at + 1
        at += glob[at] == "\\"
        body, at = body + re.escape(glob[at : at + 1]), at + 1
    return None
