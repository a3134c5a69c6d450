"""``matchGlob``: the patterns of Cloud Storage, where only ``**`` crosses a slash."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from sweeper.emulator.errors import invalid

TOKEN = re.compile(r"\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|[{},]|\\.|[^*?\[{},\\]+|.", re.DOTALL)


@lru_cache(maxsize=256)
def pattern(glob: str) -> Callable[[str], object]:
    """Whether a name matches."""
    depth, parts = 0, []
    for token in TOKEN.findall(glob):
        if token == "{":
            depth += 1
        part = _translated(token, inside=depth > 0)
        if token == "}" and depth:
            depth -= 1
        parts.append(part)
    try:
        return re.compile("".join(parts) + ")" * depth, re.DOTALL).fullmatch
    except re.error:
        raise invalid(f"Invalid glob: {glob}") from None


def _translated(token: str, *, inside: bool) -> str:
    plain = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in plain:
        return plain[token]
    if token in "{,}" and inside:
        return {"{": "(?:", ",": "|", "}": ")"}[token]
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        body = token[1 + negated : -1].replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
        return f"[{'^/' if negated else ''}{body}]"
    return re.escape(token[1:] if token.startswith("\\") and len(token) > 1 else token)


def fixed_start(glob: str) -> str:
    """What every name that matches begins with."""
    match = re.search(r"[*?\[{\\]", glob)
    return glob[: match.start()] if match else glob
