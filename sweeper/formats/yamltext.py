"""YAML that means the same to every reader: gcloud's is of YAML 1.1, sweeper's own of 1.2."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
# What some reader takes for a truth value, for nothing, or for no number: https://yaml.org/type/bool.html
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"])
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Everything that YAML calls unprintable, that folds like a line break, or that Unicode has no character for.
_ESCAPED = re.compile('[\x00-\x1f"\\\\\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')


def yaml_text(document: Mapping[str, object]) -> str:
    """The document in block style, its keys in the order given. Keys must be plain words."""
    return "".join(f"{line}\n" for line in _mapping(document))


def comment(text: str) -> str:
    """Lines of a comment, whatever the text holds: it can end neither the comment nor the file."""
    return "".join(f"# {_visible(line)}".rstrip() + "\n" for line in text.split("\n"))


def scalar(value: object) -> str:
    """One value. Text is quoted wherever any reader could take it for something else."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return int.__repr__(value)
        case float():
            return _float(value)
        case str() if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return str(value)
        case str():
            return f'"{_ESCAPED.sub(_escape, value)}"'
        case _:
            raise TypeError(f"not a scalar: {value!r}")


def flow(value: object) -> str:
    """A value, list or mapping on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def _mapping(mapping: Mapping[str, object]) -> Iterator[str]:
    for key, value in mapping.items():
        if isinstance(value, Mapping) and value:
            yield f"{_key(key)}:"
            yield from (f"  {line}" for line in _mapping(value))
        elif isinstance(value, (list, tuple)) and value and not _is_short(value):
            yield f"{_key(key)}:"
            yield from _items(value)
        else:
            yield f"{_key(key)}: {flow(value)}"


def _items(items: Sequence[object]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
        else:
            yield f"- {flow(item)}"


def _is_short(items: Sequence[object]) -> bool:
    return not any(isinstance(item, Mapping) for item in items) and len(flow(items)) <= WIDTH


def _key(key: str) -> str:
    return scalar(key)


def _float(value: float) -> str:
    """YAML 1.1 knows a float by its dot and by the sign of its exponent."""
    if not math.isfinite(value):
        raise TypeError(f"no service takes {value}")
    mantissa, e, exponent = float.__repr__(value).partition("e")
    if not e:
        return mantissa
    sign = "" if exponent[0] in "+-" else "+"
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{sign}{exponent}"


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return _ESCAPES.get(letter) or (f"\\x{ord(letter):02x}" if ord(letter) < 256 else f"\\u{ord(letter):04x}")


def _visible(line: str) -> str:
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", "?", line)
