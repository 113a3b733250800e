import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from app.web.problems import RequestRefusedError
from app.web.streams import Block
from tests.web.patience import eventually
from tests.web.serving import connected, served
from tests.web.streaming import BLOCK, Endless, streaming


def test_a_served_stream_arrives_whole() -> None:
    def numbered() -> Iterator[Block]:
        for number in range(32):
            yield bytes([number]) * 2**18

    with served(streaming(numbered)) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/stream?content-length={32 * 2**18}")

    assert answer.content == b"".join(numbered())


@pytest.mark.parametrize("query", ["", "?content-length=99999999"])
def test_a_failure_amid_a_served_stream_cuts_the_connection(query: str) -> None:
    def failing() -> Iterator[Block]:
        yield BLOCK
        yield BLOCK
        yield bytes(1 // 0)

    with served(streaming(failing)) as port, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{port}/stream{query}")


def test_a_refusal_amid_a_served_stream_cuts_the_connection() -> None:
    def refusing() -> Iterator[Block]:
        yield BLOCK
        raise RequestRefusedError(status=422, code="no", title="No")

    with served(streaming(refusing)) as port, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{port}/stream")


def test_a_served_client_that_leaves_stops_the_blocks() -> None:
    endless = Endless()
    app = streaming(endless.blocks)

    with served(app) as port:
        with connected(port) as connection:
            connection.sendall(b"GET /stream HTTP/1.1\r\nHost: here\r\n\r\n")
            connection.recv(2**20)
        assert eventually(lambda: app.state.pool.streams.taken == 0)

    assert endless.closed


def test_a_served_client_that_stops_reading_stops_the_blocks_until_it_goes_on() -> None:
    endless = Endless()

    with served(streaming(endless.blocks)) as port, connected(port) as connection:
        connection.sendall(b"GET /stream HTTP/1.1\r\nHost: here\r\n\r\n")
        stalled = endless.settled()
        for _ in range(100):
            connection.recv(2**20)
        assert eventually(lambda: endless.computed > stalled)


def test_small_requests_are_answered_amid_a_stream() -> None:
    endless = Endless()

    with served(streaming(endless.blocks)) as port, connected(port) as connection:
        connection.sendall(b"GET /stream HTTP/1.1\r\nHost: here\r\n\r\n")
        reader = threading.Thread(target=_read_for_a_while, args=[connection])
        reader.start()
        began = endless.computed
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            answers = [client.get("/small").text for _ in range(50)]
        reader.join()

    assert answers == ["small"] * 50
    assert endless.computed > began


def test_a_small_request_is_answered_at_once_after_a_client_left_a_stream() -> None:
    endless = Endless()

    with (
        served(streaming(endless.blocks)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        client.get("/small")
        with connected(port) as connection:
            connection.sendall(b"GET /stream HTTP/1.1\r\nHost: here\r\n\r\n")
            connection.recv(2**20)
        began = time.monotonic()
        client.get("/small")
        seconds = time.monotonic() - began

    assert seconds < 2


def _read_for_a_while(connection: socket.socket) -> None:
    give_up = time.monotonic() + 0.5
    while time.monotonic() < give_up:
        connection.recv(2**20)
