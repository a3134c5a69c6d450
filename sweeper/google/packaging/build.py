"""Packs a trainer: the same sources give the same bytes, whoever packs them, when and where."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from sweeper.errors import Problem, ProblemsError, UserError
from sweeper.google.packaging.archive import pack
from sweeper.google.packaging.generated import module_setup, package_setup
from sweeper.google.packaging.ignore import ignores
from sweeper.google.packaging.layout import SETUP, Layout, layout
from sweeper.google.packaging.metadata import Metadata, minimal, read_metadata
from sweeper.google.packaging.package import Entry, Listing, Package
from sweeper.google.packaging.paths import on_disk, printable
from sweeper.google.packaging.private_keys import looks_like
from sweeper.google.packaging.project import build_project
from sweeper.google.packaging.requirements import missing, required
from sweeper.google.packaging.walk import walk
from sweeper.model import Trainer

VERSION = "0.1"
LARGE = 50 << 20
LARGEST = 1 << 30
"""Bytes in all; a package is held in memory."""


def files_of(trainer: Trainer, *, source: Path, cwd: Path) -> Listing:
    """What there is to pack, and what stays out and why; of a project with its own setup.py, that still has its say."""
    return _listing(layout(trainer, source), cwd)


def build(trainer: Trainer, *, source: Path, cwd: Path, environ: Mapping[str, str]) -> Package:
    """The trainer whose module is the file ``source``, as a source distribution.

    A project's own build runs in a copy; nothing is touched. Raises UserError for bad requirements, a file that looks
    like a private key, a trainer that is ignored, a build that fails.
    """
    requires = required(trainer)
    found = layout(trainer, source)
    listing = _listing(found, cwd)
    contents = _read(listing)
    if found.project:
        return _by_project(found, listing, contents, requires, environ=environ)
    name = _distribution(found.name)
    paths = [entry.path for entry in listing.files]
    _need(found, paths, listing)
    make = package_setup(name, VERSION, paths, requires) if found.is_package else None
    text = make or module_setup(name, VERSION, found.name, requires)
    return _package(Metadata(name, VERSION), {**contents, SETUP: text.encode()}, listing)


def _listing(found: Layout, cwd: Path) -> Listing:
    if found.top == SETUP:
        raise UserError("a trainer cannot be called setup: its package needs a setup.py of its own", path="trainer")
    entries = walk(found.root, "" if found.project else found.top, ignores(found.root, cwd=cwd))
    goes = tuple(entry for entry in entries if not entry.why)
    return Listing(found.root, found.project, goes, tuple(entry for entry in entries if entry.why))


def _read(listing: Listing) -> dict[str, bytes]:
    size = sum(entry.size or 0 for entry in listing.files)
    if size > LARGEST:
        biggest = max(listing.files, key=lambda entry: entry.size or 0)
        raise UserError(
            f"{size / 1e9:.1f} GB to pack; the largest is {biggest.path}",
            where=str(listing.root),
            hint="name data on the trainer's command line, and what the package does not need in .gitignore"
            + ("; or list trainer.requires: then only its own package is packed" if listing.made_by else ""),
        )
    return {entry.path: _content(listing.root, entry.path) for entry in listing.files}


def _content(root: Path, path: str) -> bytes:
    try:
        with open(on_disk(root, path), "rb") as file:
            return file.read()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=f"{root}/{printable(path)}") from None


def _by_project(
    found: Layout,
    listing: Listing,
    contents: Mapping[str, bytes],
    requires: Sequence[str],
    *,
    environ: Mapping[str, str],
) -> Package:
    made = build_project(found, contents, environ=environ)
    metadata = read_metadata(made, where=str(found.root / found.project))
    files = minimal(made, contents)
    _need(found, files, listing)
    passed_over = tuple(
        replace(entry, why=f"not taken by {found.project}") for entry in listing.files if entry.path not in files
    )
    left_out = tuple(sorted((*listing.left_out, *passed_over), key=lambda entry: entry.path))
    package = _package(metadata, files, replace(listing, left_out=left_out))
    lacking = missing(requires, metadata.requires)
    if not lacking:
        return package
    note = f"{found.project} does not require {', '.join(lacking)}: a trial that needs it must find it in its image"
    return replace(package, warnings=(*package.warnings, note))


def _need(found: Layout, files: Sequence[str] | Mapping[str, bytes], listing: Listing) -> None:
    """A package without the trainer would only fail where it costs money."""
    if found.source in files:
        return
    above = [f"{parent}/" for parent in PurePosixPath(found.source).parents]
    why = next((entry.why for entry in listing.left_out if entry.path in (found.source, *above)), "")
    hint = "list what the trainer needs in the config's trainer.requires: then its own package is packed, and no other"
    raise UserError(
        f"the trainer's own {found.source} would not be in its package: {why or f'not taken by {found.project}'}",
        where=str(found.root),
        hint=hint
        if found.project
        else "`sweeper plan --files` needs it too: take the pattern out, or name it with a !",
    )


def _package(metadata: Metadata, files: Mapping[str, bytes], listing: Listing) -> Package:
    _refuse_keys(files, listing.root)
    whole = {**files, "PKG-INFO": metadata.text()}
    top = f"{metadata.normal_name}-{metadata.normal_version}"
    data = pack(top, whole)
    entries = tuple(Entry(path, len(content)) for path, content in sorted(whole.items()))
    return Package(
        metadata.name,
        metadata.version,
        f"{top}.tar.gz",
        data,
        hashlib.sha256(data).hexdigest(),
        tuple(entry.path for entry in entries),
        tuple(_warnings(listing, len(data))),
        replace(listing, files=entries),
    )


def _refuse_keys(files: Mapping[str, bytes], root: Path) -> None:
    found = [(path, what) for path, content in sorted(files.items()) if (what := looks_like(content))]
    hint = "take it out of the folder, or name it in .gitignore (in .gcloudignore, where there is one)"
    if found:
        raise ProblemsError(
            [
                Problem(
                    f"this file looks like {what}: it must not go into a package", f"{root}/{printable(path)}", "", hint
                )
                for path, what in found
            ]
        )


def _warnings(listing: Listing, size: int) -> list[str]:
    secret = [printable(entry.path) for entry in listing.left_out if entry.secret]
    links = [printable(entry.path) for entry in listing.left_out if "a link" in entry.why or "UTF-8" in entry.why]
    found = []
    if secret:
        found.append(f"stays out of the package, as it looks like credentials: {', '.join(secret)}")
    if links:
        found.append(f"stays out of the package: {', '.join(links)} (sweeper plan --files says why)")
    if size > LARGE:
        found.append(f"the package has {size / 1e6:.0f} MB; data is better named on the trainer's command line")
    return found


def _distribution(name: str) -> str:
    """A name that pip takes (PEP 508), of one that Python takes."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name).strip("_") or "trainer"
