import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.web.heads import HeadMiddleware, is_head
from tests.web.asking import ask

inner = FastAPI()


@inner.get("/small")
async def read_small(request: Request) -> Response:
    return Response("seven!!", headers={"X-Head": str(is_head(request))})


@inner.get("/streamed")
async def read_streamed() -> Response:
    async def blocks() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    return StreamingResponse(blocks())


@inner.post("/posted")
async def write() -> Response:
    return Response()


app = HeadMiddleware(inner)


def test_head_has_the_headers_of_get() -> None:
    head, get = ask(app, "HEAD", "/small"), ask(app, "GET", "/small")

    assert head.status_code == 200
    assert head.headers["content-length"] == get.headers["content-length"] == "7"


@pytest.mark.parametrize("path", ["/small", "/streamed", "/nowhere"])
def test_head_has_no_body(path: str) -> None:
    assert ask(app, "HEAD", path).content == b""


def test_get_keeps_its_body() -> None:
    assert ask(app, "GET", "/small").text == "seven!!"


@pytest.mark.parametrize(("method", "shown"), [("HEAD", "True"), ("GET", "False")])
def test_an_endpoint_can_tell_them_apart(method: str, shown: str) -> None:
    assert ask(app, method, "/small").headers["x-head"] == shown


def test_a_path_without_get_has_no_head() -> None:
    assert ask(app, "HEAD", "/posted").status_code == 405


def test_head_adds_nothing_to_the_description() -> None:
    assert set(inner.openapi()["paths"]["/small"]) == {"get"}


def test_outside_a_request_stays_what_it_was_and_learns_its_route() -> None:
    scopes: list[Scope] = []

    async def outside(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        scopes.append(scope)

    ask(outside, "HEAD", "/small")

    assert (scopes[0]["method"], scopes[0]["route"].path) == ("HEAD", "/small")


def test_what_is_no_request_passes_through() -> None:
    seen: list[Message] = []

    async def send(message: Message) -> None:
        seen.append(message)

    async def receive() -> Message:
        return {"type": "lifespan.startup"} if not seen else {"type": "lifespan.shutdown"}

    asyncio.run(app({"type": "lifespan", "asgi": {}, "state": {}}, receive, send))

    assert [message["type"] for message in seen] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
