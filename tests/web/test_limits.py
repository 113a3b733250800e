import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.types import Message, Scope

from app.web.limits import BodyLimitMiddleware
from tests.web.asking import ask, silence

LIMIT = 1000

inner = FastAPI()


@inner.api_route("/", methods=["GET", "POST"])
async def measure(request: Request) -> Response:
    return Response(str(len(await request.body())))


app = BodyLimitMiddleware(inner, most_bytes=LIMIT)


async def chunks(sizes: list[int]) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


def exchange(headers: dict[str, str], incoming: list[Message]) -> list[Message]:
    """What the middleware sends to a client that sends exactly this, and then nothing more."""
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else await silence()

    async def send(message: Message) -> None:
        sent.append(message)

    raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": raw_headers}
    asyncio.run(app(scope, receive, send))
    return sent


def problem(sent: list[Message]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(b"".join(message.get("body", b"") for message in sent))
    return content


@pytest.mark.parametrize("size", [0, 1, LIMIT])
def test_a_body_within_the_limit_passes(size: int) -> None:
    assert ask(app, "POST", "/", content=b"x" * size).text == str(size)


@pytest.mark.parametrize("sizes", [[], [1], [400, 400, 200]])
def test_a_body_in_chunks_within_the_limit_passes(sizes: list[int]) -> None:
    assert ask(app, "POST", "/", content=chunks(sizes)).text == str(sum(sizes))


def test_a_request_without_a_body_passes() -> None:
    assert ask(app, "GET", "/").text == "0"


@pytest.mark.parametrize("size", [LIMIT + 1, 30_000_000])
def test_a_body_that_says_that_it_is_too_large_is_refused(size: int) -> None:
    answer = ask(app, "POST", "/", content=b"x" * size)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    (fault,) = answer.json()["errors"]
    assert (fault["in"], fault["given"]) == ("header", str(size))


@pytest.mark.parametrize("sizes", [[LIMIT + 1], [500, 500, 1], [500, 500, 500, 500]])
def test_a_body_in_chunks_that_turns_out_too_large_is_refused(sizes: list[int]) -> None:
    answer = ask(app, "POST", "/", content=chunks(sizes))

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert answer.json()["errors"][0]["in"] == "body"


def test_the_rest_of_a_refused_body_is_read_before_the_answer_ends() -> None:
    incoming: list[Message] = [
        {"type": "http.request", "body": b"x" * 600, "more_body": True},
        {"type": "http.request", "body": b"x" * 600, "more_body": True},
        {"type": "http.request", "body": b"x" * 600, "more_body": False},
    ]

    sent = exchange({"transfer-encoding": "chunked"}, incoming)

    assert incoming == []
    assert [message.get("more_body") for message in sent] == [None, True, False]


def test_a_client_that_waits_for_permission_to_send_is_refused_at_once() -> None:
    sent = exchange({"content-length": "30000000", "expect": "100-continue"}, [])

    assert problem(sent)["status"] == 413


def test_a_refused_client_that_sends_no_more_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.web.limits._LINGER_SECONDS", 0.01)

    sent = exchange({"content-length": "30000000"}, [])

    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize("declared", ["9" * 20, "9" * 5000])
def test_a_length_beyond_any_body_is_refused(declared: str) -> None:
    sent = exchange({"content-length": declared, "expect": "100-continue"}, [])

    assert problem(sent)["status"] == 413


@pytest.mark.parametrize("declared", ["", "-5", "+5", "1_0", "ten", "1.0", "٣"])
def test_a_length_that_is_no_number_is_refused(declared: str) -> None:
    sent = exchange({"content-length": declared, "expect": "100-continue"}, [])

    assert (problem(sent)["status"], problem(sent)["code"]) == (400, "invalid-content-length")


def test_a_client_that_leaves_before_its_body_is_there_gets_nothing() -> None:
    sent = exchange({"content-length": "5"}, [{"type": "http.disconnect"}])

    assert sent == []


def test_the_application_learns_that_the_client_has_left_after_its_body() -> None:
    heard: list[str] = []

    async def listening(_scope: Scope, receive: Any, _send: Any) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"]])

    incoming: list[Message] = [
        {"type": "http.request", "body": b"x", "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "headers": [(b"content-length", b"1")]}
    asyncio.run(BodyLimitMiddleware(listening, most_bytes=LIMIT)(scope, receive, send))

    assert heard == ["http.request", "http.disconnect"]


def test_what_is_no_request_passes_through() -> None:
    seen: list[str] = []

    async def anything(scope: Scope, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    async def unused(*_: object) -> Any:
        raise AssertionError

    asyncio.run(BodyLimitMiddleware(anything, most_bytes=1)({"type": "lifespan"}, unused, unused))

    assert seen == ["lifespan"]
