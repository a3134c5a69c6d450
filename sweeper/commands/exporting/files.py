"""The package and the files of ``stage:`` that an exported job names: uploaded, or placeholders for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweeper.driver.trainers import interpreter
from sweeper.formats import header
from sweeper.model import Sweep, Value
from sweeper.surroundings import Surroundings

if TYPE_CHECKING:
    from sweeper.google.packaging.package import Package
    from sweeper.google.place import Place


@dataclass(frozen=True)
class Files:
    """What is in the bucket, or would be."""

    folder: str
    package: str | None
    addresses: Mapping[Value, str]
    place: Place | None = None


def not_staged(sweep: Sweep, package: Package | None) -> Files:
    """Placeholders."""
    folder = header.NOT_STAGED
    addresses: dict[Value, str] = {entry: header.placed(entry, folder) for entry in sweep.stage}
    return Files(folder, f"{folder}/{package.filename}" if package else None, addresses)


def staged(sweep: Sweep, package: Package | None, here: Surroundings, *, verified: bool) -> Files:
    """Prove the package, and upload what the bucket does not have yet."""
    from sweeper.commands.launching.uploading import shown_on
    from sweeper.commands.line import line_on
    from sweeper.driver import stage
    from sweeper.driver.targets import place_of
    from sweeper.google import staging
    from sweeper.google.client import make_google
    from sweeper.google.packaging.verify import verify

    place = place_of(sweep.backend, here, sweep)
    found = staging.find(sweep.stage, cwd=here.cwd, folder=place.folder, where=sweep.path)
    if package is not None and verified:
        python, cache = interpreter(sweep.trainer, here), here.home / "verified"
        verify(package, sweep.trainer, python=python, cache=cache, environ=here.environ, say=here.say)
    google = make_google(here, impersonate=here.flags.get("impersonate"))
    storage = google.storage()
    try:
        stage.need_bucket(google, storage, place)
        with line_on(here) as line:
            stage.upload(package, found, storage, place, here, uploading=shown_on(line, here))
    finally:
        google.close()
    return Files(place.folder, stage.address(place, package), staging.addresses(found), place)
