"""The orders of the client are those of the service, byte by byte."""

from typing import Any

import httpx
import numpy as np
import pytest
from epochplan_client import InvalidArgumentError, OfflineOrder, Planner, UnsupportedPlanError
from epochplan_client.clock import Span
from epochplan_client.native_draws import Draws
from epochplan_client.native_permutation import Permutation
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.spec import TrainingSpec
from app.manifest.selection import select
from app.plan.plan_id import encode_plan_id
from app.plan.planner import Plan, make_plan
from app.sampling.filling import filled
from tests.client.reading import spec_of, whole_epoch
from tests.sampling.test_document import Vector, vectors
from tests.strategies import specs

SLICE_STEPS = 40
SLICE_SAMPLES = 300

PASS_SPECS: dict[str, dict[str, Any]] = {
    "sequential": {"sampling": {"method": "sequential"}},
    "shuffle": {"sampling": {"seed": 2**64 - 1}},
    "shuffle_once": {"sampling": {"method": "shuffle_once", "seed": 5}},
    "with_replacement": {"sampling": {"method": "with_replacement", "seed": 5}},
}
VIRTUAL_SPECS = PASS_SPECS | {"random_sample": {"sampling": {"method": "random_sample"}}}
SIZES = [1, 2, 255, 65_535, 65_536, 65_537, 70_001]
HUGE = [2**32 + 1, 10**12, 2**60, 2**60 + 1, 2**62 + 1, 2**63 - 1]


def offline(plan_id: str) -> OfflineOrder:
    return OfflineOrder(Planner.offline().read(plan_id))


@pytest.mark.parametrize("vector", vectors(), ids=str)
def test_it_computes_the_vectors_of_the_specification(vector: Vector) -> None:
    purpose, seed, number, size, position, sample_index = vector
    source = (
        Draws(seed, number, size)
        if "draw" in purpose
        else Permutation(purpose.encode(), seed, number, size)
    )

    assert source.at(range(position, position + 1)).tolist() == [sample_index]


@pytest.mark.parametrize("remainder", ["keep", "drop", "pad"])
@pytest.mark.parametrize("method", PASS_SPECS)
@pytest.mark.parametrize("size", SIZES)
def test_passes_are_those_of_the_service(
    planner: Planner, size: int, method: str, remainder: str
) -> None:
    fields = PASS_SPECS[method] | {"remainder": remainder, "dataset_size": size}
    batch = {"micro_batch_size": None, "data_parallel_size": 1, "global_batch_size": min(size, 48)}
    plan = planner.plan(spec_of(**fields, **batch, gradient_accumulation_steps=1))

    orders = [
        offline(plan.plan_id).indices(epoch, range(plan.samples_per_epoch)) for epoch in range(3)
    ]

    np.testing.assert_array_equal(orders, [whole_epoch(plan.plan_id, each) for each in range(3)])


@pytest.mark.parametrize("method", VIRTUAL_SPECS)
@pytest.mark.parametrize("size", [48, *SIZES[2:]])
def test_virtual_epochs_are_those_of_the_service(planner: Planner, size: int, method: str) -> None:
    steps = min(size // 12, 9_000)  # beyond one pass where the dataset is small
    plan = planner.plan(spec_of(dataset_size=size, steps_per_epoch=steps, **VIRTUAL_SPECS[method]))

    orders = [
        offline(plan.plan_id).indices(epoch, range(plan.samples_per_epoch)) for epoch in range(3)
    ]

    np.testing.assert_array_equal(orders, [whole_epoch(plan.plan_id, each) for each in range(3)])


@pytest.mark.parametrize("method", PASS_SPECS)
@pytest.mark.parametrize("size", HUGE)
def test_huge_datasets_are_those_of_the_service(planner: Planner, size: int, method: str) -> None:
    plan = planner.plan(spec_of(dataset_size=size, data_parallel_size=1_000, **PASS_SPECS[method]))
    start = plan.steps_per_epoch // 2
    span = Span(2, start, min(start + SLICE_STEPS, plan.steps_per_epoch))
    raw = {"rank": 999, "start_step": span.start_step, "stop_step": span.stop_step}

    indices = offline(plan.plan_id).rank_indices(span, rank=999)

    assert indices.tobytes() == _raw(planner, plan.plan_id, span.epoch, raw)


@st.composite
def slices(draw: st.DrawFn) -> tuple[Plan, Span, int]:
    """Any native plan, and a short slice of one rank somewhere in it."""
    spec: TrainingSpec = draw(specs())
    plan = make_plan(spec)
    epoch = draw(st.integers(0, plan.run.epochs - 1))
    steps = plan.run.steps_in_epoch(epoch)
    start = draw(st.integers(0, steps))
    rank = draw(st.integers(0, spec.batch.data_parallel_size - 1))
    share = spec.batch.micro_batch_size * spec.batch.gradient_accumulation_steps
    most = max(0, min(SLICE_STEPS, SLICE_SAMPLES // share))
    return plan, Span(epoch, start, min(steps, start + most)), rank


@given(slices())
def test_any_slice_of_any_plan_is_that_of_the_service(case: tuple[Plan, Span, int]) -> None:
    plan, span, rank = case
    selection = select(
        plan, epoch=span.epoch, rank=rank, start_step=span.start_step, stop_step=span.stop_step
    )

    indices = offline(encode_plan_id(plan.spec)).rank_indices(span, rank=rank)

    np.testing.assert_array_equal(indices, filled(selection.order(), selection.members))


@given(slices(), st.integers(1, 2**40), st.data())
def test_any_stride_reads_the_same_order(
    case: tuple[Plan, Span, int], stride: int, data: st.DataObject
) -> None:
    plan, span, _ = case
    samples = plan.run.samples_in_epoch(span.epoch)
    start = data.draw(st.integers(0, samples - 1))
    positions = range(start, samples, stride)[:50]
    out = np.empty(len(positions), np.int64)
    plan.order(span.epoch).fill(out, start=start, stride=stride)

    indices = offline(encode_plan_id(plan.spec)).indices(span.epoch, positions)

    np.testing.assert_array_equal(indices, out)


def test_no_position_gives_no_sample(planner: Planner) -> None:
    order = offline(planner.plan(spec_of()).plan_id)

    assert order.indices(0, range(5, 5)).tolist() == []


@pytest.mark.parametrize(
    ("epoch", "positions", "told"),
    [
        (3, range(1), "epoch 3 is not within the 3 epochs"),
        (0, range(102), "not within the 101 positions"),
        (0, range(-1, 5), "not within the 101 positions"),
        (0, range(5, 2, -1), "not within the 101 positions"),
    ],
)
def test_there_is_nothing_beyond_an_epoch(
    planner: Planner, epoch: int, positions: range, told: str
) -> None:
    order = offline(planner.plan(spec_of()).plan_id)

    with pytest.raises(InvalidArgumentError, match=told):
        order.indices(epoch, positions)


def test_orders_of_other_frameworks_are_left_to_the_service(planner: Planner) -> None:
    plan = planner.plan(spec_of(framework="pytorch"))

    with pytest.raises(UnsupportedPlanError, match=r"torch-2\.13-cpu cannot be computed offline"):
        OfflineOrder(plan)


def _raw(planner: Planner, plan_id: str, epoch: int, query: dict[str, int]) -> bytes:
    url = f"{planner.url}/v1/plans/{plan_id}/epochs/{epoch}/manifest.raw"
    return httpx.get(url, params=query).content
