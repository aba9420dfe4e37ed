"""Connections within bounds: so many at once, and none that says nothing for long."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from socket import socket

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

HEAD_WITHIN_S = 20.0  # from the connection, or the first byte, to the end of the head; Apache's RequestReadTimeout
SPARE_FILES = 64  # for databases, logs, models and threads
MOST_CONNECTIONS = 2000  # a page holds one or two; each costs some 20 kB
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: 21\r\n\r\nToo many connections\n"
)


def most_connections() -> int:
    """How many connections this process bears: below its limit of open files, which is raised as far as it may be."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(MOST_CONNECTIONS, soft - SPARE_FILES))


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP connection, closed when it says nothing whole for `HEAD_WITHIN_S`, refused when there are many.

    Attributes:
        most: connections of the process.
    """

    most = MOST_CONNECTIONS
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Take a connection, or refuse it at once."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.write(FULL)
            transport.close()
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Read on, and stop the clock once a request is whole."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_clock()
        elif self._head_timer is None:
            self._expect_head()

    def on_response_complete(self) -> None:
        """Wait for the next request; what has come of it already is on the clock."""
        super().on_response_complete()
        begun, _ = self.conn.trailing_data
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_clock()
        elif begun and self._head_timer is None:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_WITHIN_S, self._too_slow)

    def _stop_clock(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()


class DrainingServer(uvicorn.Server):
    """uvicorn's server, which first lets go of those who wait, so that they are told and not cut off."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], None]) -> None:
        """Call `drain` when it is told to stop."""
        super().__init__(config)
        self._drain = drain

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Take nothing more, and end when what is under way has ended, or its time is over."""
        self._drain()
        await super().shutdown(sockets)
