"""The compose file starts the same service with the same few rights."""

import os
import socket
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.container.hardened import ROOT, run, run_with_errors

PROJECT = "epochplan-image-test"


def compose(*arguments: str, port: int) -> str:
    done = subprocess.run(
        ["docker", "compose", "--project-name", PROJECT, *arguments],
        cwd=ROOT,
        env=os.environ | {"EPOCHPLAN_PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def composed(port: int) -> Iterator[str]:
    version = ["docker", "compose", "version"]
    if run_with_errors(*version).returncode != 0:
        pytest.skip("docker has no compose here")
    try:
        compose("up", "--build", "--detach", "--wait", "--wait-timeout", "60", port=port)
        yield f"http://127.0.0.1:{port}"
    finally:
        compose("down", "--timeout", "5", port=port)


def test_the_composed_service_answers_the_plain_question(composed: str) -> None:
    question = {"dataset_size": "20000", "global_batch_size": "100", "epochs": "1"}

    answer = httpx.get(f"{composed}/v1/plans", params=question)

    assert answer.json()["total_steps"] == 200


def test_the_composed_service_cannot_write_its_own_root(composed: str, port: int) -> None:
    assert composed

    name = compose("ps", "--quiet", port=port)

    assert run("docker", "inspect", "--format", "{{.HostConfig.ReadonlyRootfs}}", name) == "true"
