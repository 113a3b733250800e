"""What we are compared with, in a process and an environment of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / ".venv-peers"


class Peer:
    """A module of tests/bench/peers under the Python of an environment, asked line by line.

    It says first what it is; then a line of JSON is a question, and one is its answer. Times are
    taken by the peer's own clock around the work alone, so the pipe costs it nothing.

    Attributes:
        about: What the peer says first: its package, version and Python.
    """

    def __init__(self, environment: str, module: str) -> None:
        self._process = subprocess.Popen(
            [python_of(environment), "-m", f"tests.bench.peers.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": ""},
        )
        self.about: dict[str, Any] = self._read()

    @staticmethod
    def missing(environment: str) -> str:
        """Why there is no such peer here; empty where there is one."""
        if python_of(environment).exists():
            return ""
        return f"no environment of {environment}: make environment-peer-{environment}"

    @property
    def name(self) -> str:
        """The package and its version."""
        return f"{self.about['package']} {self.about['version']}"

    def ask(self, task: str, **question: Any) -> dict[str, Any]:
        """The answer of the peer to a question."""
        assert self._process.stdin is not None
        print(json.dumps({"task": task} | question), file=self._process.stdin, flush=True)
        return self._read()

    def seconds(self, task: str, **question: Any) -> float:
        """What the peer needed on the clock."""
        return float(self.ask(task, **question)["seconds"])

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


def python_of(environment: str) -> Path:
    """The Python of a peer's environment, whether it exists or not."""
    return ENVIRONMENTS / environment / "bin" / "python"
