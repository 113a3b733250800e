import pickle
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest
from epochplan_client import (
    InvalidArgumentError,
    Mismatch,
    PlanMismatchError,
    Planner,
    RequestRefusedError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)

from tests.client.disturbances import DisturbedNetwork, busy, cut_off, reset, unreachable
from tests.running import free_port

SPEC: dict[str, Any] = {"dataset_size": 2_000, "global_batch_size": 10, "epochs": 10}


def answering(status: int, **answer: Any) -> Planner:
    """A planner of something that always answers the same."""
    network = DisturbedNetwork(answer=lambda _: httpx.Response(status, **answer))
    return Planner("http://somewhere", transport=network)


def test_the_numbers_of_a_plan_are_attributes(planner: Planner) -> None:
    plan = planner.plan(SPEC)

    assert (plan.total_steps, plan.steps_per_epoch, plan.epochs) == (2_000, 200, 10)
    assert plan.spec["micro_batch_size"] == 10


def test_a_plan_is_the_whole_document(planner: Planner, address: str) -> None:
    plan = planner.plan(SPEC)

    assert dict(plan) == httpx.post(f"{address}/v1/plans", json=SPEC).json()


def test_a_plan_is_read_again_by_its_plan_id(planner: Planner) -> None:
    plan = planner.plan(SPEC)

    again = planner.read(plan.plan_id)

    assert again == plan
    assert {again, plan} == {plan}


def test_a_refusal_names_every_fault(planner: Planner) -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        planner.plan({"dataset_size": 0, "global_batch_size": -1, "epochs": 1})

    assert refusal.value.status == 422
    assert {fault.pointer for fault in refusal.value.faults} >= {
        "/dataset_size",
        "/global_batch_size",
    }


def test_a_damaged_plan_id_is_refused(planner: Planner) -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        planner.read("ep1_AAAA")

    assert refusal.value.status == 404


MOMENTS = {
    "429": busy(429),
    "503": busy(503, retry_after="0"),
    "502": busy(502),
    "reset": reset,
    "unreachable": unreachable,
    "cut off": cut_off(7),
}


@pytest.mark.parametrize("disturbance", MOMENTS.values(), ids=MOMENTS)
def test_what_is_over_in_a_moment_is_tried_again(address: str, disturbance: Any) -> None:
    network = DisturbedNetwork(disturbance, disturbance)

    plan = Planner(address, transport=network).plan(SPEC)

    assert plan.total_steps == 2_000
    assert len(network.requests) == 3


def test_no_more_is_asked_than_the_retries_allow() -> None:
    network = DisturbedNetwork(
        answer=lambda request: reset(request, httpx.HTTPTransport().handle_request)
    )

    with pytest.raises(ServiceUnavailableError, match=r"connection reset by peer; tried 3 times"):
        Planner("http://somewhere", retries=2, transport=network).plan(SPEC)

    assert len(network.requests) == 3


def test_a_service_that_is_not_there_is_named() -> None:
    address = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(ServiceUnavailableError, match=f"the service at {address} does not answer"):
        Planner(address, retries=1).plan(SPEC)


@pytest.mark.parametrize("content", [b"<html>hello</html>", b"[]", b'{"plan_id": 1}'])
def test_what_is_not_epochplan_is_called_so(content: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"Epochplan"):
        answering(200, content=content).plan(SPEC)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with pytest.raises(UnexpectedAnswerError, match="is the address right"):
        answering(200, content=bytes(2**26 + 1)).plan(SPEC)


class Dripping(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            time.sleep(0.02)
            yield b" "


def test_the_time_of_a_call_is_bounded_where_an_answer_drips() -> None:
    network = DisturbedNetwork(answer=lambda _: httpx.Response(200, stream=Dripping()))

    with pytest.raises(ServiceUnavailableError, match="the answer takes too long"):
        Planner("http://somewhere", total_seconds=0.1, transport=network).plan(SPEC)


def test_a_plan_has_as_many_fields_as_its_document(planner: Planner) -> None:
    plan = planner.plan(SPEC)

    assert len(plan) == len(plan.document)


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ftp://host", "http://", "http://host?x=1", "http://host:x"]
)
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(InvalidArgumentError, match="url"):
        Planner(url)


@pytest.mark.parametrize(
    "option",
    [
        {"timeout": 0},
        {"timeout": float("nan")},
        {"retries": -1},
        {"retries": 1.5},
        {"total_seconds": -1.0},
        {"total_seconds": float("nan")},
    ],
    ids=str,
)
def test_an_option_that_cannot_be_meant_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match=next(iter(option))):
        Planner("http://somewhere", **option)


@pytest.mark.parametrize("value", [np.int64(10), float("nan"), {1}])
def test_a_spec_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(InvalidArgumentError, match="cannot be written as JSON"):
        Planner("http://somewhere").plan(SPEC | {"dataset_size": value})


@pytest.mark.parametrize("value", ["8", 8.0, None])
def test_what_a_job_sees_is_integers(value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=r"data_parallel_size .* is no integer"):
        Planner("http://somewhere").verify("ep1_x", data_parallel_size=value)


@pytest.mark.parametrize(
    "plan_id", ["", "../cursor", "ep1_ä", "a b", "ep1_x?y=1", 5, None, b"ep1_x"]
)
def test_a_plan_id_that_is_none_is_not_asked_for(plan_id: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="plan_id"):
        Planner("http://somewhere").read(plan_id)


def test_many_threads_share_a_planner(address: str) -> None:
    planner = Planner(address)

    with ThreadPoolExecutor(16) as pool:
        plans = list(pool.map(lambda _: planner.plan(SPEC), range(64)))

    planner.close()
    assert set(plans) == {plans[0]}


def test_a_pickled_planner_connects_anew(planner: Planner) -> None:
    plan = planner.plan(SPEC)

    copied = pickle.loads(pickle.dumps(planner))  # noqa: S301 - our own bytes

    with copied:
        assert copied.read(plan.plan_id) == plan


def test_a_planner_that_was_closed_can_be_used_again(planner: Planner) -> None:
    plan = planner.plan(SPEC)

    planner.close()

    assert planner.read(plan.plan_id) == plan


def test_a_job_that_is_as_planned_is_verified(planner: Planner) -> None:
    plan_id = planner.plan(SPEC).plan_id

    planner.verify(plan_id, dataset_size=2_000, data_parallel_size=1, global_batch_size=10)


def test_a_job_that_is_not_as_planned_is_told_every_mismatch(planner: Planner) -> None:
    plan_id = planner.plan(SPEC).plan_id

    with pytest.raises(PlanMismatchError, match="data_parallel_size is 8 here and 1 in") as error:
        planner.verify(plan_id, dataset_size=1_999, data_parallel_size=8, global_batch_size=10)

    assert set(error.value.mismatches) == {
        Mismatch("dataset_size", 1_999, 2_000),
        Mismatch("data_parallel_size", 8, 1),
    }


def test_what_cannot_be_verified_is_refused_as_such(planner: Planner) -> None:
    plan_id = planner.plan(SPEC).plan_id

    with pytest.raises(RequestRefusedError) as refusal:
        planner.verify(plan_id, learning_rate=3)

    assert refusal.value.status == 422


def test_errors_come_out_of_a_process_as_they_were(planner: Planner) -> None:
    with pytest.raises(RequestRefusedError) as refusal:
        planner.plan({"dataset_size": 0, "global_batch_size": 1, "epochs": 1})

    copied = pickle.loads(pickle.dumps(refusal.value))  # noqa: S301 - our own bytes

    assert (str(copied), copied.faults) == (str(refusal.value), refusal.value.faults)
