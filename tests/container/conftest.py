"""The image, built once, and a hardened container of it."""

from collections.abc import Iterator

import pytest

from tests.container.hardened import IMAGE, Container, run, started


@pytest.fixture(scope="session")
def image() -> str:
    run("docker", "build", "--tag", IMAGE, ".")
    size = int(run("docker", "image", "inspect", "--format", "{{.Size}}", IMAGE))
    print(f"\nthe image: {size / 1e6:.0f} MB")
    return IMAGE


@pytest.fixture
def container(image: str) -> Iterator[Container]:
    with started(image) as running:
        running.wait()
        yield running
