"""Whether the sweep that a config would carry on is the one that the config means."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.driver.prepare import Prepared
from sweeper.errors import UserError
from sweeper.ledger.rows import SweepRow


def refuse_stranger(prepared: Prepared, known: SweepRow) -> None:
    """A sweep of the same name that runs another program, or elsewhere, is not this one. Raises UserError."""
    module, backend = prepared.sweep.trainer.module, prepared.sweep.backend
    other = known.settings.get("module", module)
    place = prepared.target.place
    here, there = place.as_json() if place else None, known.settings.get("place")
    if other != module or here != there:
        what = f"runs {other} on {_where(known.backend, there)}, this config runs {module} on {_where(backend, here)}"
        raise UserError(
            f"there is a sweep '{known.name}' already, and it {what}",
            where=prepared.sweep.path,
            path="name",
            hint="give this one another name, or begin a new sweep of that name with --fresh",
        )


def _where(backend: str, place: Mapping[str, object] | None) -> str:
    return backend if place is None else f"{backend} ({', '.join(map(str, place.values()))})"
