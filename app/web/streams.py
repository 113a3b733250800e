"""Responses that are computed block by block while they are sent."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.web.computation import Computation
from app.web.departure import watch_departure
from app.web.heads import is_head
from app.web.pool import StreamPool

Block = bytes | memoryview


class BlockResponse(Response):
    """A response of blocks that a plain generator yields in the threads of a pool.

    One block is computed while the one before it is sent, and none after the client has left.
    The first block is computed before the headers go out, so that a refusal or a failure in it
    still becomes a problem; one in a later block cuts the connection. HEAD computes nothing.

    Args:
        pool: Where the blocks are computed.
        blocks: Called once, in the pool; what it yields must never change afterwards.
        status_code: 200, or 206 for a range.
        headers: As for every response; without content-length the response is chunked.
        media_type: As for every response.
    """

    def __init__(
        self,
        pool: StreamPool,
        blocks: Callable[[], Iterator[Block]],
        *,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        self.status_code = status_code
        self.media_type = media_type
        self.background = None
        self.init_headers(headers)
        self._pool = pool
        self._blocks = blocks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers and, but for HEAD, the blocks.

        Raises:
            RequestRefusedError: 503 when there are as many streams as there may be.
        """
        if is_head(scope):
            await self._start(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        computation = self._pool.open(self._blocks)
        try:
            async with watch_departure(receive) as departure:
                await self._send(computation, departure, send)
        finally:
            computation.close()

    async def _send(
        self, computation: Computation[Block], departure: asyncio.Task[None], send: Send
    ) -> None:
        block = await computation.take()
        await self._start(send)
        while block is not None:
            if departure.done():
                return
            await send({"type": "http.response.body", "body": block, "more_body": True})
            block = await computation.take()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, send: Send) -> None:
        status, headers = self.status_code, self.raw_headers
        await send({"type": "http.response.start", "status": status, "headers": headers})
