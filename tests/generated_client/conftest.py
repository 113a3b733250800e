"""A client that is generated from openapi.json, and a service for it to call.

Runs in an environment of its own, which knows the generator and not the service; SERVICE_PYTHON
says which Python does.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.running import PATIENCE_SECONDS, ROOT, free_port

CLIENT = "epochplan_generated"


class GeneratedClient:
    """A package that the generator wrote.

    Attributes:
        folder: Where the package is.
        said: What the generator told while it wrote it.
    """

    def __init__(self, folder: Path, openapi: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
        generated = subprocess.run(
            [*command, "--path", str(openapi), "--output-path", str(folder / CLIENT)],
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        self.said = generated.stdout

    @property
    def operations(self) -> set[str]:
        """The operations that it has a function for."""
        modules = (self.folder / CLIENT / "api").glob("*/*.py")
        return {module.stem for module in modules} - {"__init__"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--openapi", default=str(ROOT / "openapi.json"), help="another description")


@pytest.fixture(scope="session")
def openapi(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.getoption("--openapi"))


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory, openapi: Path) -> GeneratedClient:
    return GeneratedClient(tmp_path_factory.mktemp("generated"), openapi)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    python = os.environ.get("SERVICE_PYTHON", str(ROOT / ".venv" / "bin" / "python"))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"EPOCHPLAN_PORT": str(port), "EPOCHPLAN_LOG_LEVEL": "error"}
    environment = {**os.environ, "EPOCHPLAN_HOST": "127.0.0.1", **settings}
    with subprocess.Popen([python, "-m", "app"], cwd=ROOT, env=environment) as service:
        try:
            wait_until_ready(address, service)
            yield address
        finally:
            service.terminate()


def wait_until_ready(address: str, service: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not is_ready(address):
        assert service.poll() is None, "the service ended by itself"
        assert time.monotonic() < give_up, "the service does not become ready"
        time.sleep(0.05)


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").is_success
    except httpx.TransportError:
        return False
