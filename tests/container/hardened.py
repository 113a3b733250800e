"""A container with as few rights as the image claims to need."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
IMAGE = "epochplan:image-test"
PATIENCE = 60.0
HARDENED = [
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=1g",
    "--pids-limit=256",
    "--publish=127.0.0.1::8000",
]


def run_with_errors(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def run(*command: str) -> str:
    """What a command prints; a command that fails fails the test with its own words."""
    done = run_with_errors(*command)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container that was started, and its address."""

    name: str
    url: str

    def state(self, expression: str) -> str:
        return run("docker", "inspect", "--format", expression, self.name)

    def answers(self) -> bool:
        """Whether it is ready; the test fails with the log of a container that has ended."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2.0).status_code == httpx.codes.OK
        except httpx.TransportError:
            if self.state("{{.State.Running}}") != "true":
                pytest.fail(f"it ended by itself:\n{self.log()}")
            return False

    def log(self) -> str:
        told = run_with_errors("docker", "logs", self.name)
        return told.stdout + told.stderr

    def wait(self) -> None:
        give_up = time.monotonic() + PATIENCE
        while not self.answers():
            if time.monotonic() > give_up:
                pytest.fail(f"not ready within {PATIENCE} s:\n{self.log()}")
            time.sleep(0.02)


@contextmanager
def started(image: str) -> Iterator[Container]:
    """A hardened container, not yet ready, removed in the end."""
    name = run("docker", "run", "--detach", *HARDENED, image)
    try:
        ports = json.loads(
            run("docker", "inspect", "--format", "{{json .NetworkSettings.Ports}}", name)
        )
        yield Container(name=name, url=f"http://127.0.0.1:{ports['8000/tcp'][0]['HostPort']}")
    finally:
        run("docker", "rm", "--force", name)
