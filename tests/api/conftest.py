from collections.abc import Iterator

import pytest

from tests.api.calling import Service


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """A service with the settings that nobody changed."""
    running = Service()
    yield running
    running.app.state.pool.close()
