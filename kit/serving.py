"""The server's patience with connections that ask for nothing.

It is used by `uvicorn --http kit.serving:Patience`. uvicorn itself waits for ever for the end of a
request's headers. Bodies that do not come to an end are refused by the shell (`kit.web`).
"""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_SECONDS = 10.0
# Well below the 1,024 files that a process may usually hold open. The oldest has to go.
MOST_WAITING = 400


class Patience(HttpToolsProtocol):
    """Ends a connection whose request does not come to the end of its headers in time."""

    waiting: ClassVar[dict["Patience", asyncio.TimerHandle]] = {}
    """Connections of this process without a whole request, the oldest first."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the first of a request begins the wait, no other one prolongs it."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self in self.waiting or self.transport.is_closing():
            return
        self.waiting[self] = self.loop.call_later(HEADERS_SECONDS, self._give_up)
        if len(self.waiting) > MOST_WAITING:
            next(iter(self.waiting))._give_up()

    def _stop_waiting(self) -> None:
        timer = self.waiting.pop(self, None)
        if timer is not None:
            timer.cancel()

    def _give_up(self) -> None:
        self._stop_waiting()
        self.transport.close()
