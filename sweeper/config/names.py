"""Finds the known name that a misspelt one probably meant, and lists names for people."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 1000
"""Known names that are compared; more would be slow, and nobody misspells one of ten thousand numbers."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to ``name``, or None where nothing is close."""
    import difflib  # 5 ms, and only needed when something is wrong

    names = {_plain(each): each for each, _ in zip(known, range(_MOST), strict=False)}
    wanted = _plain(name)
    if wanted in names:
        return names[wanted]
    longer = [each for each in names if len(wanted) > 2 and each.startswith(wanted)]
    if len(longer) == 1:
        return names[longer[0]]
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known name; else one that lists them."""
    known = list(known)
    close = nearest(name, known)
    if close is not None:
        return f"did you mean {close}?"
    return f"known: {listed(known, last='and')}" if known else ""


def listed(names: Iterable[str], last: str = "or") -> str:
    """``a, b or c``; long lists are cut."""
    names = [str(name) for name in names]
    if len(names) > 14:
        return ", ".join(names[:12]) + f", ... ({len(names)} in all)"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def _plain(name: str) -> str:
    return name.strip("-<> ").casefold().replace("-", "_").replace(" ", "_")
