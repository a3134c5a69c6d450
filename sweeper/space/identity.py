"""The canonical text of a point and the id that is made from it, the same in every process and on every machine."""

from __future__ import annotations

from hashlib import blake2b
from json.encoder import encode_basestring_ascii as quote

from sweeper.errors import UserError
from sweeper.model import Point


def canonical(point: Point) -> str:
    """A point as JSON-like text: equal values give equal text, whatever the order of the keys.

    1 and 1.0 are one value, so are 1e-4 and 0.0001; true is not 1 and "1" is not 1.
    """
    return "{" + ",".join([f"{quote(name)}:{value_text(point[name])}" for name in sorted(point)]) + "}"


def point_id(point: Point) -> str:
    """16 hexadecimal digits that name a point."""
    return blake2b(canonical(point).encode(), digest_size=8).hexdigest()


def trial_id(point: str, repeat: int, repeats: int) -> str:
    """The id of one run of a point: the point's id, and the run's number where there are several."""
    return f"{point}-{repeat}" if repeats > 1 else point


def value_text(value: object) -> str:
    """One value as canonical text; two values are the same value where their texts are equal."""
    kind = type(value)
    if kind is str:
        return quote(value)  # type: ignore[arg-type]
    if kind is float:
        return _float_text(value)  # type: ignore[arg-type]
    if kind is int:
        return repr(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return "[" + ",".join([value_text(item) for item in value]) + "]"
    return _subclass_text(value)


def _float_text(value: float) -> str:
    # An int of the same value must read the same; int() of a float is exact, and so is Python's comparison of the two.
    return repr(int(value)) if value.is_integer() else repr(value)


def _subclass_text(value: object) -> str:
    """For string enumerations, numpy's floats and the like, which are their base type to everybody."""
    if isinstance(value, str):
        return quote(str.__str__(value))
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, float):
        return _float_text(float(value))
    raise UserError(
        f"expected a string, a number, true, false, null or a list of these, found {value!r} ({type(value).__name__})"
    )
