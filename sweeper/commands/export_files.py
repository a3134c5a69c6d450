"""The package and the files of ``stage:`` that an exported job names: uploaded, or placeholders for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweeper.driver.trainers import interpreter
from sweeper.formats import header
from sweeper.lean import replace
from sweeper.model import Choices, Parameter, Sweep, Value
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
    from sweeper.commands.line import line_on
    from sweeper.commands.uploading import shown_on
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


def addressed(sweep: Sweep, addresses: Mapping[Value, str]) -> Sweep:
    """The sweep with the addresses of what is staged in place of the files' own paths."""
    space = sweep.space
    together = tuple(
        replace(one, values={name: _replaced(rows, addresses) for name, rows in one.values.items()})
        for one in space.together
    )
    parameters = tuple(_passed(one, addresses) for one in space.parameters)
    return replace(sweep, space=replace(space, parameters=parameters, together=together))


def _passed(one: Parameter, addresses: Mapping[Value, str]) -> Parameter:
    when = {name: _replaced(values, addresses) for name, values in one.when.items()}
    domain = one.domain
    if isinstance(domain, Choices):
        domain = Choices(_replaced(domain.values, addresses))
    return replace(one, domain=domain, when=when)


def _replaced(values: tuple[Value, ...], addresses: Mapping[Value, str]) -> tuple[Value, ...]:
    return tuple(
        _replaced(one, addresses)
        if isinstance(one, tuple)
        else addresses.get(one, one)
        if isinstance(one, str)
        else one
        for one in values
    )
