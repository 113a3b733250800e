"""Servers as processes of their own on free ports of this machine: ours, and a bare FastAPI."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

import httpx
import psutil

from tests.running import ROOT, free_port

PATIENCE_SECONDS = 300.0
TICK_SECONDS = 0.005


class Server(NamedTuple):
    """A server on 127.0.0.1.

    Attributes:
        port: Where it listens.
        pid: Its process.
    """

    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def resident_bytes(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss)

    def wait_for(self, path: str) -> None:
        """Wait until a path answers with 200.

        Raises:
            RuntimeError: The process has ended, or it does not answer for minutes.
        """
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._answers(path):
            ended = psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE
            if ended or time.monotonic() > give_up:
                message = f"{path} is not answered; the process {'has ended' if ended else 'runs'}"
                raise RuntimeError(message)
            time.sleep(TICK_SECONDS)

    def gauge(self, name: str) -> float:
        """A number out of /metrics that has no labels."""
        lines = httpx.get(f"{self.address}/metrics").text.splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.address + path).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def service(**settings: str) -> AbstractContextManager[Server]:
    """Ours as anyone starts it, access log included; settings are environment variables."""
    port = free_port()
    return serving([sys.executable, "-m", "app"], port, "/readyz", settings_of(port) | settings)


def bare_fastapi() -> AbstractContextManager[Server]:
    """A FastAPI that answers {"hello": "world"} and nothing else, served as ours is."""
    port = free_port()
    return serving([sys.executable, "-m", "tests.bench.wire.hello", str(port)], port, "/hello")


def settings_of(port: int) -> dict[str, str]:
    """The settings of our service on a port."""
    return {
        "EPOCHPLAN_HOST": "127.0.0.1",
        "EPOCHPLAN_PORT": str(port),
        "EPOCHPLAN_DRAIN_SECONDS": "0",
    }


@contextmanager
def serving(
    command: Sequence[str], port: int, ready: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server whose path `ready` answers with 200."""
    with started(command, environment or {}) as process:
        server = Server(port, process.pid)
        server.wait_for(ready)
        yield server


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block; its standard output is dropped."""
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
