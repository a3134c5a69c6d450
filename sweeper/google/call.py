"""What a call was for, as far as a message about its failure needs it."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.google.endpoints import Service


@dataclass(frozen=True, slots=True)
class Call:
    """One call to one service, in words."""

    service: Service
    what: str
    """Goes on from "could not": ``create the job x``."""
    acts: bool = False
    """It changes something that must not be changed twice, so that it is sent once and a lost reply is a question."""
    project: str = ""
    region: str = ""
    bucket: str = ""
    answers_404: bool = True
    """A 404 in Google's own form means that the thing is not there."""
    plain: bool = False
    """The answer is bytes, or nothing, instead of a JSON object."""
    override: str = ""
    """The address that stands in for Google's hosts, where one does."""

    @property
    def title(self) -> str:
        """Whom we talk to: ``Vertex AI (us-central1)``."""
        return f"{self.service.spoken} ({self.region})" if self.region else self.service.spoken

    @property
    def there(self) -> str:
        """The same with the address, where it is not Google's."""
        return f"{self.title} at {self.override}" if self.override else self.title
