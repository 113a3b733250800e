"""Load from wrk: one thread, connections that stay open, the next request after every answer."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
MISSING = "no wrk on the PATH (on Debian: apt-get install wrk)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back.

    Attributes:
        requests: How many were answered.
        seconds: In how long.
        p50_ms: The median latency.
        p99_ms: The latency that one in a hundred exceeded.
        faults: Refusals, broken connections and timeouts.
    """

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    faults: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests that are sent over and over.

    Attributes:
        url: Where to.
        kind: `get`; `same`: POST the body; `distinct`: POST training specs that all differ.
        body: For `same`.
        headers: For `get`.
        connections: How many requests are under way at once.
    """

    url: str
    kind: str = "get"
    body: str = ""
    headers: Mapping[str, str] | None = None
    connections: int = 8

    def run(self, seconds: int) -> Answered:
        """Sends for so long.

        Raises:
            RuntimeError: An answer was a refusal, or there was none.
        """
        said = subprocess.run(self._command(seconds), capture_output=True, text=True, check=True)
        answered = Answered(**json.loads(said.stdout.splitlines()[-1]))
        if answered.faults:
            message = f"{answered.faults} of {answered.requests} requests failed"
            raise RuntimeError(message)
        return answered

    def _command(self, seconds: int) -> list[str]:
        executable = shutil.which("wrk")
        if executable is None:
            raise FileNotFoundError(MISSING)
        headers = [
            part
            for name, value in (self.headers or {}).items()
            for part in ("-H", f"{name}: {value}")
        ]
        options = ["-t1", f"-c{self.connections}", f"-d{seconds}s", "-s", str(SCRIPT), *headers]
        return [executable, *options, self.url, "--", self.kind, self.body]
