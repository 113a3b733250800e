from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.passes import PassPoint
from app.frameworks.grain.framework import VERSIONS
from app.sampling.layout import Layout, Progression
from tests.frameworks.asking import Asking, lists_of
from tests.strategies import sparingly

GRAIN_PLANS = Asking(
    {"name": "grain"}, {"dataset_size": 10, "micro_batch_size": 2, "data_parallel_size": 2}
)
APIS = ("DataLoader", "MapDataset", "ElasticIterator")
ONCE = {"sampling": {"method": "shuffle_once", "seed": 3}}


def flat(lists: list[list[list[int]]]) -> list[list[int]]:
    return [[each for micro_batch in rank for each in micro_batch] for rank in lists]


def test_a_loader_keeps_every_rank_in_its_own_range() -> None:
    plan = GRAIN_PLANS.plan({"epochs": 2, "sampling": {"seed": 3}})

    assert lists_of(plan, 0) == [[[4, 3], [0, 1], [2, 1]], [[9, 8], [5, 6], [7, 6]]]
    assert lists_of(plan, 1) == [[[0, 4], [3, 2]], [[5, 9], [8, 7]]]


def test_slices_of_a_dataset_go_round_the_ranks() -> None:
    plan = GRAIN_PLANS.plan({"epochs": 1, "sampling": {"method": "sequential"}}, api="MapDataset")

    assert lists_of(plan) == [[[0, 2], [4, 6], [8]], [[1, 3], [5, 7], [9]]]


def test_an_elastic_iterator_drops_what_fills_no_global_batch() -> None:
    fields = {"epochs": 1, "sampling": {"method": "sequential"}}

    plan = GRAIN_PLANS.plan(fields, api="ElasticIterator")

    assert lists_of(plan) == [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]


def test_a_dataset_that_is_shuffled_once_repeats_its_order() -> None:
    plan = GRAIN_PLANS.plan({"epochs": 4, "micro_batch_size": 1, **ONCE}, api="MapDataset")

    assert len({str(lists_of(plan, epoch)) for epoch in range(4)}) == 1


@pytest.mark.parametrize("epochs", [1, 3])
@pytest.mark.parametrize("api", APIS)
def test_whole_passes_visit_every_sample_in_every_epoch(api: str, epochs: int) -> None:
    plan = GRAIN_PLANS.plan({"dataset_size": 24, "epochs": epochs}, api=api)

    found = [sorted(chain(*flat(lists_of(plan, epoch)))) for epoch in range(epochs)]

    assert found == [[*range(24)]] * epochs


def test_workers_hand_over_micro_batches_in_turn() -> None:
    fields = {"data_parallel_size": 1, "epochs": 1, "sampling": {"method": "sequential"}}

    plan = GRAIN_PLANS.plan(fields, worker_count=3)

    assert lists_of(plan) == [[[0, 3], [1, 4], [2, 5], [6, 9], [7], [8]]]
    assert plan.run.total_micro_steps == plan.run.shape.micro_steps_per_epoch == 6


@pytest.mark.parametrize("workers", [2, 5, 2**62])
def test_workers_load_what_the_loader_loads_without_them(workers: int) -> None:
    fields = {"dataset_size": 31, "epochs": 1}

    plain, shared = (
        lists_of(GRAIN_PLANS.plan(fields, worker_count=count)) for count in (0, workers)
    )

    assert [sorted(rank) for rank in flat(shared)] == [sorted(rank) for rank in flat(plain)]
    assert shared != plain


def test_one_worker_is_as_good_as_none() -> None:
    plans = [GRAIN_PLANS.plan({"epochs": 3}, worker_count=count) for count in (0, 1)]

    assert lists_of(plans[0], 1) == lists_of(plans[1], 1)


def test_a_pipeline_derives_its_seed_however_long_the_given_one_is() -> None:
    fields = {"data_parallel_size": 1, "micro_batch_size": 10, "epochs": 1}

    plans = [
        GRAIN_PLANS.plan({**fields, "sampling": {"seed": seed}}, api=api, pipeline_seed=True)
        for api in APIS[1:]
        for seed in (42, 2**64 - 1)
    ]

    found = [lists_of(plan)[0][0] for plan in plans]
    assert found[0] == found[2] == [1, 7, 6, 9, 0, 8, 4, 5, 3, 2]
    assert found[1] == found[3] != found[0]


def test_a_virtual_epoch_is_so_many_steps_of_the_stream() -> None:
    through, virtual = (
        GRAIN_PLANS.plan(fields)
        for fields in ({"steps": 6}, {"epochs": "1.5", "steps_per_epoch": 4})
    )

    found = [lists_of(virtual, epoch) for epoch in range(virtual.run.epochs)]

    passes = [lists_of(through, epoch) for epoch in range(through.run.epochs)]
    assert [[*chain(*ranks)] for ranks in zip(*found, strict=True)] == [
        [*chain(*ranks)] for ranks in zip(*passes, strict=True)
    ]
    assert [len(lists[0]) for lists in found] == [4, 2]


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        ({"epochs": 3}, 8),
        ({"epochs": 3, "gradient_accumulation_steps": 3}, 3),
        ({"steps": 7}, 7),
        ({"samples": 13}, 4),
        ({"tokens": 100, "tokens_per_sample": 7}, 4),
        ({"epochs": 2, "steps_per_epoch": 5}, 10),
    ],
)
def test_the_length_of_a_run_is_counted_in_full_steps(fields: dict[str, Any], steps: int) -> None:
    assert GRAIN_PLANS.plan(fields).run.total_steps == steps


@pytest.mark.parametrize(
    ("fields", "options", "numbers"),
    [
        ({"epochs": 3}, {}, {"sampler_length": 30}),
        (
            {"epochs": 3, "dataset_size": 11},
            {"shard_drop_remainder": True},
            {"sampler_length": 30},
        ),
        ({"steps": 3}, {}, {"sampler_length": 2**63 - 1}),
        ({"epochs": 3}, {"api": "MapDataset"}, {"dataset_length": 30}),
    ],
)
def test_a_plan_tells_the_lengths_that_grain_tells(
    fields: dict[str, Any], options: dict[str, Any], numbers: dict[str, int]
) -> None:
    plan = GRAIN_PLANS.plan(fields, **options)

    assert plan.framework.numbers(plan.spec, plan.run) == numbers


def test_a_last_micro_step_that_some_ranks_drop_is_laid_out_in_blocks() -> None:
    plan = GRAIN_PLANS.plan({"dataset_size": 7, "epochs": 1}, api="MapDataset", drop_remainder=True)

    assert plan.framework.layout(plan.spec) is Layout.BLOCKED
    assert [len(rank) for rank in lists_of(plan)] == [2, 1]


@pytest.mark.parametrize("api", APIS)
def test_a_slice_of_a_huge_dataset_costs_no_more_than_itself(api: str) -> None:
    size = 2**61 + 12_345
    plan = GRAIN_PLANS.plan(
        {"dataset_size": size, "epochs": 10**12, "steps_per_epoch": 10}, api=api
    )

    work = plan.order(10**12 - 1).work(Progression(0, 1, 40))

    assert work < 10_000
    assert all(0 <= each < size for rank in flat(lists_of(plan, 10**12 - 1)) for each in rank)


def test_a_position_stands_in_the_pass_of_the_stream() -> None:
    plan = GRAIN_PLANS.plan({"epochs": 3})

    found = [plan.pass_point(epoch, position) for epoch, position in ((0, 9), (0, 10), (1, 0))]

    assert found == [PassPoint(0, 9), PassPoint(1, 0), PassPoint(1, 2)]


def test_a_sample_that_comes_again_in_an_epoch_is_no_padding() -> None:
    plan = GRAIN_PLANS.plan({"epochs": 3})

    assert not plan.framework.is_padding(plan.spec, plan.run, 11, repeated=True)


@sparingly
@given(data=st.data(), api=st.sampled_from(APIS), workers=st.integers(0, 3))
def test_every_position_of_a_sample_is_found(data: st.DataObject, api: str, workers: int) -> None:
    fields = {"dataset_size": data.draw(st.integers(2, 30)), "epochs": 3}
    plan = GRAIN_PLANS.plan(
        {"micro_batch_size": 1, **fields},
        api=api,
        **({"worker_count": workers} if api == "DataLoader" else {}),
    )
    epoch = data.draw(st.integers(0, plan.run.epochs - 1))
    sample_index = data.draw(st.integers(0, plan.spec.dataset_size - 1))
    stop = plan.run.samples_in_epoch(epoch)

    found = [*plan.order(epoch).positions_of(sample_index, stop=stop)]

    uses = [each == sample_index for rank in flat(lists_of(plan, epoch)) for each in rank]
    assert len(found) == sum(uses)


def test_grain_says_what_it_promises() -> None:
    (newest,) = VERSIONS

    assert newest.promise.verified == (newest.version,)
    assert {"dataset_size", "tables", "not offered"} <= newest.promise.limits.keys()
