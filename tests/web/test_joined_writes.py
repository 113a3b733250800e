"""Short answers leave in one write; nothing waits, is copied or is lost for it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from app.web.joined_writes import MOST_HELD_BYTES, JoinedWrites, JoiningProtocol

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
LAST_REQUEST = REQUEST.replace(b"Host", b"Connection: close\r\nHost")
HEAD_END = b"\r\n\r\n"
SHORT = PlainTextResponse("answered")


class Wire(asyncio.Transport):
    """A transport that keeps what is written.

    Attributes:
        touched: Set by everything that is done to it.
    """

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.7", 4321)})
        self.written: list[bytes | bytearray | memoryview] = []
        self.reading = True
        self.closing = False
        self.touched = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(data)
        self.touched.set()

    def close(self) -> None:
        self.closing = True
        self.touched.set()

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def exchange(app: ASGIApp, *requests: bytes, until: Callable[[Wire], bool]) -> Wire:
    """What is written to a connection on which requests arrive at once."""

    async def run() -> Wire:
        config = uvicorn.Config(
            app, http=JoiningProtocol, ws="none", lifespan="off", log_config=None
        )
        config.load()
        protocol, wire = JoiningProtocol(config, ServerState(), {}), Wire()
        protocol.connection_made(wire)
        protocol.data_received(b"".join(requests))
        async with asyncio.timeout(30):
            while not until(wire):
                await wire.touched.wait()
                wire.touched.clear()
        protocol.connection_lost(None)
        return wire

    return asyncio.run(run())


def turns(do: Callable[[JoinedWrites, Wire], Any]) -> Wire:
    """What is written by the end of the turn of a loop in which something is done."""

    async def run() -> Wire:
        wire = Wire()
        do(JoinedWrites(wire), wire)
        await asyncio.sleep(0)
        return wire

    return asyncio.run(run())


def test_a_short_answer_is_written_at_once() -> None:
    wire = exchange(SHORT, REQUEST, until=lambda wire: bool(wire.written))

    (answer,) = map(bytes, wire.written)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(HEAD_END + b"answered")


def test_requests_that_arrive_together_are_answered_one_by_one() -> None:
    wire = exchange(SHORT, REQUEST, REQUEST, until=lambda wire: len(wire.written) > 1)

    assert [bytes(answer).partition(HEAD_END)[2] for answer in wire.written] == [b"answered"] * 2


def test_the_head_does_not_wait_for_a_body_that_takes_time() -> None:
    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    wire = exchange(slow, REQUEST, until=lambda wire: bool(wire.written))

    assert [bytes(each)[-4:] for each in wire.written] == [HEAD_END]


def test_a_long_body_is_not_copied() -> None:
    block = bytes(MOST_HELD_BYTES + 1)

    async def long(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", str(len(block)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": block})

    wire = exchange(long, REQUEST, until=lambda wire: len(wire.written) > 1)

    head, body = wire.written
    assert bytes(head).endswith(HEAD_END)
    assert body is block


def test_the_parts_of_a_stream_keep_their_order() -> None:
    async def parts() -> Any:
        for number in range(100):
            yield f"{number},"
            if number % 7 == 0:
                await asyncio.sleep(0)

    def complete(wire: Wire) -> bool:
        return b"0\r\n\r\n" in b"".join(wire.written)[-5:]

    wire = exchange(StreamingResponse(parts()), REQUEST, until=complete)

    body = b"".join(wire.written).partition(HEAD_END)[2]
    assert b"".join(body.split(b"\r\n")[1::2]) == "".join(f"{n}," for n in range(100)).encode()


def test_the_last_answer_is_written_before_the_connection_closes() -> None:
    wire = exchange(SHORT, LAST_REQUEST, until=lambda wire: wire.closing)

    assert b"".join(wire.written).endswith(HEAD_END + b"answered")


@pytest.mark.parametrize("view", [memoryview(bytearray(b"view")), bytearray(b"view")])
def test_memory_that_may_be_used_again_is_not_held(view: memoryview | bytearray) -> None:
    def do(writes: JoinedWrites, wire: Wire) -> None:
        writes.write(b"head")
        writes.write(view)
        assert wire.written == [b"head", b"view"]

    assert len(turns(do).written) == 2


def test_writes_of_one_turn_are_joined() -> None:
    def do(writes: JoinedWrites, wire: Wire) -> None:
        writes.write(b"one ")
        writes.write(b"two")
        assert not wire.written

    assert turns(do).written == [b"one two"]


def test_what_is_held_in_one_turn_is_bounded() -> None:
    part = bytes(1_000)

    def do(writes: JoinedWrites, wire: Wire) -> None:
        for number in range(1_000):
            writes.write(part)
            sent = sum(map(len, wire.written))
            assert len(part) * (number + 1) - sent <= MOST_HELD_BYTES

    assert sum(map(len, turns(do).written)) == 1_000 * len(part)


def test_what_a_lost_connection_left_is_dropped() -> None:
    def do(writes: JoinedWrites, wire: Wire) -> None:
        writes.write(b"late")
        wire.close()
        assert writes.is_closing()

    assert turns(do).written == []


def test_reading_is_that_of_the_connection() -> None:
    def do(writes: JoinedWrites, wire: Wire) -> None:
        writes.pause_reading()
        assert not wire.reading
        writes.resume_reading()
        assert wire.reading
        assert writes.get_extra_info("peername") == ("192.0.2.7", 4321)

    assert turns(do).written == []
