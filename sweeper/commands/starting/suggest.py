"""What somebody might sweep: an axis around an option's default."""

from __future__ import annotations

import re

from sweeper.usage.schema import Described

_RATES = re.compile(r"(^|_)(lr|rate|decay|alpha|lambda|eps|epsilon|l1|l2|regularization|tol)(_|$)")
_NOT_SWEPT = re.compile(r"(^|_)(seed|dir|path|paths|file|host|port|workers|threads|verbose|log|every|device|gpu)(_|$)")


def axis(one: Described) -> str:
    """As YAML; empty where nothing suggests itself."""
    if _NOT_SWEPT.search(one.name) or one.repeats or one.kind == "command":
        return ""
    if one.kind == "flag":
        return "[true, false]"
    if one.choices:
        return f"[{', '.join(one.choices)}]" if all(re.fullmatch(r"[A-Za-z]\w*", word) for word in one.choices) else ""
    return _around(one.name, one.default) if isinstance(one.default, str) else ""


def _around(name: str, default: str) -> str:
    try:
        value = float(default)
    except ValueError:
        return ""
    if not 0 < value < 1e9 or re.match(r"0\d", default):
        return ""
    if re.fullmatch(r"\d+", default):
        return f"[{max(1, int(value) // 2)}, {int(value)}, {int(value) * 2}]" if value > 1 else ""
    if _RATES.search(name) or value < 0.05:
        return f"{{min: {value / 10:g}, max: {value * 10:g}, scale: log, num: 3}}"
    if value < 1:
        return f"{{min: 0, max: {value:g}, num: 3}}"
    return f"{{min: {value / 2:g}, max: {value * 2:g}, num: 4}}"
