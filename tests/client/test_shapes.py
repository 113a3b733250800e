"""What a service tells about the shape of an epoch is believed only where it fits together."""

from typing import Any

import httpx
import pytest
from epochplan_client import (
    PlannedBatchSampler,
    Planner,
    RequestRefusedError,
    UnexpectedAnswerError,
    UnsupportedPlanError,
)
from epochplan_client.clock import Span

from tests.client.disturbances import Answer, DisturbedNetwork, answered, unreachable
from tests.client.reading import spec_of


def reading(address: str, network: DisturbedNetwork) -> PlannedBatchSampler:
    planner = Planner(address, transport=network)
    return PlannedBatchSampler(planner, planner.plan(spec_of(framework="pytorch")), rank=0)


def without_size(request: httpx.Request, _answer: Answer) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(b""), request=request)


def untouched(request: httpx.Request, answer: Answer) -> httpx.Response:
    return answer(request)


def with_another_length(request: httpx.Request, answer: Answer) -> httpx.Response:
    whole = answer(request)
    whole.read()
    page: dict[str, Any] = whole.json() | {"steps_in_epoch": 1}
    return httpx.Response(200, json=page)


def test_a_size_that_is_not_told_is_not_guessed(address: str) -> None:
    sampler = reading(address, DisturbedNetwork(without_size, path="manifest.raw"))

    with pytest.raises(UnexpectedAnswerError, match="does not tell the size"):
        len(sampler)


def test_epochs_of_different_lengths_are_refused(address: str) -> None:
    sampler = reading(address, DisturbedNetwork(untouched, with_another_length, path="/manifest"))

    with pytest.raises(UnsupportedPlanError, match="epochs of different lengths"):
        len(sampler)


def test_the_shape_of_an_epoch_is_asked_for_once(address: str) -> None:
    network = DisturbedNetwork()
    sampler = reading(address, network)

    lengths = {len(sampler) for _ in range(5)}

    assert len(lengths) == 1
    assert len(network.asked("/manifest")) == 2


def test_whoever_ends_the_waiting_for_a_block_ends_that_for_its_shape(address: str) -> None:
    planner = Planner(address, transport=DisturbedNetwork(unreachable, path="/manifest"))
    plan = planner.plan(spec_of(framework="pytorch"))
    shapes = planner.shapes(plan, 0, patience=60.0)

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        planner.blocks(plan, 0, shapes, patience=60.0).indices(Span(0, 0, 1), pause=stop)


def test_the_shape_of_an_epoch_is_waited_for_while_somebody_else_answers(address: str) -> None:
    network = DisturbedNetwork(answered(404, "default backend"), path="/manifest")
    sampler = reading(address, network)

    length = len(sampler)

    assert length == len(reading(address, DisturbedNetwork()))
    assert network.is_calm


def test_a_refusal_that_has_no_body_is_not_tried_again(address: str) -> None:
    refused = answered(422, "", content_type="application/problem+json")
    network = DisturbedNetwork(refused, path="manifest.raw")
    sampler = reading(address, network)

    with pytest.raises(RequestRefusedError, match="422"):
        len(sampler)

    assert len(network.asked("/manifest")) == 1
