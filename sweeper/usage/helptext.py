"""What a docopt text says about each option and argument, for people; docopt itself has the last word on defaults."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from sweeper.lean import dataclass

_STARTS = re.compile(r"^(?:(?i:.*options:))?[ \t]*(-\S|<\S+>[ \t]{2,}|[A-Z][A-Z_0-9]+[ \t]{2,})")
_DEFAULT = re.compile(r"\s*\[default: [^\]]*\]\.?", re.IGNORECASE)
_ELEMENT = re.compile(r"--?[\w-]+|<[^>]*>|[A-Z][A-Z_0-9]+")


@dataclass(frozen=True, slots=True)
class Description:
    """The text beside one element."""

    text: str
    line: int
    """Counted from the text's first line, which is 0."""
    has_default: bool
    runs_on: bool
    """Words follow the option that look like its description, with too few spaces between."""


def descriptions(text: str) -> Mapping[str, Description]:
    """Each described element's name, short and long alike, with its description."""
    found: dict[str, Description] = {}
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not _STARTS.match(line) or line.lstrip().lower().startswith("usage:"):
            continue
        block = [re.sub(r"^.*options:", "", line, flags=re.IGNORECASE), *_continuation(lines[number + 1 :])]
        head, _, rest = block[0].strip().partition("  ")
        whole = " ".join(part.strip() for part in (rest, *block[1:]) if part.strip())
        said = _DEFAULT.search(head) or _DEFAULT.search(whole)
        described = Description(_DEFAULT.sub("", whole).strip(), number, bool(said), _runs_on(head))
        for name in _names(head):
            found.setdefault(name, described)
    return found


def _continuation(lines: list[str]) -> list[str]:
    kept = []
    for line in lines:
        if not line.strip() or _STARTS.match(line) or not line[:1].isspace():
            break
        kept.append(line)
    return kept


def _names(head: str) -> list[str]:
    if not head.startswith("-"):
        return _ELEMENT.findall(head)[:1]
    return [word for word in head.replace(",", " ").replace("=", " ").split() if word.startswith("-")]


def _runs_on(head: str) -> bool:
    words = head.replace(",", " ").replace("=", " ").split()
    if not head.startswith("-"):
        return False
    return any(not a.startswith("-") and not b.startswith("-") for a, b in itertools.pairwise(words))
