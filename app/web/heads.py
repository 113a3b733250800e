"""HEAD for every GET: the same headers, and no body."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD: Final = "epochplan.head"


def is_head(scope: Mapping[str, Any]) -> bool:
    """Whether a request that routes as GET came as HEAD; takes a scope or a request.

    >>> is_head({"type": "http", "method": "GET"})
    False
    """
    return _HEAD in scope


class HeadMiddleware:
    """Route HEAD as GET, and keep the body back.

    openapi.json describes GET alone, and endpoints see nothing else; those whose body would be long
    ask `is_head`, and compute none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        # the server looks at its own scope to know that no body may follow, so that stays HEAD
        inner = {**scope, "method": "GET", _HEAD: True}
        try:
            await self.app(inner, receive, _Bodiless(send))
        finally:
            scope.update({**inner, "method": "HEAD"})


class _Bodiless:
    """A `send` that ends the response where its body would begin."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
        elif not self._ended:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
