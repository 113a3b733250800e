import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from app.web import server as module
from app.web.joined_writes import JoiningProtocol
from app.web.readiness import Readiness
from app.web.server import DrainingServer

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


@contextmanager
def serving() -> Iterator[tuple[DrainingServer, tuple[str, int]]]:
    """A server that stops with the block, without a drain, and its address."""
    told: list[tuple[str, int]] = []
    config = uvicorn.Config(
        PlainTextResponse("answered"), port=0, http=JoiningProtocol, lifespan="off", log_config=None
    )
    server = DrainingServer(
        config,
        readiness=Readiness(warm=True),
        drain_seconds=0,
        listening=lambda host, port: told.append((host, port)),
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not told:
        assert thread.is_alive(), "the server ended by itself"
        time.sleep(0.005)
    try:
        yield server, told[0]
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def stopping() -> Iterator[tuple[str, int]]:
    """The address of a server that stops with the block."""
    with serving() as (_, address):
        yield address


def test_the_kernel_may_hold_little_of_what_a_client_has_not_taken() -> None:
    with serving() as (server, _):
        listener = server.servers[0].sockets[0]

        held = listener.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)

    assert held in {module.SEND_BUFFER_BYTES, 2 * module.SEND_BUFFER_BYTES}


def test_whoever_connects_before_the_end_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    clients: list[socket.socket] = []
    accept_the_last: Callable[[socket.socket], list[socket.socket]] = module._last_of

    def connect_in_the_last_moment(listener: socket.socket) -> list[socket.socket]:
        clients.append(socket.create_connection(listener.getsockname()))
        clients[0].sendall(REQUEST)
        return accept_the_last(listener)

    monkeypatch.setattr(module, "_last_of", connect_in_the_last_moment)

    with stopping():
        pass

    with clients[0]:
        head = clients[0].recv(65_536)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in head


def test_nobody_can_connect_after_the_end() -> None:
    with stopping() as address:
        pass

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
