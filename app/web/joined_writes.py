"""The head of an answer and its body in one call to the system.

uvicorn writes the two one after the other. Each call to the system wakes the client, which takes
longer than what many an answer here is computed in.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HELD_BYTES: Final = 2**16
"""Of one connection; a write that would exceed it goes out behind what is held."""

Written = bytes | bytearray | memoryview


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's protocol; what it writes of one answer goes out together, if it is short."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Take a connection."""
        self._writes = JoinedWrites(transport)
        super().connection_made(self._writes)

    def on_response_complete(self) -> None:
        """Send what is held of an answer that is complete; the next one may follow at once."""
        self._writes.flush()
        super().on_response_complete()


class JoinedWrites(asyncio.Transport):
    """A transport that holds short writes until `flush`, at the latest to the end of the turn.

    Args:
        transport: Where everything goes, in the order of the writes.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._is_scheduled = False

    def write(self, data: Written) -> None:
        """Hold bytes that are short; send all others behind what is held.

        Views are never held: their memory may be used again.
        """
        if isinstance(data, bytes) and self._held_bytes + len(data) <= MOST_HELD_BYTES:
            self._held.append(data)
            self._held_bytes += len(data)
            self._schedule()
        else:
            self.flush()
            self._transport.write(data)

    def flush(self) -> None:
        """Send what is held; whatever a lost connection left is dropped."""
        held, self._held = self._held, []
        self._held_bytes = 0
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def close(self) -> None:
        """Send what is held, and close when it is gone."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it was closed, or was lost."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Take no more from the other side for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take from the other side again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as in asyncio
        """What is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def _schedule(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._loop.call_soon(self._end_of_turn)

    def _end_of_turn(self) -> None:
        self._is_scheduled = False
        self.flush()
