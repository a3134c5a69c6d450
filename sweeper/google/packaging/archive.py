"""A ``.tar.gz`` that depends on names and contents alone: no time, no user, no order, no compressor's version."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Mapping

WHEN = 946_684_800
"""2000-01-01: wheels are zip files, which begin in 1980, in whatever time zone they are built."""
_STORED = 65_535
_PROGRAMS = (b"#!", b"\x7fELF")


def pack(top: str, files: Mapping[str, bytes]) -> bytes:
    """The files below a folder ``top``, as one archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar:
        for path in sorted(files, key=str.encode):
            _refuse_to_leave(path)
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size, member.mtime, member.mode = len(files[path]), WHEN, mode_of(files[path])
            tar.addfile(member, io.BytesIO(files[path]))
    return _gzip(out.getvalue())


def mode_of(content: bytes) -> int:
    """By what the file is, not by its permissions: those depend on the umask and on the file system."""
    return 0o755 if content.startswith(_PROGRAMS) else 0o644


def unpack(data: bytes) -> dict[str, bytes]:
    """The regular files of an archive, without their top folder. Raises ValueError for links and for hostile names."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*", encoding="utf-8") as tar:
        for member in tar:
            _, _, path = member.name.removeprefix("./").partition("/")
            if member.isdir() or not path:
                continue
            _refuse_to_leave(path)
            stream = tar.extractfile(member) if member.isreg() else None
            if stream is None:
                raise ValueError(f"'{path}' is not a regular file")
            found[path] = stream.read()
    return found


def _refuse_to_leave(path: str) -> None:
    if path.startswith("/") or not {"", ".", ".."}.isdisjoint(path.split("/")):
        raise ValueError(f"'{path}' leads out of the archive")


def _gzip(data: bytes) -> bytes:
    """RFC 1952 without compression (RFC 1951, 3.2.4): zlib and its successors compress to different bytes."""
    out = [b"\x1f\x8b\x08", bytes(5), b"\x00\xff"]
    for at in range(0, len(data) or 1, _STORED):
        chunk = data[at : at + _STORED]
        last = at + _STORED >= len(data)
        out += [struct.pack("<BHH", last, len(chunk), len(chunk) ^ 0xFFFF), chunk]
    out.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(out)
