"""What the archive of a package may hold: nothing that would be written, or linked to, outside of it."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator

from sweeper.emulator.runner.packages import CannotRun, Package


def check(package: Package) -> None:
    """Raises CannotRun for an archive that leads out of the folder it is unpacked in.

    Not left to pip: of the versions around some follow links while they unpack. What is no archive at all is.
    """
    for name in _misleading(package.data):
        raise CannotRun(f"the package {package.filename} is refused: {name!r} in it leads out of its folder")


def _misleading(data: bytes) -> Iterator[str]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (name for name in archive.namelist() if _leads_out(name))
        return
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            yield from _members(archive)
    except (tarfile.TarError, EOFError, OSError, ValueError):
        return


def _members(archive: tarfile.TarFile) -> Iterator[str]:
    links: set[str] = set()
    for member in archive:
        path = _parts(member.name)
        through = any("/".join(path[:depth]) in links for depth in range(1, len(path)))
        is_link = member.issym() or member.islnk()
        special = not (is_link or member.isfile() or member.isdir())
        if special or through or _leads_out(member.name) or (is_link and _leads_out(member.linkname)):
            yield member.name
        if is_link:
            links.add("/".join(path))


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")


def _parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]
