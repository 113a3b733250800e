"""A service that goes away and comes back while training runs."""

import threading
from collections.abc import Iterator

import pytest
from epochplan_client import PlannedBatchSampler, Planner, Reading, ServiceUnavailableError

from tests.client.reading import micro_batches, spec_of
from tests.client.restartable import RestartableService

LONG = spec_of(dataset_size=2_000, epochs=2)
PATIENT = Reading(block_bytes=400, blocks_ahead=1, patience=60.0)
IMPATIENT = Reading(block_bytes=400, blocks_ahead=1, patience=1.0)


@pytest.fixture(scope="module")
def service() -> Iterator[RestartableService]:
    with RestartableService() as service:
        yield service


def test_training_goes_on_when_the_service_comes_back(service: RestartableService) -> None:
    planner = Planner(service.address, timeout=2.0)
    plan = planner.plan(LONG)
    sampler = PlannedBatchSampler(planner, plan, rank=1, reading=PATIENT)
    begun = iter(sampler)
    first = next(begun)
    service.stop()
    comeback = threading.Timer(1.0, service.start, kwargs={"wait": False})
    comeback.start()

    read = [first, *begun, *sampler]

    comeback.join()
    assert read == [
        *micro_batches(plan.plan_id, epoch=0, rank=1),
        *micro_batches(plan.plan_id, epoch=1, rank=1),
    ]


def test_patience_begins_when_training_waits(service: RestartableService) -> None:
    planner = Planner(service.address, timeout=2.0)
    plan = planner.plan(LONG)
    sampler = PlannedBatchSampler(planner, plan, rank=1, reading=IMPATIENT)
    begun = iter(sampler)
    first = next(begun)
    service.stop()
    read = [first]
    with pytest.raises(ServiceUnavailableError, match=f"the service at {service.address}"):
        read.extend(begun)
    service.start()

    sampler.load_state_dict(sampler.state_dict(step=0))

    whole = micro_batches(plan.plan_id, epoch=0, rank=1)
    assert 0 < len(read) < len(whole)
    assert read == whole[: len(read)]
    assert list(sampler) == whole
