"""What a label may be, in both services."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

MOST = 64
LONGEST = 63


def label_faults(labels: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the labels, one sentence each."""
    if len(labels) > MOST:
        yield f"There can be no more than {MOST} labels attached to a single resource."
    for key, value in labels.items():
        if not (0 < len(key) <= LONGEST and _letter(key[0]) and all(map(_allowed, key))):
            yield f"Invalid label key '{key}'. {RULE} A key begins with a lowercase letter."
        if not (len(value) <= LONGEST and all(map(_allowed, value))):
            yield f"Invalid label value '{value}' of '{key}'. {RULE}"


RULE = (
    f"Label keys and values can be no longer than {LONGEST} characters and can only contain lowercase letters, "
    "numeric characters, underscores and dashes. International characters are allowed."
)


def _letter(letter: str) -> bool:
    return "a" <= letter <= "z" or unicodedata.category(letter) == "Lo"


def _allowed(letter: str) -> bool:
    return _letter(letter) or letter in "0123456789_-"
