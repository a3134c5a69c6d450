"""Makes the calls: what creates is sent once, what only asks is asked again; failures become ``CallFailed``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sweeper.google import verdict
from sweeper.google.access import Access
from sweeper.google.call import Call
from sweeper.google.endpoints import Endpoints
from sweeper.google.failures import CallFailed, Kind
from sweeper.google.patience import Patience
from sweeper.google.services import collection
from sweeper.google.transport import Transport
from sweeper.google.wire import NoAnswer, NotSent, Wire

Build = Callable[[Any], Any]
"""From a collection's builder to one request."""


class Caller:
    """One for a process; threads may share it."""

    def __init__(self, endpoints: Endpoints, access: Access, patience: Patience, wire: Wire) -> None:
        self.endpoints = endpoints
        self.patience = patience
        self.transport = Transport(wire, access)

    def once(self, call: Call, name: str, build: Build) -> Any:
        """Send the request once, whatever happens to it."""
        return self.send(call, self.request(call, name, build))

    def ask(self, call: Call, name: str, build: Build) -> Any:
        """Send it, and after a failure that may pass, again. Only for what changes nothing, or nothing twice."""
        request = self.request(call, name, build)
        tried = 0
        while True:
            tried += 1
            try:
                return self.send(call, request)
            except CallFailed as failed:
                if not self.patience.again(failed, tried):
                    raise

    def request(self, call: Call, name: str, build: Build) -> Any:
        """The client library's request for it, not yet sent."""
        root = self.endpoints.base(call.service, call.region)
        builder = collection(call.service, name, root)
        try:
            return build(builder)
        except (TypeError, ValueError) as error:
            # The client library holds names against the patterns of the service's description.
            problem = str(error)
        raise CallFailed(Kind.INVALID, f"could not {call.what}: {problem}")

    def send(self, call: Call, request: Any) -> Any:
        """What the answer holds. Raises CallFailed."""
        found, failed = self.try_(call, lambda: request.execute(http=self.transport))
        if failed is None and not (call.plain or isinstance(found, dict)):
            failed = verdict.of_nonsense(call)  # what is no JSON comes through the client library as it is
        if failed is not None:
            raise failed
        return found

    def try_(self, call: Call, act: Callable[[], Any]) -> tuple[Any, CallFailed | None]:
        """What came of it; the failure is a value, so that it drags no exception along that quotes addresses."""
        from googleapiclient.errors import HttpError

        try:
            return act(), None
        except NotSent as error:
            return None, verdict.of_not_sent(call, error)
        except NoAnswer as error:
            return None, verdict.of_no_answer(call, error)
        except HttpError as error:
            secrets = self.transport.access.secrets()
            return None, verdict.of_answer(call, error.resp.status, error.resp, error.content, secrets)
        except ValueError:  # a success that is not JSON
            return None, verdict.of_nonsense(call)

    def close(self) -> None:
        """Let go of the connections."""
        self.transport.wire.close()
