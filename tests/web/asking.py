"""One request to an ASGI application, without a socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Message


def ask(
    app: ASGIApp,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | AsyncIterator[bytes] | None = None,
) -> httpx.Response:
    """The answer of `app`; an exception that leaves the application is left to the server."""
    return asyncio.run(
        _ask(app, httpx.Request(method, f"http://here{url}", headers=headers, content=content))
    )


async def _ask(app: ASGIApp, request: httpx.Request) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.send(request)


async def silence() -> Message:
    """A `receive` to which nothing ever comes."""
    message: Message = await asyncio.get_running_loop().create_future()
    return message


def request_to(
    path: str = "/",
    *,
    method: str = "GET",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    app: Starlette | None = None,
) -> Request:
    """A request as an endpoint sees it, without a body."""
    raw_headers = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()
    ]
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode("latin-1"),
            "headers": raw_headers,
            "app": app,
        }
    )
