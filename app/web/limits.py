"""A bound on the bytes of a request body, whatever the client says about them."""

import asyncio
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Fault
from app.web.problems import LocatedFault, RequestRefusedError, problem_response

_SIGNS_OF_A_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})
_LINGER_SECONDS: Final = 2.0
_LENGTH_DIGITS: Final = 19


class BodyLimitMiddleware:
    """Answer 413 to a body above the limit; hand a smaller one on in one piece.

    The limit is small, so a body is read before the application runs: a chunked body that turns
    out to be too long is refused as cleanly as one that says so in its Content-Length.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self.app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        names = {name for name, _ in scope["headers"]}
        if names.isdisjoint(_SIGNS_OF_A_BODY):
            await self.app(scope, receive, send)
        elif refusal := self._refusal_of(Headers(scope=scope).get("content-length")):
            # a client that waits for "100 Continue" has not sent its body, and never will
            await _refuse(refusal, receive if b"expect" not in names else None, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        more_body = True
        while more_body:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more_body = message.get("more_body", False)
            if len(body) > self._most_bytes:
                too_large = self._too_large(None)
                await _refuse(too_large, receive if more_body else None, send)
                return
        await self.app(scope, _Replay(bytes(body), receive), send)

    def _refusal_of(self, declared: str | None) -> RequestRefusedError | None:
        if declared is None:
            return None
        if not (declared.isascii() and declared.isdigit()):
            return _invalid_length(declared)
        if len(declared) > _LENGTH_DIGITS or int(declared) > self._most_bytes:
            return self._too_large(declared)
        return None

    def _too_large(self, in_header: str | None) -> RequestRefusedError:
        fault = Fault(
            code="body-too-large",
            pointer="/content-length" if in_header else "",
            detail=f"the body has {in_header or 'more'} bytes; at most {self._most_bytes} are read",
            given=in_header,
            allowed=f"at most {self._most_bytes} bytes",
        )
        return RequestRefusedError(
            status=413,
            code="body-too-large",
            title="The body is too large",
            faults=[LocatedFault("header" if in_header else "body", fault)],
            headers={"Connection": "close"},
        )


def _invalid_length(declared: str) -> RequestRefusedError:
    fault = Fault(
        code="invalid-content-length",
        pointer="/content-length",
        detail="the Content-Length is no number of bytes",
        given=declared,
        allowed="plain decimal digits",
    )
    return RequestRefusedError(
        status=400,
        code="invalid-content-length",
        title="The Content-Length is not valid",
        faults=[LocatedFault("header", fault)],
        headers={"Connection": "close"},
    )


async def _refuse(refusal: RequestRefusedError, receive: Receive | None, send: Send) -> None:
    response = problem_response(refusal)
    start = {"type": "http.response.start", "status": response.status_code}
    await send({**start, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    # closing with bytes of the body unread would reset the connection, and the client might
    # lose the answer that it already has
    if receive is not None:
        await _discard(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _discard(receive: Receive) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while (await receive()).get("more_body", False):
                continue


class _Replay:
    """A `receive` whose body was read before."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}
