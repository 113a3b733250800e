"""A service that is stopped and started again at the same port."""

import os
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

import httpx

from tests.running import PATIENCE_SECONDS, ROOT, free_port


class RestartableService:
    """Runs inside a with block; stop and start it as often as wanted."""

    def __init__(self, *, wait: bool = True) -> None:
        self._wait = wait
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self, *, wait: bool = True) -> None:
        environment = {
            **os.environ,
            "EPOCHPLAN_PORT": str(self._port),
            "EPOCHPLAN_DRAIN_SECONDS": "0",
            "EPOCHPLAN_LOG_LEVEL": "error",
        }
        self._process = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=environment)
        if wait:
            self._wait_until_ready()

    def stop(self) -> None:
        """As hard as a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start(wait=self._wait)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            assert time.monotonic() < give_up, "the service does not become ready"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
