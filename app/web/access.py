"""One log line and one count per request, and an id by which to find them."""

import re
import time
from collections.abc import Mapping
from itertools import count
from secrets import token_hex
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.echo import clean
from app.web.metrics import Metrics

UNMATCHED_ROUTE: Final = "unmatched"
STATUS_OF_NO_ANSWER: Final = 499
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_PATH_LIMIT: Final = 200
_OF_THIS_PROCESS: Final = token_hex(8)  # drawn once: it costs a system call
_NUMBERS: Final = count()


class AccessMiddleware:
    """Give every request an id, echo it, and record how the request ended.

    Belongs outside of everything that answers, so that refusals and failures are recorded too.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics
        self._log = structlog.get_logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        exchange = _Exchange(receive, send, request_id, self._metrics)
        started = time.perf_counter()
        self._metrics.in_progress.inc()
        try:
            await self.app(scope, exchange.receive, exchange.send)
        finally:
            self._metrics.in_progress.dec()
            self._record(scope, exchange, time.perf_counter() - started)

    def _record(self, scope: Scope, exchange: "_Exchange", seconds: float) -> None:
        method = scope["method"]
        route = _route(scope)
        self._metrics.count(
            method=method if method in _METHODS else "other",
            route=route,
            status=exchange.status,
            seconds=seconds,
        )
        self._log.info(
            "request",
            method=method,
            path=clean(scope["path"], limit=_PATH_LIMIT),
            route=route,
            status=exchange.status,
            duration_ms=round(seconds * 1000, 3),
            response_bytes=exchange.response_bytes,
            request_id=exchange.request_id,
            aborted=not exchange.complete,
        )


class _Exchange:
    """The two channels of one request, and what went over them."""

    def __init__(self, receive: Receive, send: Send, request_id: str, metrics: Metrics) -> None:
        self.request_id = request_id
        self.status = STATUS_OF_NO_ANSWER
        self.response_bytes = 0
        self.complete = False
        self._receive = receive
        self._send = send
        self._metrics = metrics
        self._left = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._left = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode())]
            await self._send({**message, "headers": headers})
            return
        await self._send(message)
        self._account(message)

    def _account(self, message: Message) -> None:
        size = len(message.get("body", b""))
        self.response_bytes += size
        if message.get("more_body", False):
            self._metrics.streamed.inc(size)
        else:
            self.complete = not self._left


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            given: bytes = value
            return given.decode()
    return f"{_OF_THIS_PROCESS}{next(_NUMBERS):016x}"


def _route(scope: Mapping[str, Any]) -> str:
    path: str = getattr(scope.get("route"), "path", UNMATCHED_ROUTE)
    return path
