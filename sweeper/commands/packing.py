"""A config's trainer as a package: made, and listed for people and for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sweeper.commands.reading import read_config
from sweeper.driver.prepare import entries
from sweeper.driver.trainers import interpreter
from sweeper.errors import UserError
from sweeper.model import Sweep
from sweeper.surroundings import Surroundings
from sweeper.usage.find import find

if TYPE_CHECKING:  # every other plan does without
    from sweeper.google.packaging.package import Package


@dataclass(frozen=True)
class Packed:
    """A package, and what it was made from."""

    sweep: Sweep
    python: str
    package: Package = field(repr=False)


def packed(parsed: Mapping[str, Any], here: Surroundings) -> Packed:
    """The package that a launch would upload. Touches nothing."""
    from sweeper.google.packaging.build import build  # every other plan does without

    sweep = read_config(parsed, here)
    trainer = sweep.trainer
    if trainer.image is not None:
        raise UserError(
            f"the trainer is in the image {trainer.image}: there is no package to make",
            where=sweep.path,
            path="trainer.image",
        )
    python = interpreter(trainer, here)
    path = entries(here.python_path(trainer.env))
    source = find(trainer, cwd=here.cwd, python_path=path, python=python).file
    package = build(trainer, source=source, cwd=here.cwd, environ=here.environ)
    for warning in package.warnings:
        here.say(f"note: {warning}")
    return Packed(sweep, python, package)


def as_json(package: Package) -> dict[str, Any]:
    """The shape that scripts rely on."""
    return {
        "name": package.name,
        "version": package.version,
        "filename": package.filename,
        "digest": package.digest,
        "size": len(package.data),
        "files": [{"path": entry.path, "size": entry.size} for entry in package.listing.files],
        "left_out": [{"path": entry.path, "size": entry.size, "why": entry.why} for entry in package.listing.left_out],
    }


def in_lines(package: Package) -> Iterator[str]:
    """The list of what goes in and what stays out."""
    from sweeper.google.packaging.paths import printable  # every other plan does without

    listing = package.listing
    yield f"{package.filename}: {_count(len(listing.files))}, {len(package.data)} bytes, sha256 {package.digest}"
    yield f"  made from {listing.root} {_how(listing.made_by)}"
    yield ""
    yield from _rows([(str(entry.size), printable(entry.path)) for entry in listing.files])
    if listing.left_out:
        yield ""
        yield "stays out:"
        yield from _rows([(entry.why, printable(entry.path)) for entry in listing.left_out], left=True)


def _how(made_by: str) -> str:
    return f"by its own {made_by}" if made_by else "with a generated setup.py"


def _rows(rows: list[tuple[str, str]], *, left: bool = False) -> Iterator[str]:
    width = max((len(text) for text, _ in rows), default=0)
    for text, path in rows:
        yield f"  {text:{'<' if left else '>'}{width}}  {path}"


def _count(files: int) -> str:
    return f"{files} file{'s' * (files != 1)}"
