"""A sweep that a tuning service will run: what it is asked, or everything that it cannot be asked.

Imported only where one does.
"""

from __future__ import annotations

from sweeper.driver.asked import asked
from sweeper.driver.prepare import Prepared
from sweeper.formats.addressed import addressed
from sweeper.formats.asked import study_of
from sweeper.lean import replace


def complete(prepared: Prepared) -> Prepared:
    """With the study. Raises UserError that lists what the service has no words for."""
    sweep = prepared.sweep
    theirs = addressed(sweep, prepared.target.addresses)
    found = study_of(theirs, prepared.rendering)
    return replace(prepared, asked=asked(sweep, theirs, found, prepared.rendering))
