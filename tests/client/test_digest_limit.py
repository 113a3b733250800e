"""A service that digests little at a time is read in blocks that it does digest."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from epochplan_client import PlannedBatchSampler, Planner, Reading, RequestRefusedError
from epochplan_client.clock import Span

from tests.client.disturbances import DisturbedNetwork, answered
from tests.client.reading import micro_batches, spec_of
from tests.running import running_service

LIMIT = 100_000
LARGE = spec_of(dataset_size=1_000_000, micro_batch_size=5_000, epochs=1)
REFUSED: dict[str, Any] = {
    "status": 422,
    "code": "work-limit-exceeded",
    "detail": "too long",
    "errors": [{"pointer": "/stop_step", "code": "digest-too-long", "nearest": []}],
}


@pytest.fixture(scope="module")
def small_service() -> Iterator[str]:
    with running_service(EPOCHPLAN_WORK_INDICES=str(LIMIT)) as (address, _):
        yield address


def refusing(**fault: Any) -> Any:
    problem = httpx.Response(422, json=REFUSED | {"errors": [REFUSED["errors"][0] | fault]})
    return answered(422, problem.text, content_type="application/problem+json")


def test_blocks_are_as_large_as_a_digest_may_be(small_service: str) -> None:
    network = DisturbedNetwork()
    planner = Planner(small_service, transport=network)
    plan = planner.plan(LARGE)
    sampler = PlannedBatchSampler(planner, plan, rank=1, reading=Reading(patience=30.0))

    lists = list(sampler)

    assert lists == micro_batches(plan.plan_id, epoch=0, rank=1)


def test_what_is_too_large_is_asked_for_once_and_downloaded_never(small_service: str) -> None:
    network = DisturbedNetwork()
    planner = Planner(small_service, transport=network)
    plan = planner.plan(LARGE)

    list(PlannedBatchSampler(planner, plan, rank=1))

    # 500,000 indices of this rank, 10,000 a step
    assert len(network.asked("manifest.raw")) == 5
    assert len(network.asked("digest")) == 5 + 1


def test_a_step_that_is_too_large_by_itself_is_refused(small_service: str) -> None:
    planner = Planner(small_service)
    plan = planner.plan(LARGE | {"micro_batch_size": 60_000})

    with pytest.raises(RequestRefusedError) as refusal:
        list(PlannedBatchSampler(planner, plan, rank=1))

    assert refusal.value.code == "work-limit-exceeded"


@pytest.mark.parametrize(
    "fault",
    [
        {"nearest": []},
        {"nearest": [2]},
        {"nearest": [7]},
        {"nearest": ["3"]},
        {"pointer": "/epoch", "nearest": [3]},
    ],
    ids=str,
)
def test_a_refusal_without_a_shorter_block_stays(address: str, fault: dict[str, Any]) -> None:
    network = DisturbedNetwork(refusing(**fault), path="digest")
    planner = Planner(address, transport=network)
    plan = planner.plan(spec_of())
    blocks = planner.blocks(plan, 1, planner.shapes(plan, 1, patience=30.0), patience=30.0)

    with pytest.raises(RequestRefusedError, match="too long"):
        blocks.indices(Span(0, 2, 7))

    assert len(network.asked("digest")) == 1


def test_another_refusal_stays_though_it_names_something_nearer(address: str) -> None:
    problem = '{"code": "x", "errors": [{"pointer": "/stop_step", "nearest": [3]}]}'
    other = answered(422, problem, content_type="application/problem+json")
    planner = Planner(address, transport=DisturbedNetwork(other, path="digest"))
    plan = planner.plan(spec_of())
    blocks = planner.blocks(plan, 1, planner.shapes(plan, 1, patience=30.0), patience=30.0)

    with pytest.raises(RequestRefusedError):
        blocks.indices(Span(0, 2, 7))


def test_a_limit_that_falls_is_learnt_anew(address: str) -> None:
    network = DisturbedNetwork(refusing(nearest=[6]), refusing(nearest=[4]), path="digest")
    planner = Planner(address, transport=network)
    plan = planner.plan(spec_of())
    blocks = planner.blocks(plan, 1, planner.shapes(plan, 1, patience=30.0), patience=30.0)

    indices = blocks.indices(Span(0, 2, 7)).tolist()

    asked = [request.url.params["stop_step"] for request in network.asked("digest")]
    assert asked == ["7", "6", "4", "6", "7"]
    lists = micro_batches(plan.plan_id, epoch=0, rank=1, start_step=2)
    assert indices == [index for each in lists for index in each][: len(indices)]
    assert len(indices) == 5 * 6
