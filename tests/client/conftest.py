"""One service for all tests that do not disturb it."""

from collections.abc import Iterator

import pytest
from epochplan_client import Planner

from tests.running import running_service


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with running_service() as (address, _):
        yield address


@pytest.fixture
def planner(address: str) -> Iterator[Planner]:
    with Planner(address) as planner:
        yield planner
