"""A sampler in another process: pickled into it, or forked with it."""

import os
import pickle

import pytest
from epochplan_client import PlannedBatchSampler, Planner, Reading

from tests.client.reading import micro_batches, spec_of

SMALL_BLOCKS = Reading(block_bytes=64)


def test_a_pickled_sampler_goes_on_where_the_state_stands(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=1, reading=SMALL_BLOCKS)
    next(iter(sampler))
    sampler.completed(4)

    copied = pickle.loads(pickle.dumps(sampler))  # noqa: S301 - our own bytes

    assert copied.state_dict() == sampler.state_dict()
    copied.set_epoch(0)
    assert list(copied) == micro_batches(plan.plan_id, epoch=0, rank=1, start_step=4)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_reads_on_its_own(planner: Planner) -> None:
    plan = planner.plan(spec_of())
    sampler = PlannedBatchSampler(planner, plan, rank=1, reading=SMALL_BLOCKS)
    begun = iter(sampler)
    first = next(begun)

    child = os.fork()
    if not child:
        os._exit(int([first, *begun] != micro_batches(plan.plan_id, epoch=0, rank=1)))
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert [first, *begun] == micro_batches(plan.plan_id, epoch=0, rank=1)
