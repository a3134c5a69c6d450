"""What a launch asks a tuning service for: what of a sweep it has no words for, and the rest."""

from __future__ import annotations

from collections.abc import Collection

from sweeper.command import Rendering
from sweeper.config.places import in_file_order
from sweeper.errors import Problem
from sweeper.formats.axes import axes_of
from sweeper.formats.losses import complaints, hinted, simpler
from sweeper.formats.registry import FORMATS
from sweeper.lean import replace
from sweeper.model import Space, Sweep

INSTEAD = "write it in a way that the service knows, or let sweeper propose the points: method: random"

OURS = ("limits.hours", "limits.cost")
"""What a launch keeps to itself: at these limits it ends the whole tuning job."""


def unsayable(sweep: Sweep, rendering: Rendering, *, unknown: Collection[str] = ()) -> list[Problem]:
    """A complaint for every loss, in the order of the file.

    ``unknown`` are parameters that the trainer does not have, which is told already.
    """
    can = FORMATS[sweep.backend].can
    simple, losses = simpler(sweep, can)
    losses = [loss for loss in losses if loss.path not in OURS]
    losses += axes_of(without(simple.space, unknown), rendering, can).losses
    return hinted(in_file_order(complaints(losses, title=can.title, where=sweep.path), sweep.text), INSTEAD)


def sayable(sweep: Sweep, names: Collection[str]) -> Sweep:
    """The nearest sweep that the service has words for, without these parameters."""
    simple, _ = simpler(sweep, FORMATS[sweep.backend].can)
    return replace(simple, space=without(simple.space, names))


def is_searched(sweep: Sweep, rendering: Rendering) -> bool:
    """Whether any parameter is left that the service would choose the value of."""
    return bool(axes_of(sweep.space, rendering, FORMATS[sweep.backend].can).axes)


def without(space: Space, names: Collection[str]) -> Space:
    """The space without these parameters, and without conditions on them."""
    kept = [one for one in space.parameters if one.name not in names]
    return replace(
        space,
        parameters=tuple(
            replace(one, when={other: values for other, values in one.when.items() if other not in names})
            for one in kept
        ),
    )
