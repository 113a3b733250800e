"""Noticing that a client has left while an answer is being computed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.types import Receive


@asynccontextmanager
async def watch_departure(receive: Receive) -> AsyncGenerator[asyncio.Task[None], None]:
    """A task that is done as soon as the client has left."""
    departure = asyncio.create_task(_departure(receive))
    try:
        yield departure
    finally:
        departure.cancel()


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
