"""The service as a process of its own, on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_service(
    *, wait: bool = True, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a service, ready unless nobody waits, and its process.

    Settings are given as environment variables, EPOCHPLAN_*.
    """
    port = free_port()
    environment = {
        **os.environ,
        "EPOCHPLAN_HOST": "127.0.0.1",
        "EPOCHPLAN_PORT": str(port),
        "EPOCHPLAN_DRAIN_SECONDS": "0",
        "EPOCHPLAN_LOG_LEVEL": "error",
        **settings,
    }
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=environment) as service:
        try:
            if wait:
                _wait_until_ready(address, service)
            yield address, service
        finally:
            service.terminate()


def _wait_until_ready(address: str, service: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not _is_ready(address):
        assert service.poll() is None, "the service ended by itself"
        assert time.monotonic() < give_up, "the service does not become ready"
        time.sleep(0.05)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
