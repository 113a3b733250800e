from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.finding import Severity
from app.frameworks.deepspeed.elasticity import Elasticity, elastic_batch
from tests.frameworks.asking import Asking, Fields
from tests.strategies import sparingly

ELASTIC = Asking({"name": "deepspeed", "version": "0.19.7"}, {"dataset_size": 10_000, "steps": 1})
DOCUMENTED = {
    "enabled": True,
    "max_train_batch_size": 10_000,
    "micro_batch_sizes": [8, 12, 16, 17],
    "min_gpus": 32,
    "max_gpus": 1_500,
    "min_time": 20,
    "version": 0.1,
}
SMALL = {"enabled": True, "max_train_batch_size": 32, "micro_batch_sizes": [1, 2, 3, 7]}


def sizes_of(fields: Fields, elasticity: Fields, **options: Any) -> tuple[int, int, int, int]:
    batch = ELASTIC.plan(fields, elasticity=elasticity, **options).spec.batch
    return (
        batch.global_batch_size,
        batch.micro_batch_size,
        batch.gradient_accumulation_steps,
        batch.data_parallel_size,
    )


def test_the_documented_batch_is_shared_by_23_numbers_of_ranks() -> None:
    numbers = ELASTIC.numbers({"data_parallel_size": 64}, elasticity=DOCUMENTED)

    assert (numbers["train_batch_size"], numbers["train_micro_batch_size_per_gpu"]) == (9_792, 17)
    assert len(numbers["valid_gpus"]) == 23


def test_ranks_that_cannot_share_it_are_refused_with_their_neighbours() -> None:
    fault = ELASTIC.fault({"data_parallel_size": 128}, elasticity=DOCUMENTED)

    assert (fault.code, fault.pointer) == ("elasticity-ranks-not-valid", "/data_parallel_size")
    assert fault.nearest == (102, 136)
    assert "9792 samples; 23 numbers of ranks can" in fault.detail


@pytest.mark.parametrize(("ranks", "nearest"), [(1, (32,)), (2_000, (1_224,))])
def test_the_nearest_number_of_ranks_at_an_end_is_the_last_one(
    ranks: int, nearest: tuple[int, ...]
) -> None:
    fault = ELASTIC.fault({"data_parallel_size": ranks}, elasticity=DOCUMENTED)

    assert fault.nearest == nearest


def test_a_long_list_of_valid_numbers_says_how_many_it_leaves_out() -> None:
    block = DOCUMENTED | {"min_gpus": 1, "max_train_batch_size": 720_720}

    fault = ELASTIC.fault({"data_parallel_size": 2**20}, elasticity=block)

    assert fault.allowed.endswith(" more")


def test_batch_sizes_that_agree_with_elasticity_may_be_given() -> None:
    fields = {"global_batch_size": 9_792, "micro_batch_size": 17, "data_parallel_size": 64}

    assert sizes_of(fields, DOCUMENTED) == (9_792, 17, 9, 64)


def test_batch_sizes_that_do_not_agree_are_refused_with_those_that_would() -> None:
    fields = {"global_batch_size": 9_000, "micro_batch_size": 8, "data_parallel_size": 64}

    faults = ELASTIC.faults(fields, elasticity=DOCUMENTED)

    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        ("elasticity-decides", "/global_batch_size", (9_792,)),
        ("elasticity-decides", "/micro_batch_size", (17,)),
    ]


def test_batch_sizes_are_overridden_where_that_is_asked_for() -> None:
    block = DOCUMENTED | {"ignore_non_elastic_batch_info": True}

    assert sizes_of({"micro_batch_size": 8, "data_parallel_size": 64}, block) == (9_792, 17, 9, 64)


def test_without_a_number_of_ranks_there_is_one() -> None:
    assert sizes_of({}, SMALL | {"version": 0.1}) == (24, 3, 8, 1)


def test_until_0_19_5_the_least_common_multiple_may_be_above_the_largest_batch() -> None:
    block, ranks = SMALL | {"version": 0.1}, {"data_parallel_size": 7}

    assert sizes_of(ranks, block, version="0.19.5") == (42, 3, 2, 7)
    assert ELASTIC.fault(ranks, elasticity=block).nearest == (6, 8)


def test_a_multiple_far_above_the_largest_batch_has_as_many_ranks_as_are_searched_for() -> None:
    block = {
        "enabled": True,
        "max_train_batch_size": 10_000,
        "micro_batch_sizes": [96 * 101, 97 * 103, 9_900],
        "max_gpus": 100,
        "version": 0.1,
    }

    numbers = ELASTIC.numbers({}, elasticity=block, version="0.19.5")

    assert numbers["train_batch_size"] == 79_920_007_200
    assert len(numbers["valid_gpus"]) == 39


def test_a_disabled_block_changes_nothing_not_even_the_plan_id() -> None:
    fields = {"micro_batch_size": 4}

    plan = ELASTIC.plan(fields, elasticity={"enabled": False, "min_gpus": 3})

    assert plan.plan_id == ELASTIC.plan(fields).plan_id


def test_a_block_that_repeats_defaults_is_the_same_block() -> None:
    plan = ELASTIC.plan({}, elasticity=SMALL | {"min_gpus": 1, "version": 0.2})

    assert plan.plan_id == ELASTIC.plan({}, elasticity=SMALL).plan_id


@pytest.mark.parametrize(
    ("ranks", "options", "code", "severity", "said"),
    [
        (
            5,
            {"version": "0.19.7"},
            "elastic-batch-of-these-ranks",
            Severity.WARNING,
            "that of 5 ranks alone",
        ),
        (7, {"version": "0.19.5"}, "elastic-batch-above-largest", Severity.WARNING, "of 42"),
        (1, {}, "elasticity-removed-later", Severity.INFO, "0.19.8 has removed"),
    ],
)
def test_what_an_owner_should_know_of_elasticity_is_said(
    ranks: int, options: Fields, code: str, severity: Severity, said: str
) -> None:
    finding = ELASTIC.finding(code, {"data_parallel_size": ranks}, elasticity=SMALL, **options)

    assert finding.severity == severity
    assert said in finding.message


@sparingly
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=4),
    st.integers(40, 3_000),
    st.booleans(),
    st.integers(1, 30),
)
def test_every_valid_number_of_ranks_shares_the_batch_in_whole_micro_batches(
    sizes: list[int], largest: int, larger: bool, ranks: int
) -> None:
    elasticity = Elasticity(
        max_train_batch_size=largest,
        micro_batch_sizes=tuple(sizes),
        min_gpus=1,
        max_gpus=largest,
        prefer_larger_batch=larger,
        version=0.1,
        num_gpus_per_node=1,
        model_parallel_size=1,
    )

    batch = elastic_batch(elasticity, ranks)

    assert batch is not None
    assert list(batch.valid_gpus) == [
        count
        for count in range(1, largest + 1)
        if any(batch.train_batch_size % (count * size) == 0 for size in sizes)
    ]
