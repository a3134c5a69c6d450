"""Numbers that depend on nothing but a seed and names: the same in every process and on every machine."""

from __future__ import annotations

from hashlib import blake2b

_FRACTION = 2.0**-53


def number(*parts: int | str) -> int:
    """64 random-looking bits."""
    text = "\0".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def fraction(*parts: int | str) -> float:
    """A number from 0 up to, but not including, 1."""
    return (number(*parts) >> 11) * _FRACTION
