from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.passes import PassPoint
from app.plan.planner import Plan
from tests.frameworks.asking import lists_of
from tests.frameworks.megatron_specs import numbers_of, planned
from tests.strategies import sparingly

SINGLE: dict[str, Any] = {"dataloader_type": "single"}
CYCLIC: dict[str, Any] = {"dataloader_type": "cyclic"}
DEALT: dict[str, Any] = {**CYCLIC, "data_sharding": False}
LOADERS: st.SearchStrategy[dict[str, Any]] = st.sampled_from([SINGLE, CYCLIC, DEALT])


@st.composite
def plans(draw: st.DrawFn, loaders: st.SearchStrategy[dict[str, Any]] = LOADERS) -> Plan:
    sizes = [draw(st.integers(1, most)) for most in (4, 3, 4)]
    step = sizes[0] * sizes[1] * sizes[2]
    loader = draw(loaders)
    size = draw(st.integers(step, 6 * step))
    steps = draw(st.integers(1, size // step if loader is SINGLE else 15))
    fields = {
        "dataset_size": size,
        "micro_batch_size": sizes[0],
        "gradient_accumulation_steps": sizes[1],
        "data_parallel_size": sizes[2],
        "steps": steps,
    }
    return planned(fields, **loader)


def test_the_loader_follows_the_method() -> None:
    orders = [planned({"sampling": {"method": method}}) for method in ("sequential", "shuffle")]

    loaders = [plan.spec.framework.options.given("dataloader_type") for plan in orders]

    assert loaders == ["single", "cyclic"]


@pytest.mark.parametrize(("loader", "method"), [("single", "sequential"), ("cyclic", "shuffle")])
def test_a_method_that_is_not_given_follows_the_loader(loader: str, method: str) -> None:
    plan = planned({}, dataloader_type=loader)

    assert plan.spec.sampling.method == method
    assert plan.plan_id == planned({"sampling": {"method": method}}).plan_id


def test_a_batch_that_is_decreased_is_named_like_the_one_that_is_given() -> None:
    given_there = planned({"global_batch_size": 8}, decrease_batch_size_if_needed=True)

    given_here = planned(
        {"gradient_accumulation_steps": 2},
        decrease_batch_size_if_needed=True,
        global_batch_size=8,
    )

    assert given_there.spec == given_here.spec


@pytest.mark.parametrize(
    "fields",
    [{"global_batch_size": 9}, {"global_batch_size": 6, "gradient_accumulation_steps": 2}, {}],
)
def test_a_batch_that_comes_out_is_not_decreased(fields: dict[str, int]) -> None:
    plan = planned(fields, decrease_batch_size_if_needed=True)

    assert plan.spec.framework.options.given("global_batch_size") is None


def test_train_samples_are_rounded_down_to_iterations() -> None:
    plans = [planned({"samples": samples, "micro_batch_size": 4}) for samples in (7, 8, 11, 12)]

    assert [plan.run.total_steps for plan in plans] == [1, 2, 2, 3]


def test_epochs_are_passes_given_in_samples() -> None:
    plan = planned({"epochs": "2.5", "gradient_accumulation_steps": 2})

    assert plan.run.total_steps == 52 // 6


def test_epochs_of_steps_are_iterations() -> None:
    plan = planned({"epochs": "2.5", "steps_per_epoch": 3})

    assert plan.run.total_steps == 8
    assert [plan.run.steps_in_epoch(epoch) for epoch in range(3)] == [3, 3, 2]


def test_tokens_are_samples_first() -> None:
    plan = planned({"tokens": 1_000, "tokens_per_sample": 100})

    assert plan.run.total_steps == 3


def test_the_numbers_of_the_datasets_follow_from_the_evaluations() -> None:
    plan = planned({"steps": 50, "global_batch_size": 6}, eval_interval=20, eval_iters=5)

    numbers = numbers_of(plan)

    assert numbers["train_samples"] == 300
    assert numbers["eval_samples"] == 3 * 5 * 6
    assert numbers["test_samples"] == 5 * 6


def test_a_blend_says_how_many_samples_it_takes_of_each_dataset() -> None:
    plan = planned({"dataset_size": 12}, blend=[7, 2, 1])

    numbers = numbers_of(plan)

    assert numbers["blend_counts"] == [8, 3, 1]
    assert numbers["blend_offsets"] == [0, 8, 11]


def test_whole_datasets_are_counted_without_looking_at_them() -> None:
    plan = planned({"dataset_size": 2**62}, blend_sizes=[2**61, 2**60, 2**60])

    numbers = numbers_of(plan)

    assert numbers["blend_offsets"] == [0, 2**61, 2**61 + 2**60]


def test_a_blend_is_read_through_the_sampler() -> None:
    plan = planned({"dataset_size": 12, "steps": 4}, **SINGLE, blend=[7, 2, 1])

    lists = lists_of(plan)

    assert lists == [[[0, 8, 1], [11, 2, 3], [4, 9, 5], [6, 7, 10]]]


def test_a_rank_may_have_less_in_the_last_micro_step() -> None:
    fields = {"dataset_size": 10, "micro_batch_size": 2, "data_parallel_size": 2, "steps": 3}

    lists = lists_of(planned(fields, **SINGLE, drop_last=False))

    assert lists == [[[0, 1], [4, 5], [8, 9]], [[2, 3], [6, 7]]]


def test_steps_grow_along_the_ramp() -> None:
    plan = planned(
        {"samples": 500, "micro_batch_size": 8, "gradient_accumulation_steps": 4},
        rampup_batch_size=[8, 8, 96],
    )

    numbers = numbers_of(plan)

    assert numbers["global_batch_sizes"] == [[0, 8], [4, 16], [6, 24], [8, 32]]
    assert numbers["num_microbatches"] == [[0, 1], [4, 2], [6, 3], [8, 4]]
    assert (numbers["train_iters"], numbers["consumed_train_samples"]) == (20, 496)


@sparingly
@given(plan=plans())
def test_every_step_is_read_in_whole_micro_batches(plan: Plan) -> None:
    batch = plan.spec.batch

    sizes = {
        len(micro_batch)
        for epoch in range(plan.run.epochs)
        for rank in lists_of(plan, epoch)
        for micro_batch in rank
    }

    assert sizes == {batch.micro_batch_size}


@sparingly
@given(plan=plans(), data=st.data())
def test_the_lists_from_a_step_on_are_the_end_of_the_lists(plan: Plan, data: st.DataObject) -> None:
    epoch = data.draw(st.integers(0, plan.run.epochs - 1))
    start = data.draw(st.integers(0, plan.run.steps_in_epoch(epoch)))

    tail = lists_of(plan, epoch, start)

    skipped = start * plan.spec.batch.gradient_accumulation_steps
    assert tail == [rank[skipped:] for rank in lists_of(plan, epoch)]


@sparingly
@given(plan=plans(loaders=st.just(SINGLE)))
def test_single_reads_the_dataset_from_its_head(plan: Plan) -> None:
    read = np.sort(np.concatenate(lists_of(plan), axis=None))

    assert read.tolist() == list(range(plan.run.total_samples))
    assert plan.coverage.distinct_samples == len(read)


@sparingly
@given(plan=plans(loaders=st.just(CYCLIC)))
def test_with_sharding_a_run_covers_whole_micro_steps_of_the_dataset(plan: Plan) -> None:
    read = {
        sample
        for epoch in range(plan.run.epochs)
        for sample in np.concatenate(lists_of(plan, epoch), axis=None).tolist()
    }

    assert plan.coverage.exact
    assert plan.coverage.distinct_samples == len(read)


def test_work_is_the_passes_that_an_epoch_touches() -> None:
    even, crossing = planned({"steps": 20}), planned({"steps": 20, "global_batch_size": 6})
    dealt = planned({"dataset_size": 14, "micro_batch_size": 2, "data_parallel_size": 4}, **DEALT)

    work = [plan.framework.table_work(plan.spec, 0) for plan in (even, crossing, dealt)]

    assert work == [21, 2 * 21, 2 * 14]


def test_in_order_nothing_is_computed_but_a_blend() -> None:
    plans = [planned({}, **SINGLE), planned({}, **SINGLE, blend=[1, 1])]

    work = [plan.framework.table_work(plan.spec, 0) for plan in plans]

    assert work == [0, 44]


def test_a_position_stands_in_the_pass_of_its_stream() -> None:
    plan = planned({"steps": 20, "global_batch_size": 6})

    point = plan.pass_point(1, 0)

    assert point == PassPoint(1, 3)


def test_neither_seed_nor_steps_change_the_sequence() -> None:
    plans = [
        planned({"steps": 5}),
        planned({"samples": 60, "global_batch_size": 6, "sampling": {"seed": 9}}),
        planned({"steps": 5}, **DEALT),
    ]

    keys = [plan.framework.sequence_key(plan.spec, plan.run) for plan in plans]

    assert keys[0] == keys[1] != keys[2]


def test_what_is_promised_was_executed() -> None:
    promise = planned({}).framework.promise

    assert promise.verified == ("0.16.1",)
