"""``ifGenerationMatch`` and its kin: what must hold of an object before a call may act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sweeper.emulator.errors import ApiError, invalid
from sweeper.emulator.storage.stored import Stored

HTTP_NOT_MODIFIED = 304
GENERATION, METAGENERATION = "Generation", "Metageneration"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The four numbers of a query; None = not asked for."""

    generation: int | None = None
    not_generation: int | None = None
    metageneration: int | None = None
    not_metageneration: int | None = None

    def check(self, now: Stored | None, *, reading: bool = False) -> None:
        """Raises 412, or for a reader of what has not changed 304. Generation 0 = there is no such object."""
        generation = now.generation if now else 0
        metageneration = now.metageneration if now else 0
        if self.generation not in (None, generation) or self.metageneration not in (None, metageneration):
            raise not_met()
        if generation == self.not_generation or (now and metageneration == self.not_metageneration):
            raise unchanged() if reading else not_met()


ALWAYS = Conditions()


def conditions(query: Mapping[str, str], *, prefix: str = "if") -> Conditions:
    """Those of a query; with the prefix ``ifSource``, those on what is copied."""
    return Conditions(
        number(query, f"{prefix}{GENERATION}Match"),
        number(query, f"{prefix}{GENERATION}NotMatch"),
        number(query, f"{prefix}{METAGENERATION}Match"),
        number(query, f"{prefix}{METAGENERATION}NotMatch"),
    )


def number(query: Mapping[str, str], name: str) -> int | None:
    """A whole number of the query; None if it is not there."""
    text = query.get(name)
    if text is None or text == "":
        return None
    try:
        return int(text)
    except ValueError:
        raise invalid(f"Invalid value for parameter {name}: {text!r}") from None


def not_met() -> ApiError:
    """412."""
    message = "At least one of the pre-conditions you specified did not hold."
    return ApiError(412, "FAILED_PRECONDITION", message, reason="conditionNotMet")


def unchanged() -> ApiError:
    """304, which has no body."""
    return ApiError(HTTP_NOT_MODIFIED, "NOT_MODIFIED", "Not modified")
