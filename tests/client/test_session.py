"""Connections are closed when the last request is over, and never under a request."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest
from epochplan_client import Planner
from epochplan_client.session import Session

from tests.client.reading import spec_of

SECONDS = 30.0


class SlowNetwork(httpx.BaseTransport):
    """Answers when it is let, and notes when it is closed."""

    def __init__(self) -> None:
        self.is_asked, self.may_answer, self.is_closed = Event(), Event(), Event()
        self.closed_under_way = False
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.is_asked.set()
        assert self.may_answer.wait(SECONDS)
        self.closed_under_way |= self.is_closed.is_set()
        return self._network.handle_request(request)

    def close(self) -> None:
        self.is_closed.set()
        self._network.close()


@pytest.fixture
def network() -> SlowNetwork:
    return SlowNetwork()


def test_a_request_under_way_outlives_the_closing(address: str, network: SlowNetwork) -> None:
    planner = Planner(address, transport=network)
    with ThreadPoolExecutor(1) as pool:
        plan = pool.submit(planner.plan, spec_of())
        assert network.is_asked.wait(SECONDS)

        planner.close()

        assert not network.is_closed.is_set()
        network.may_answer.set()
        assert plan.result().total_steps > 0
    assert network.is_closed.is_set()
    assert not network.closed_under_way


def test_connections_that_rest_are_closed_at_once(address: str, network: SlowNetwork) -> None:
    network.may_answer.set()
    planner = Planner(address, transport=network)
    planner.plan(spec_of())
    assert not network.is_closed.is_set()

    planner.close()

    assert network.is_closed.is_set()


def test_a_closed_planner_can_be_used_again(address: str) -> None:
    with Planner(address) as planner:
        first = planner.plan(spec_of())
        planner.close()

        assert planner.plan(spec_of()) == first


def test_any_thread_may_close_while_others_ask(address: str) -> None:
    planner = Planner(address)

    with ThreadPoolExecutor(8) as pool:
        plans = [pool.submit(planner.plan, spec_of()) for _ in range(64)]
        closings = [pool.submit(planner.close) for _ in range(64)]
        found = [plan.result() for plan in plans]

    assert [closing.result() for closing in closings] == [None] * 64
    assert set(found) == {found[0]}


def test_a_session_that_has_ended_takes_no_request(network: SlowNetwork) -> None:
    session = Session(httpx.Client(transport=network))
    session.end()

    assert not session.enter()
    session.end()
    assert session.client.is_closed
