"""A sweep that a tuning service will run: what it is asked, or everything that it cannot be asked.

Imported only where one does.
"""

from __future__ import annotations

from sweeper.command import Rendering
from sweeper.driver.asked import Asked, asked
from sweeper.driver.target import Target
from sweeper.formats.addressed import addressed
from sweeper.formats.asked import study_of
from sweeper.model import Sweep


def ask(sweep: Sweep, target: Target, rendering: Rendering) -> Asked:
    """The study. Raises UserError that lists what the service has no words for."""
    theirs = addressed(sweep, target.addresses)
    return asked(sweep, theirs, study_of(theirs, rendering), rendering)
