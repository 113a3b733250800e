"""Blocks are what the service says, or there are none."""

from hashlib import sha256
from itertools import chain
from typing import Any

import httpx
import numpy as np
import pytest
from epochplan_client import (
    DamagedBlockError,
    PlannedBatchSampler,
    Planner,
    Reading,
    RequestRefusedError,
    ServiceUnavailableError,
    UnsupportedPlanError,
)
from epochplan_client.clock import Span

from tests.client.disturbances import (
    Disturbance,
    DisturbedNetwork,
    bit_flipped,
    busy,
    cut_off,
    ended_early,
    lengthened,
    range_ignored,
    reset,
    unreachable,
    with_header,
)
from tests.client.made_blocks import made_blocks

SPEC: dict[str, Any] = {
    "dataset_size": 1_000,
    "micro_batch_size": 4,
    "data_parallel_size": 2,
    "epochs": 1,
}
MANIFEST, DIGEST = "manifest.raw", "digest"


def read_by(network: DisturbedNetwork, address: str, *, patience: float = 30.0) -> list[int]:
    planner = Planner(address, transport=network)
    plan = planner.plan(SPEC)
    reading = Reading(block_bytes=500, patience=patience)
    return [*chain(*PlannedBatchSampler(planner, plan, rank=1, reading=reading))]


@pytest.fixture(scope="module")
def undisturbed(address: str) -> list[int]:
    return read_by(DisturbedNetwork(), address)


BLOCK_DISTURBANCES = {
    "503": busy(503),
    "429": busy(429, retry_after="0"),
    "502": busy(502),
    "reset": reset,
    "unreachable": unreachable,
    "cut off at once": cut_off(0),
    "cut off": cut_off(333),
    "ended early": ended_early(100),
    "lengthened": lengthened,
    "bit flipped": bit_flipped,
    "range ignored": range_ignored,
    "another range": with_header("content-range", "bytes 0-499/9999"),
    "no entity tag": with_header("etag", ""),
}
DIGEST_DISTURBANCES = {"503": busy(503), "reset": reset, "bit flipped": bit_flipped}


@pytest.mark.parametrize("disturbance", BLOCK_DISTURBANCES.values(), ids=BLOCK_DISTURBANCES)
def test_a_disturbed_block_arrives_as_if_nothing_had_been(
    address: str, undisturbed: list[int], disturbance: Disturbance
) -> None:
    network = DisturbedNetwork(disturbance, disturbance, path=MANIFEST)

    read = read_by(network, address)

    assert read == undisturbed
    assert network.is_calm


@pytest.mark.parametrize("disturbance", DIGEST_DISTURBANCES.values(), ids=DIGEST_DISTURBANCES)
def test_a_disturbed_digest_is_asked_for_again(
    address: str, undisturbed: list[int], disturbance: Disturbance
) -> None:
    network = DisturbedNetwork(disturbance, path=DIGEST)

    read = read_by(network, address)

    assert read == undisturbed
    assert network.is_calm


def test_a_block_that_was_cut_off_goes_on_where_it_was(address: str) -> None:
    network = DisturbedNetwork(cut_off(333), path=MANIFEST)

    read_by(network, address)

    first, second = network.asked(MANIFEST)[:2]
    assert first.headers["range"].startswith("bytes=0-")
    assert second.headers["range"].startswith("bytes=333-")
    assert second.headers["if-range"].startswith('"')


@pytest.mark.parametrize(
    ("disturbance", "told"),
    [
        (bit_flipped, "digest"),
        (lengthened, "more than"),
        (with_header("content-range", "bytes 0-9/10"), "bytes 0-9/10 instead of bytes 0-"),
    ],
    ids=["bit flipped", "lengthened", "another range"],
)
def test_what_is_damaged_again_and_again_never_reaches_training(
    address: str, disturbance: Disturbance, told: str
) -> None:
    network = DisturbedNetwork(*[disturbance] * 3, path=MANIFEST)

    with pytest.raises(DamagedBlockError, match=told):
        read_by(network, address)


def test_another_version_of_a_block_is_not_sewn_to_the_first_one(address: str) -> None:
    other = with_header("etag", '"other"')
    network = DisturbedNetwork(
        cut_off(333), other, cut_off(333), other, cut_off(333), other, path=MANIFEST
    )

    with pytest.raises(DamagedBlockError, match="another version"):
        read_by(network, address)


def test_a_service_that_stays_away_is_waited_for_with_patience_and_no_longer(address: str) -> None:
    network = DisturbedNetwork(*[unreachable] * 10_000, path=MANIFEST)

    with pytest.raises(ServiceUnavailableError, match=r"connection refused; tried [0-9]+ times"):
        read_by(network, address, patience=0.5)

    assert len(network.asked(MANIFEST)) > 1


def test_a_refusal_is_not_tried_again(address: str) -> None:
    def refused(request: Any, answer: Any) -> Any:
        request.url = request.url.copy_set_param("rank", 99)
        return answer(request)

    network = DisturbedNetwork(refused, path=MANIFEST)

    with pytest.raises(RequestRefusedError, match="rank"):
        read_by(network, address)

    assert len(network.asked(MANIFEST)) == 1


def test_a_place_without_a_sample_never_reaches_training() -> None:
    content = np.array([5, -1], "<i8").tobytes()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(DIGEST):
            told = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
            return httpx.Response(200, json=told)
        headers = {"content-range": f"bytes 0-{len(content) - 1}/{len(content)}"}
        return httpx.Response(206, headers=headers, stream=httpx.ByteStream(content))

    blocks = made_blocks(DisturbedNetwork(answer=answer), seconds=1.0)

    with pytest.raises(UnsupportedPlanError, match="places without a sample"):
        blocks.indices(Span(0, 0, 1))
