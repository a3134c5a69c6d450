"""What google-api-python-client's requests are sent with: our wire in the place of httplib2's, with a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING

from sweeper.google.access import Access
from sweeper.google.wire import Answer, Wire

if TYPE_CHECKING:
    import httplib2


class Transport:
    """Looks like ``httplib2.Http`` to the client library; threads may share it."""

    def __init__(self, wire: Wire, access: Access) -> None:
        self.wire = wire
        self.access = access

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Send it once; after a 401, which did nothing, once more with a new token. Raises NotSent or NoAnswer."""
        from httplib2 import Response

        data = body.encode() if isinstance(body, str) else body
        found = {name.lower(): value for name, value in (headers or {}).items()}
        if isinstance(data, bytes):
            found["content-length"] = str(len(data))
        answer = self._authorized(method, uri, found, data)
        return Response({**answer.headers, "status": str(answer.status)}), answer.body

    def _authorized(self, method: str, uri: str, headers: Mapping[str, str], body: bytes | IO[bytes] | None) -> Answer:
        token = self.access.headers()
        answer = self.wire.send(method, uri, {**headers, **token}, body)
        # A stream has been read; whoever sends one knows how to go on.
        if answer.status == 401 and not hasattr(body, "read") and self.access.renew(token):
            answer = self.wire.send(method, uri, {**headers, **self.access.headers()}, body)
        return answer
