import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs
from structlog.typing import EventDict

from app.web.access import AccessMiddleware
from app.web.heads import HeadMiddleware
from app.web.metrics import Metrics
from tests.web.asking import ask

inner = FastAPI(openapi_url=None)


@inner.get("/plans/{plan_id}")
async def read_plan(plan_id: str) -> Response:
    return Response(plan_id)


@inner.get("/streamed")
async def read_streamed() -> Response:
    async def blocks() -> AsyncIterator[bytes]:
        yield b"12345"
        yield b"678"

    return StreamingResponse(blocks())


@inner.get("/broken")
async def fail() -> Response:
    raise ZeroDivisionError


def logged(
    method: str, path: str, headers: dict[str, str] | None = None, metrics: Metrics | None = None
) -> EventDict:
    """The line of one request."""
    with capture_logs() as lines:
        app = AccessMiddleware(HeadMiddleware(inner), metrics=metrics or Metrics())
        ask(app, method, path, headers=headers)
    (line,) = lines
    return line


def exchange(app: Any, incoming: list[Message]) -> EventDict:
    async def receive() -> Message:
        return incoming.pop(0)

    async def send(_message: Message) -> None:
        await asyncio.sleep(0)

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with capture_logs() as lines:
        asyncio.run(AccessMiddleware(app, metrics=Metrics())(scope, receive, send))
    (line,) = lines
    return line


def test_a_request_is_one_line() -> None:
    line = logged("GET", "/plans/seven", headers={"X-Request-ID": "me-1"})

    assert line.pop("duration_ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/plans/seven",
        "route": "/plans/{plan_id}",
        "status": 200,
        "response_bytes": 5,
        "request_id": "me-1",
        "aborted": False,
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "route", "size"),
    [
        ("HEAD", "/plans/seven", 200, "/plans/{plan_id}", 0),
        ("GET", "/streamed", 200, "/streamed", 8),
        ("GET", "/nowhere", 404, "unmatched", 22),
        ("PUT", "/streamed", 405, "/streamed", 31),
        ("GET", "/broken", 500, "/broken", 21),
    ],
)
def test_a_line_says_how_the_request_ended(
    method: str, path: str, status: int, route: str, size: int
) -> None:
    line = logged(method, path)

    assert (line["status"], line["route"], line["response_bytes"]) == (status, route, size)


def test_a_path_is_shown_shortened_and_printable() -> None:
    line = logged("GET", "/nowhere%0A" + "x" * 5000)

    assert line["path"].startswith("/nowhere\N{REPLACEMENT CHARACTER}xxx")
    assert len(line["path"]) == 200


@pytest.mark.parametrize("given", ["me", "4bf92f35-77b3", "a.b:c/d+e=f_g", "x" * 128])
def test_a_sane_id_of_the_client_is_echoed(given: str) -> None:
    app = AccessMiddleware(inner, metrics=Metrics())

    answer = ask(app, "GET", "/plans/seven", headers={"X-Request-ID": given})

    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, '{"a":1}', "a,b"])
def test_any_other_id_is_replaced_by_a_new_one(given: str) -> None:
    app = AccessMiddleware(inner, metrics=Metrics())

    answer = ask(app, "GET", "/plans/seven", headers={"X-Request-ID": given})

    assert len(answer.headers["x-request-id"]) == 32


def test_every_request_has_an_id_of_its_own() -> None:
    app = AccessMiddleware(inner, metrics=Metrics())

    ids = {ask(app, "GET", "/plans/seven").headers["x-request-id"] for _ in range(10)}

    assert len(ids) == 10


def test_a_request_is_counted_under_its_route() -> None:
    metrics = Metrics()

    logged("GET", "/plans/seven", metrics=metrics)

    labels = {"method": "GET", "route": "/plans/{plan_id}", "status": "200"}
    assert metrics.registry.get_sample_value("epochplan_http_requests_total", labels) == 1


def test_methods_without_end_are_counted_as_one() -> None:
    metrics = Metrics()

    logged("PROPFIND", "/streamed", metrics=metrics)

    labels = {"method": "other", "route": "/streamed", "status": "405"}
    assert metrics.registry.get_sample_value("epochplan_http_requests_total", labels) == 1


def test_streamed_bytes_are_counted_apart() -> None:
    metrics = Metrics()

    logged("GET", "/streamed", metrics=metrics)
    logged("GET", "/plans/seven", metrics=metrics)

    assert metrics.registry.get_sample_value("epochplan_http_streamed_bytes_total") == 8


def test_no_request_is_in_progress_after_its_end() -> None:
    metrics = Metrics()

    logged("GET", "/broken", metrics=metrics)

    assert metrics.registry.get_sample_value("epochplan_http_requests_in_progress") == 0


def test_a_client_that_leaves_before_its_answer_is_aborted() -> None:
    async def absent(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()

    line = exchange(absent, [{"type": "http.disconnect"}])

    assert (line["status"], line["aborted"]) == (499, True)


def test_an_answer_that_ends_early_is_aborted() -> None:
    async def half(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"12", "more_body": True})

    line = exchange(half, [])

    assert (line["status"], line["response_bytes"], line["aborted"]) == (200, 2, True)


def test_an_answer_to_a_client_that_has_left_is_aborted() -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await receive()
        await Response("too late")(scope, receive, send)

    line = exchange(late, [{"type": "http.request"}, {"type": "http.disconnect"}])

    assert line["aborted"] is True


def test_what_is_no_request_passes_through() -> None:
    seen: list[str] = []

    async def anything(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def unused(*_: object) -> Any:
        raise AssertionError

    app = AccessMiddleware(anything, metrics=Metrics())
    asyncio.run(app({"type": "lifespan"}, unused, unused))

    assert seen == ["lifespan"]
