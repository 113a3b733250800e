"""A real server around an ASGI application, on a free port of this machine."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from app.web.joined_writes import JoiningProtocol


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """The port of a server that runs in a thread of its own."""
    config = uvicorn.Config(
        app, port=0, http=JoiningProtocol, ws="none", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended by itself"
        time.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection whose end the test decides about."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        yield connection
