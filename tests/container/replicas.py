"""The service several times behind nginx, as the compose file of deploy/scale has it."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.container.hardened import PATIENCE, ROOT, run
from tests.running import free_port

FILE = "deploy/scale/compose.yaml"

READ_HERE = """\
import hashlib, http.client, json, sys
answers = []
for path in sys.argv[1:]:
    connection = http.client.HTTPConnection("127.0.0.1", 8000)
    connection.request("GET", path)
    answer = connection.getresponse()
    digest = hashlib.sha256(answer.read()).hexdigest()
    answers.append([answer.status, answer.headers["ETag"], digest])
print(json.dumps(answers))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicas:
    """A running composition.

    Attributes:
        url: Where nginx answers.
        names: The containers of the service.
    """

    url: str
    names: Sequence[str]

    def read_within(self, name: str, paths: Sequence[str]) -> Any:
        """Status, ETag and SHA-256 of the body of every path, as one replica answers itself."""
        return json.loads(run("docker", "exec", name, "python", "-c", READ_HERE, *paths))

    def wait(self) -> None:
        """Wait until nginx finds a replica that is ready."""
        give_up = time.monotonic() + PATIENCE
        while httpx.get(f"{self.url}/readyz").status_code != httpx.codes.OK:
            assert time.monotonic() < give_up, "no replica is ready"
            time.sleep(0.1)


def compose(count: int, *arguments: str, **environment: str) -> str:
    project = f"epochplan-scale-test-{count}"
    done = subprocess.run(
        ["docker", "compose", "--project-name", project, "--file", FILE, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def replicas(count: int) -> Iterator[Replicas]:
    """So many replicas behind nginx, ready, removed in the end."""
    port = str(free_port())
    settings = {"REPLICAS": str(count), "EPOCHPLAN_PORT": port, "EPOCHPLAN_HOST": "127.0.0.1"}
    try:
        compose(count, "up", "--build", "--detach", "--wait", "--wait-timeout", "120", **settings)
        names = compose(count, "ps", "--quiet", "epochplan", **settings).split()
        running = Replicas(url=f"http://127.0.0.1:{port}", names=names)
        running.wait()
        yield running
    finally:
        compose(count, "down", "--timeout", "5", **settings)
