"""The image, built once, and a hardened container of it."""

import time
from collections.abc import Iterator

import pytest

from tests.container.hardened import IMAGE, Container, run, started


@pytest.fixture(scope="session")
def image() -> str:
    begun = time.monotonic()
    run("docker", "build", "--tag", IMAGE, ".")
    built = time.monotonic() - begun
    size = int(run("docker", "image", "inspect", "--format", "{{.Size}}", IMAGE))
    print(f"\nthe image: built in {built:.0f} s, {size / 1e6:.0f} MB")
    return IMAGE


@pytest.fixture
def container(image: str) -> Iterator[Container]:
    with started(image) as running:
        running.wait()
        yield running
