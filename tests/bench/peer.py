"""What we are compared with, in a process and an environment of its own."""

import os
from pathlib import Path
from typing import Any

from tests.answering_process import AnsweringProcess

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / ".venv-peers"


class Peer(AnsweringProcess):
    """A module of tests/bench/peers under the Python of an environment.

    It says first its package, version and Python. Times are taken by the peer's own clock around
    the work alone, so that the pipe costs it nothing.
    """

    def __init__(self, environment: str, module: str) -> None:
        super().__init__(
            [python_of(environment), "-m", f"tests.bench.peers.{module}"],
            environment=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": ""},
            directory=ROOT,
        )

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
        return self.answer({"task": task} | question)

    def seconds(self, task: str, **question: Any) -> float:
        """What the peer needed on the clock."""
        return float(self.ask(task, **question)["seconds"])


def python_of(environment: str) -> Path:
    """The Python of a peer's environment, whether it exists or not."""
    return ENVIRONMENTS / environment / "bin" / "python"
