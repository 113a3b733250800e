"""Whoever answers in place of the service is waited out, and the service itself is believed."""

from typing import Any

import httpx
import pytest
from epochplan_client import Planner, ServiceUnavailableError, UnexpectedAnswerError, persistence
from epochplan_client.clock import Span
from epochplan_client.read_ahead import Blocks

from tests.client.disturbances import Disturbance, DisturbedNetwork, answered, unreachable
from tests.client.made_blocks import made_blocks
from tests.client.paused_clock import PausedClock

SPEC: dict[str, Any] = {
    "dataset_size": 1_000,
    "micro_batch_size": 4,
    "data_parallel_size": 2,
    "epochs": 1,
}
MANIFEST, DIGEST = "manifest.raw", "digest"
PROBLEM = "application/problem+json"
FAILED = '{"code": "internal-error", "detail": "The service failed", "errors": []}'
OLDER = '{"code": "no-such-path", "detail": "there is nothing", "errors": []}'


def blocks_of(network: DisturbedNetwork, address: str, *, patience: float = 30.0) -> Blocks:
    planner = Planner(address, transport=network)
    plan = planner.plan(SPEC)
    return planner.blocks(plan, 1, planner.shapes(plan, 1, patience=patience), patience=patience)


def at_once(_seconds: float) -> None:
    """A pause that takes no time."""


STRANGERS = {
    "404 of an ingress": answered(404, "default backend"),
    "a refusal of a stranger": answered(404, '{"code": "gone"}', content_type="application/json"),
    "500": answered(500, "Internal Server Error"),
    "a failure of the service": answered(500, FAILED, content_type=PROBLEM),
    "a redirect": answered(302, ""),
}


@pytest.mark.parametrize("path", [MANIFEST, DIGEST])
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_what_answers_in_place_of_the_service_is_waited_out(
    address: str, stranger: Disturbance, path: str
) -> None:
    network = DisturbedNetwork(*[stranger] * 5, path=path)

    indices = blocks_of(network, address).indices(Span(0, 0, 10), pause=at_once)

    undisturbed = blocks_of(DisturbedNetwork(), address).indices(Span(0, 0, 10))
    assert indices.tolist() == undisturbed.tolist()
    assert network.is_calm


def test_a_digest_that_is_no_json_is_waited_out(address: str) -> None:
    network = DisturbedNetwork(*[answered(200, "<html>")] * 5, path=DIGEST)

    indices = blocks_of(network, address).indices(Span(0, 0, 10), pause=at_once)

    assert len(indices) == 40
    assert network.is_calm


def test_whoever_stays_in_place_of_the_service_is_told_when_patience_is_over(address: str) -> None:
    network = DisturbedNetwork(*[answered(404, "default backend")] * 10_000, path=MANIFEST)

    with pytest.raises(ServiceUnavailableError, match=r"404 Not Found.*; tried [0-9]+ times"):
        blocks_of(network, address, patience=0.3).indices(Span(0, 0, 10))


def test_an_older_service_is_not_waited_for(address: str) -> None:
    older = answered(404, OLDER, content_type=PROBLEM)
    network = DisturbedNetwork(older, path=DIGEST)

    with pytest.raises(UnexpectedAnswerError, match="older than this client"):
        blocks_of(network, address).indices(Span(0, 0, 10), pause=at_once)

    assert len(network.asked(DIGEST)) == 1


@pytest.mark.parametrize("path", [MANIFEST, DIGEST])
def test_patience_bounds_all_requests_of_a_block_together(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    clock, content = PausedClock(), bytes(16)
    monkeypatch.setattr(persistence, "time", clock)

    def answer(request: httpx.Request) -> httpx.Response:
        clock.pause(8.0)
        told = {"sha256": "0" * 64, "bytes": len(content)}
        if not request.url.path.endswith(path):
            return unreachable(request, answer)
        if path == DIGEST:
            return httpx.Response(200, json=told)
        return httpx.Response(200, stream=httpx.ByteStream(content))

    blocks = made_blocks(DisturbedNetwork(answer=answer), seconds=30.0)

    with pytest.raises(ServiceUnavailableError):
        blocks.indices(Span(0, 0, 1), pause=clock.pause)

    assert clock.monotonic() <= 30.0 + 8.0


def test_patience_bounds_the_attempts_after_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, content = PausedClock(), bytes(16)
    monkeypatch.setattr(persistence, "time", clock)

    def answer(request: httpx.Request) -> httpx.Response:
        clock.pause(12.0)
        if request.url.path.endswith(DIGEST):
            return httpx.Response(200, json={"sha256": "0" * 64, "bytes": len(content)})
        return httpx.Response(200, stream=httpx.ByteStream(content))

    blocks = made_blocks(DisturbedNetwork(answer=answer), seconds=30.0)

    with pytest.raises(ServiceUnavailableError, match="takes too long"):
        blocks.indices(Span(0, 0, 1), pause=clock.pause)

    assert clock.monotonic() <= 30.0 + 12.0
