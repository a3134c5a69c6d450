"""A distribution's name, version and requirements, and the little of them that an archive of ours repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from sweeper.errors import UserError

PKG_INFO = "PKG-INFO"
_EGG_INFO = re.compile(r"(^|/)[^/]+\.egg-info/")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What names a distribution."""

    name: str
    version: str
    requires: tuple[str, ...] = ()

    @property
    def normal_name(self) -> str:
        """As file names have it (PEP 625): backends of different ages do not agree."""
        return re.sub(r"[-_.]+", "_", self.name).lower()

    @property
    def normal_version(self) -> str:
        """Likewise; a version that is none (PEP 440) stays as it is."""
        from packaging.version import InvalidVersion, Version  # a local sweep does without

        try:
            return str(Version(self.version))
        except InvalidVersion:
            return re.sub(r"[^A-Za-z0-9.+!]", "_", self.version)

    def text(self) -> bytes:
        """The least that a PKG-INFO must say; installers ask the backend for the rest."""
        return f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n".encode()


def read_metadata(files: Mapping[str, bytes], *, where: str) -> Metadata:
    """From the PKG-INFO that a backend wrote."""
    found = BytesHeaderParser().parsebytes(files.get(PKG_INFO, b""))
    requires = list(map(str, found.get_all("Requires-Dist", [])))
    for path, content in files.items():
        # Where setuptools of before 2023 puts them in an sdist.
        if path.endswith(".egg-info/requires.txt"):
            requires += content.decode("utf-8", "replace").partition("[")[0].split("\n")
    if not found["Name"] or not found["Version"]:
        raise UserError("made a source distribution without a name or a version", where=where)
    return Metadata(str(found["Name"]), str(found["Version"]), tuple(filter(None, requires)))


def minimal(files: Mapping[str, bytes], sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """A backend's archive without what depends on the backend's version: metadata, and setuptools' own setup.cfg."""
    kept = {path: content for path, content in files.items() if path != PKG_INFO and not _EGG_INFO.search(path)}
    if _is_generated(kept.get("setup.cfg", b"")):
        del kept["setup.cfg"]
    if "setup.cfg" in kept and "setup.cfg" in sources:
        kept["setup.cfg"] = sources["setup.cfg"]
    return kept


def _is_generated(setup_cfg: bytes) -> bool:
    lines = [line.split(b"=")[0].strip() for line in setup_cfg.splitlines() if line.strip()]
    return bool(lines) and set(lines) <= {b"[egg_info]", b"tag_build", b"tag_date"}
