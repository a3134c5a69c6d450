"""A job's packages: fetched from the emulator's own buckets, and one digest of all that they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Objects(Protocol):
    """The emulator's buckets, by whole objects."""

    def read(self, bucket: str, name: str) -> bytes | None:
        """The object's bytes; None where there is none."""

    def write(self, bucket: str, name: str, data: bytes) -> object:
        """Make or replace the object."""


class CannotRun(Exception):
    """The job fails before its program starts; the text says why, for its owner."""


@dataclass(frozen=True)
class Package:
    """A source distribution or wheel."""

    filename: str
    data: bytes = field(repr=False)


def fetch(objects: Objects, addresses: Iterable[str]) -> tuple[Package, ...]:
    """The packages of these ``gs://`` addresses."""
    return tuple(_fetch(objects, address) for address in addresses)


def digest(packages: Sequence[Package], surroundings: str) -> str:
    """One word for these packages on top of that interpreter."""
    parts = [surroundings, *(f"{p.filename} {hashlib.sha256(p.data).hexdigest()}" for p in packages)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def split(address: str) -> tuple[str, str]:
    """The bucket and the object's name of a ``gs://`` address."""
    scheme, _, rest = address.partition("://")
    bucket, _, name = rest.partition("/")
    if scheme != "gs" or not bucket or not name:
        raise CannotRun(f"{address!r} is no address of an object: expected gs://bucket/name")
    return bucket, name


def _fetch(objects: Objects, address: str) -> Package:
    bucket, name = split(address)
    data = objects.read(bucket, name)
    if data is None:
        raise CannotRun(f"the package {address} does not exist")
    filename = name.rpartition("/")[2]
    if not filename.isprintable() or filename in ("", ".", "..") or filename.startswith("-"):
        raise CannotRun(f"{address!r} has no name that a package could have")
    return Package(filename, data)
