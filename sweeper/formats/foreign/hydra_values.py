"""The values of one override, after Hydra's grammar (hydra/grammar/OverrideParser.g4): read, never evaluated."""

from __future__ import annotations

import re
from decimal import Decimal

from sweeper.formats.foreign.domains import MOST_LISTED, width
from sweeper.model import Value

_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_INT = re.compile(r"[+-]?(0|[1-9][0-9]*(_[0-9]+)*)")
_FLOAT = re.compile(r"[+-]?((\d+(_\d+)*)?\.\d+(_\d+)*|\d+(_\d+)*\.?)([eE][+-]?\d+)?|[+-]?(inf|nan)", re.IGNORECASE)
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_DEEPEST = 20
_MOST_DIGITS = 300
"""Of a whole number: longer ones are text to everybody."""


class BadOverride(Exception):
    """Hydra would refuse it; the argument says why."""


class Unlisted(Exception):
    """Its values cannot be told from the override alone; the argument says why."""


class Interval(Exception):
    """A range to draw from; the arguments are its ends."""


def swept(text: str) -> tuple[list[Value], bool]:
    """The values, and whether they are a sweep. Raises BadOverride, Unlisted and Interval."""
    parts = split(text)
    if len(parts) > 1:
        return [_element(part) for part in parts], True
    call = _CALL.fullmatch(text.strip())
    if call is None or text.strip()[0] in "'\"":
        return [_element(text)], False
    return _called(call[1], call[2])


def split(text: str) -> list[str]:
    """At the commas that stand neither in quotes nor in brackets."""
    parts, quote, i = [""], "", 0
    open_: list[str] = []
    while i < len(text):
        letter = text[i]
        if letter == "\\" and i + 1 < len(text):
            parts[-1] += text[i : i + 2]
            i += 2
            continue
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and (open_ or not parts[-1].strip()):
            quote = letter
        elif letter in _CLOSES:
            open_.append(_CLOSES[letter])
            if len(open_) > _DEEPEST:
                raise BadOverride(f"nested more than {_DEEPEST} deep")
        elif letter in ")]}":
            if not open_ or open_.pop() != letter:
                raise BadOverride(f"{letter} closes nothing")
        elif letter == "," and not open_:
            parts.append("")
            i += 1
            continue
        parts[-1] += letter
        i += 1
    if quote or open_:
        raise BadOverride(f"{quote or open_[-1]} is missing at its end")
    return parts


def _element(text: str) -> Value:
    """A primitive as what it is; lists and dictionaries as their text."""
    bare = text.strip()
    if bare[:1] in ("'", '"') and bare[-1:] == bare[:1] and len(bare) > 1:
        return bare[1:-1].replace(f"\\{bare[0]}", bare[0])
    if call := _CALL.fullmatch(bare):
        values, is_sweep = _called(call[1], call[2])
        if is_sweep:
            raise BadOverride(f"{call[1]}() inside a list of choices")
        return values[0]
    if bare[:1] in _CLOSES:
        return bare
    if bare.lower() in ("true", "false"):
        return bare.lower().title()
    if bare.lower() == "null":
        return "null"
    if _INT.fullmatch(bare) and len(bare) < _MOST_DIGITS:
        return int(bare)
    if _FLOAT.fullmatch(bare):
        value = float(bare)
        return value if abs(value) < float("inf") else bare
    return re.sub(r"\\([\\()\[\]{}:=, \t])", r"\1", bare)


def _called(name: str, inside: str) -> tuple[list[Value], bool]:
    arguments = [part for part in split(inside) if part.strip()] if inside.strip() else []
    keyed = [re.fullmatch(r"\s*(\w+)=(.*)", part, re.DOTALL) for part in arguments]
    named = {found[1]: found[2].strip() for found in keyed if found}
    given = [part.strip() for part, found in zip(arguments, keyed, strict=True) if not found]
    match name:
        case "choice":
            return [_element(one) for one in given], True
        case "range":
            return _range(given, named), True
        case "interval":
            raise Interval(*(float(_number(one)) for one in _filled(given, named, ("start", "end"), 2)))
        case "glob":
            raise Unlisted(f"{name}({inside}) asks for the config groups of the program")
        case "tag":
            return _wrapped([one for one in given if not re.fullmatch(r"\w+", one)] or given[-1:])
        case "shuffle" | "sort":
            values, is_sweep = _wrapped([named["sweep"]] if "sweep" in named else given)
            if name == "sort":
                values = sorted(values, key=_sorting, reverse=named.get("reverse", "").lower() == "true")
            return values, is_sweep or len(values) > 1
        case "int" | "float" | "str" | "bool":
            return _cast(name, given)
        case _:
            raise Unlisted(f"{name}({inside}) is Hydra's to work out")


def _sorting(value: Value) -> tuple[bool, object]:
    return isinstance(value, str), value


def _wrapped(given: list[str]) -> tuple[list[Value], bool]:
    """What a function is given: another sweep, or the values themselves."""
    if len(given) == 1:
        return swept(given[0])
    return [_element(one) for one in given], True


def _cast(name: str, given: list[str]) -> tuple[list[Value], bool]:
    values, is_sweep = _wrapped(given)
    try:
        if name == "str":
            return [_text(one) for one in values], is_sweep
        if name == "bool":
            return [str(str(one).lower() not in ("false", "0")) for one in values], is_sweep
        kind = int if name == "int" else float
        return [kind(one) for one in values if not isinstance(one, tuple) and one is not None], is_sweep
    except (ValueError, OverflowError):
        raise BadOverride(f"{name}({', '.join(given)}) is no number") from None


def _text(value: Value) -> str:
    return str(value)


def _filled(given: list[str], named: dict[str, str], names: tuple[str, ...], least: int) -> list[str]:
    found = [*given, *(named[name] for name in names[len(given) :] if name in named)]
    if len(found) < least or len(found) > len(names):
        raise BadOverride(f"expected {' and '.join(names)}, got {', '.join(found)}")
    return found


def _number(text: str) -> int | float:
    if _INT.fullmatch(text) and len(text) < _MOST_DIGITS:
        return int(text)
    if _FLOAT.fullmatch(text) and abs(float(text)) < float("inf"):
        return float(text)
    raise BadOverride(f"expected a number, got '{text}'")


def _range(given: list[str], named: dict[str, str]) -> list[Value]:
    """The end is not included; fractions step exactly, as Hydra's decimals do."""
    if len(given) == 1 and "stop" not in named:
        given = ["0", *given]
    elif not given and "start" not in named:
        named = {**named, "start": "0"}
    start, stop, *more = (_number(one) for one in _filled(given, named, ("start", "stop", "step"), 2))
    step = more[0] if more else 1
    if step == 0:
        raise BadOverride("the step of a range is not 0")
    if width(start, stop, step) > MOST_LISTED:
        raise BadOverride(f"a range of more than {MOST_LISTED} values")
    if all(isinstance(one, int) for one in (start, stop, step)):
        return list(range(int(start), int(stop), int(step)))
    at, end, by, found = Decimal(start), Decimal(stop), Decimal(step), []
    while at < end if by > 0 else at > end:
        found.append(float(f"{float(at):.12g}"))
        at += by
    return list(found)
