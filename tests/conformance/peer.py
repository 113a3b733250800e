"""A real framework in a process of its own, asked case by case."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Self

PEERS = Path(__file__).parent / "peers"


class Peer:
    """The peer side of a framework, running under the Python of its own environment.

    Attributes:
        about: The package, its version, and the Python that runs it.
    """

    def __init__(self, module: str, python: str) -> None:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": ""}
        environment.pop("PYTHONPATH", None)
        self._process = subprocess.Popen(
            [python, "-P", str(PEERS / f"{module}.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.about: dict[str, Any] = self._read()

    def answer(self, case: dict[str, Any]) -> dict[str, Any]:
        """What the framework answers to a case."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        return self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"the peer ended with code {self._process.wait(timeout=60)}"
            raise RuntimeError(message)
        answer: dict[str, Any] = json.loads(line)
        return answer
