"""A server that says that it will stop before it does, alone or as one of several workers."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.readiness import Readiness

SECONDS_FOR_ANSWERS_UNDER_WAY: Final = 2
"""With the second that /readyz says so before, all is over within five seconds of a signal."""

SEND_BUFFER_BYTES: Final = 2**19
"""What the kernel may hold of an answer that its client has not taken yet (Linux doubles it).

Left to itself, Linux lets it grow to megabytes; by the time the client reads them, they have left
the caches of the processor, and a stream on one machine or in one rack runs at two thirds of its
speed. The price is paid far away: about 8 MB/s for one connection over 100 ms; several ranges of a
file can be read at once.
"""

_TICK_SECONDS: Final = 0.05
_SECONDS_FOR_LAST_REQUESTS: Final = 0.2
_LAST_ANSWER: Final = (b"connection", b"close")


class DrainingServer(uvicorn.Server):
    """A server that first says that it will stop, and is still there while that gets around.

    Args:
        config: As for uvicorn.
        readiness: Turned off as soon as a signal comes.
        drain_seconds: Time in which everything is still answered; every answer then says that it
            is the last one of its connection, so that clients go elsewhere by themselves.
        listening: Called with the address, once there is one; not for a listener that was given.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        readiness: Readiness,
        drain_seconds: float,
        listening: Callable[[str, int], None],
    ) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._drain_seconds = drain_seconds
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen and say where; or, with a listener that was given, stop with its giver."""
        await super().startup(sockets)
        for listener in [each for server in self.servers for each in server.sockets]:
            # who connects inherits it
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if sockets is None:
            self._listening(*self.servers[0].sockets[0].getsockname()[:2])
        else:
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._stop_as_an_orphan)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Turn /readyz to 503 at once; a second Ctrl-C stops without waiting."""
        self._readiness.draining = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Go on answering for the time of the drain, then end what is under way."""
        self.server_state.default_headers.append(_LAST_ANSWER)
        await self._wait(self._drain_seconds)
        await self._close_listeners(sockets or [])
        # who got a connection in the last moment gets an answer, too
        await self._wait(_SECONDS_FOR_LAST_REQUESTS)
        await super().shutdown(sockets)

    async def _close_listeners(self, sockets: list[socket.socket]) -> None:
        """Stop listening, and take those who connected before: closing alone would reset them."""
        listening = [each.fileno() for server in self.servers for each in server.sockets]
        listeners = [socket.socket(fileno=os.dup(number)) for number in listening]
        for server in self.servers:
            server.close()
        for given in sockets:
            given.close()
        loop = asyncio.get_running_loop()
        for connection in [each for listener in listeners for each in _last_of(listener)]:
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        http = cast("type[HttpToolsProtocol]", self.config.http_protocol_class)
        return http(self.config, self.server_state, self.lifespan.state)

    async def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.force_exit:  # noqa: ASYNC110 - set by a signal
            await asyncio.sleep(_TICK_SECONDS)

    def _stop_as_an_orphan(self) -> None:
        # the other end of the standard input is held by the supervisor, however it ends
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        self.handle_exit(signal.SIGTERM, None)


def _last_of(listener: socket.socket) -> list[socket.socket]:
    """Connections that nobody has accepted yet; the listener is closed behind them."""
    connections: list[socket.socket] = []
    with listener, suppress(BlockingIOError):
        listener.settimeout(0)
        while True:
            connections.append(listener.accept()[0])
    return connections
