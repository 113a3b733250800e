"""A process that is asked and answers in lines of JSON."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self


class AnsweringProcess:
    """A program that first says what it is, and then answers every line with one of its own.

    Attributes:
        about: What it says first.
        patience: Seconds for which it may go on once nothing is asked any more.
    """

    patience = 60.0

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        directory: Path | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=directory,
            env=environment,
        )
        self.about: dict[str, Any] = self._read()

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """What it answers to a question."""
        assert self._process.stdin is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"the peer ended with code {self._end()}"
            raise RuntimeError(message)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _end(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            return self._process.wait(timeout=self.patience)
        except subprocess.TimeoutExpired:
            # all answers are there; TensorFlow waits for a thread of its own now and then
            self._process.kill()
            return self._process.wait()
