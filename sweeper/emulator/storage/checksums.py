"""The two checksums that Cloud Storage keeps of every object: MD5 and CRC32C."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

POLYNOMIAL = 0x82F63B78
PIECE = 1 << 20


class Checksums:
    """Both, fed piece by piece."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc = 0
        self._extend = extender()

    def update(self, data: bytes) -> None:
        """The next piece."""
        self._md5.update(data)
        self._crc = self._extend(self._crc, data)

    @property
    def md5(self) -> str:
        """As the API writes it: base64."""
        return base64.b64encode(self._md5.digest()).decode()

    @property
    def crc32c(self) -> str:
        """As the API writes it: base64 of the big-endian number."""
        return in_base64(self._crc)


def of_file(path: Path) -> Checksums:
    """Of what a file holds; safe in any thread."""
    sums = Checksums()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            sums.update(piece)
    return sums


def in_base64(crc: int) -> str:
    """A CRC32C as the API writes it."""
    return base64.b64encode(crc.to_bytes(4, "big")).decode()


@cache
def extender() -> Callable[[int, bytes], int]:
    """The fast one, where it is installed."""
    try:
        import google_crc32c
    except ImportError:
        return extend_slowly
    extend: Callable[[int, bytes], int] = google_crc32c.extend
    return extend


def extend_slowly(crc: int, data: bytes) -> int:
    """CRC32C byte by byte: some megabytes a second."""
    table = _table()
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    return tuple(_shifted(byte) for byte in range(256))


def _shifted(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (POLYNOMIAL if value & 1 else 0)
    return value


def combine(first: str, second: str, length: int) -> str:
    """The CRC32C of two contents in a row, from theirs alone and the length of the second.

    Appending a zero bit is a linear map of the register, so appending ``length`` bytes is a power of it.
    """
    a, b = (int.from_bytes(base64.b64decode(one), "big") for one in (first, second))
    step = [POLYNOMIAL] + [1 << bit for bit in range(31)]
    bits = length * 8
    while bits:
        if bits & 1:
            a = _times(step, a)
        step = [_times(step, row) for row in step]
        bits >>= 1
    return in_base64(a ^ b)


def _times(matrix: list[int], vector: int) -> int:
    result = 0
    for row in matrix:
        if vector & 1:
            result ^= row
        vector >>= 1
    return result
