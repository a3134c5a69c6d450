"""A seeded shuffle of 0 .. count-1 that is computed number by number, so that 10^12 numbers take no memory.

A Feistel network over pairs of digits, walked until it comes back into the range: J. Black and P. Rogaway, Ciphers with
Arbitrary Finite Domains, CT-RSA 2002, the generalized Feistel method. Short ranges are sorted by a hash, which reaches
every order.
"""

from __future__ import annotations

from math import isqrt

from sweeper.search.hashing import number

SHORT = 1024
ROUNDS = 6
_MASK = (1 << 64) - 1


class Permutation:
    """``at(k)`` is the number at place k; ``place(number)`` is its inverse."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self._left = max(isqrt(count), 1)
        self._right = -(-count // self._left)
        self._keys = tuple(number("shuffle", seed, turn) for turn in range(ROUNDS))
        self._listed = sorted(range(count), key=lambda i: number("shuffle", seed, count, i)) if count <= SHORT else None

    def at(self, k: int) -> int:
        """The number at place k."""
        if not 0 <= k < self.count:
            raise IndexError(k)
        if self._listed is not None:
            return self._listed[k]
        k = self._forth(k)
        while k >= self.count:
            k = self._forth(k)
        return k

    def place(self, number: int) -> int:
        """The place where ``at`` gives this number."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        if self._listed is not None:
            return self._listed.index(number)
        number = self._back(number)
        while number >= self.count:
            number = self._back(number)
        return number

    def _forth(self, k: int) -> int:
        low, high = self._left, self._right
        a, b = k % low, k // low
        for turn in range(0, ROUNDS, 2):
            a = (a + _mixed(b, self._keys[turn])) % low
            b = (b + _mixed(a, self._keys[turn + 1])) % high
        return b * low + a

    def _back(self, number: int) -> int:
        low, high = self._left, self._right
        a, b = number % low, number // low
        for turn in range(ROUNDS - 2, -1, -2):
            b = (b - _mixed(a, self._keys[turn + 1])) % high
            a = (a - _mixed(b, self._keys[turn])) % low
        return b * low + a


def _mixed(half: int, key: int) -> int:
    """The finalizer of splitmix64 (Steele, Lea, Flood 2014); only the quality, not the inverse, rests on it."""
    x = (half ^ (half >> 64) ^ key) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)
