"""`python -m tests.bench.wire.reader PORT PATH BYTES`: a client that does as little as it can.

It reads the body of one GET into the same buffer again and again, and says how long that took,
from the request to the last byte. Nothing looks at the bytes.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.running import ROOT

BUFFER_BYTES = 2**20
HEAD_BYTES = 65_536


class Reading(NamedTuple):
    """What a reader saw.

    Attributes:
        body_bytes: Bytes of the body that were read.
        seconds: From the request until the last of them.
    """

    body_bytes: int
    seconds: float


def read_elsewhere(port: int, path: str, body_bytes: int) -> Reading:
    """Reads so many bytes of a body in a process of its own."""
    return finished(start_reader(port, path, body_bytes))


def start_reader(port: int, path: str, body_bytes: int) -> subprocess.Popen[bytes]:
    """A process that reads so many bytes of a body."""
    command = [sys.executable, "-m", "tests.bench.wire.reader", str(port), path, str(body_bytes)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


@contextmanager
def reading(port: int, path: str) -> Iterator[None]:
    """A process that reads all the while, as fast as it can."""
    with start_reader(port, path, sys.maxsize) as reader:
        try:
            yield
        finally:
            reader.kill()


def finished(reader: subprocess.Popen[bytes]) -> Reading:
    """What a reader saw, once it is done.

    Raises:
        RuntimeError: It could not read all that it was to read.
    """
    said, _ = reader.communicate()
    if reader.returncode:
        message = f"a reader ended with code {reader.returncode}"
        raise RuntimeError(message)
    return Reading(**json.loads(said))


def read_body(port: int, path: str, body_bytes: int) -> Reading:
    """Reads so many bytes of a body in this process, then closes the connection."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        start = time.perf_counter()
        done = _begin(connection, path)
        buffer = memoryview(bytearray(BUFFER_BYTES))
        while done < body_bytes:
            received = connection.recv_into(buffer[: min(BUFFER_BYTES, body_bytes - done)])
            if not received:
                message = f"the answer ended after {done} of {body_bytes} bytes"
                raise EOFError(message)
            done += received
        return Reading(done, time.perf_counter() - start)


def _begin(connection: socket.socket, path: str) -> int:
    """Sends the request, and reads past the head; the bytes of the body that came along."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(HEAD_BYTES)
        if not received:
            message = "the connection ended before the answer began"
            raise EOFError(message)
        head += received
    if not head.startswith(b"HTTP/1.1 200 "):
        message = f"not a 200: {head[:200]!r}"
        raise ValueError(message)
    return len(head) - head.index(b"\r\n\r\n") - 4


if __name__ == "__main__":
    done = read_body(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    sys.stdout.write(json.dumps(done._asdict()))
