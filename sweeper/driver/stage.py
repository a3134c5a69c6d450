"""Before the first cloud job: the trainer packed and proven, the name claimed, everything it needs in the bucket.

Imported only where a sweep runs in a cloud.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweeper.backends.cloud.staged import Staged
from sweeper.clock import Clock
from sweeper.driver import attach
from sweeper.driver.attach import Remembering
from sweeper.driver.prepare import Prepared
from sweeper.driver.target import sweep_folder
from sweeper.errors import UserError
from sweeper.google import claim, staging
from sweeper.google.client import Google, make_google
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.lease import Lease
from sweeper.google.packaging.build import build
from sweeper.google.packaging.package import Package
from sweeper.google.packaging.verify import verify
from sweeper.google.place import Place, from_json
from sweeper.google.storage import Storage
from sweeper.google.verdict import shut_down
from sweeper.ledger.ledger import Ledger
from sweeper.ledger.rows import SweepRow
from sweeper.surroundings import Surroundings


@dataclass(frozen=True)
class Packed:
    """What the jobs will run; ``package`` is None where they run a container image."""

    package: Package | None
    digest: str


def pack(prepared: Prepared, here: Surroundings, *, verified: bool) -> Packed:
    """Build the package and prove it; touches no network but pip's. Raises CallFailed where the service is no more."""
    if prepared.sweep.backend == "mlengine" and make_google(here).endpoint is None:
        raise shut_down("launch")
    trainer = prepared.sweep.trainer
    if trainer.image is not None:
        return Packed(None, trainer.image)
    package = build(trainer, source=prepared.trainer_file, cwd=here.cwd, environ=here.environ)
    for warning in package.warnings:
        here.say(f"note: {warning}")
    if verified:
        verify(
            package,
            trainer,
            python=prepared.python,
            cache=here.home / "verified",
            environ=here.environ,
            say=here.say,
        )
    return Packed(package, package.digest)


def put(
    prepared: Prepared,
    here: Surroundings,
    ledger: Ledger,
    row: SweepRow,
    packed: Packed,
    *,
    facts: Mapping[str, Any],
    clock: Clock,
    uploading: staging.Show,
) -> tuple[Staged, Lease]:
    """Claim the sweep's name, then upload what is missing. Raises UserError where the name is somebody else's.

    The sweep is leased to this state folder then, and must be released in the end. ``facts``: what ``attach`` is to
    know besides the config: the code's digest, trials of earlier sweeps.
    """
    place = _place(prepared)
    google = make_google(here, impersonate=here.flags.get("impersonate"))
    storage = google.storage()
    try:
        need_bucket(google, storage, place)
        _claim(storage, place, ledger, row)
    except (UserError, CallFailed) as error:
        if not (isinstance(error, CallFailed) and error.kind is Kind.UNCERTAIN):  # else the claim may be there
            ledger.forget_sweep(row.id)  # nothing of it has begun: the next launch must not take it for one that has
        raise
    folder = sweep_folder(place, row.name, row.id)
    lease = Lease(storage, f"{folder}/launch.json", f"{os.uname().nodename}:{here.home}", clock)
    lease.take()
    try:
        _upload(prepared, here, storage, packed, uploading)
        _record(storage, folder, {**_facts(prepared, row, packed), **facts})
    except BaseException:
        lease.release()
        raise
    return Staged(folder, address(place, packed.package), packed.digest), lease


def adopt(here: Surroundings, ledger: Ledger, row: SweepRow, backend: Remembering, clock: Clock) -> int:
    """Take in what another machine has launched of the sweep. Returns how many jobs were news."""
    place = from_json(row.settings["place"])
    storage = make_google(here, impersonate=here.flags.get("impersonate")).storage()
    launched = attach.find(storage, place, row.id, row.backend)
    return attach.adopt(ledger, row, launched, backend, clock)[0]


def _upload(prepared: Prepared, here: Surroundings, storage: Storage, packed: Packed, uploading: staging.Show) -> None:
    place = _place(prepared)
    staged = staging.find(prepared.sweep.stage, cwd=here.cwd, folder=place.folder)
    upload(packed.package, staged, storage, place, here, uploading=uploading)


def upload(
    package: Package | None,
    staged: Sequence[staging.Staged],
    storage: Storage,
    place: Place,
    here: Surroundings,
    *,
    uploading: staging.Show,
) -> None:
    """Put the package and the files of ``stage:`` into the bucket, as far as they are not there yet."""
    if package is not None:
        _upload_package(storage, place, package, here, uploading)
    staging.upload(staged, storage, place.folder, show=uploading)


def _place(prepared: Prepared) -> Place:
    assert prepared.target.place is not None
    return prepared.target.place


def need_bucket(google: Google, storage: Storage, place: Place) -> None:
    """Raises UserError where there is no bucket; at a stand-in for Google one is made."""
    if storage.bucket_exists(place.bucket):
        return
    if google.endpoint is None:
        raise UserError(
            f"there is no bucket gs://{place.bucket}, or it is not yours to see",
            hint=f"gcloud storage buckets create gs://{place.bucket} --project={place.project} "
            f"--location={place.region}",
        )
    storage.make_bucket(place.bucket, place.project, place.region)


def _claim(storage: Storage, place: Place, ledger: Ledger, row: SweepRow) -> None:
    known = [one.id for one in ledger.sweeps() if one.name == row.name and one.id != row.id]
    ours = claim.Claim(row.id, row.backend, row.created)
    claim.claim(storage, claim.address(place.folder, row.name), ours, known=known)


def _upload_package(
    storage: Storage, place: Place, package: Package, here: Surroundings, uploading: staging.Show
) -> None:
    beside = here.home / "packages" / package.digest / package.filename
    if not beside.exists():
        beside.parent.mkdir(parents=True, exist_ok=True)
        new = Path(f"{beside}.new")
        new.write_bytes(package.data)
        new.replace(beside)
    url = address(place, package)
    assert url is not None
    staging.put(storage, url, beside, show=uploading)


def address(place: Place, package: Package | None) -> str | None:
    """Where the package is uploaded, which follows from its contents; None where there is none."""
    return None if package is None else f"{place.folder}/packages/{package.digest}/{package.filename}"


def _facts(prepared: Prepared, row: SweepRow, packed: Packed) -> dict[str, Any]:
    """What ``attach`` needs besides the jobs themselves."""
    return {
        "id": row.id,
        "name": row.name,
        "created": row.created,
        "backend": row.backend,
        "config": prepared.sweep.text,
        "config_path": prepared.sweep.path,
        "package": packed.digest,
        "trials": prepared.total,
        **({"asked": prepared.asked.dictionary.as_json()} if prepared.asked is not None else {}),
        **({"smoke": True} if prepared.sweep.is_smoke else {}),
    }


def _record(storage: Storage, folder: str, facts: Mapping[str, Any]) -> None:
    """One object for each different config or code that was launched, numbered in their order."""
    earlier = sorted(one.url for one in storage.list(f"{folder}/configs/"))
    text = json.dumps(facts, indent=1).encode()
    if earlier and storage.read(earlier[-1]) == text:
        return
    storage.write(f"{folder}/configs/{len(earlier):06}.json", text, generation=0, content_type="application/json")
