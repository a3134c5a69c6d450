"""What a launch asks a tuning service for: the whole sweep, or a complaint about all that it has no words for."""

from __future__ import annotations

from sweeper.command import Rendering
from sweeper.formats.losses import refuse
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import Translation, translate
from sweeper.model import Sweep

INSTEAD = "write it in a way that the service knows, or let sweeper propose the points: method: random"


def study_of(sweep: Sweep, rendering: Rendering) -> Translation:
    """The study of a sweep on its backend. Raises UserError that lists every loss."""
    can = FORMATS[sweep.backend].can
    found = translate(sweep, rendering, can)
    refuse(found.losses, title=can.title, where=sweep.path, hint=INSTEAD)
    return found
