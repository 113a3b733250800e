from collections.abc import Mapping
from typing import Any

import pytest

from app.frameworks.registry import FRAMEWORKS
from tests.frameworks.asking import lists_of
from tests.frameworks.streaming_plans import SEQUENTIAL, planned

FRAMEWORK = FRAMEWORKS["mosaic-streaming"]["0.13.0"]


def work_of(fields: Mapping[str, Any], **options: Any) -> int:
    plan = planned({"dataset_size": 2**20, **fields}, **options)
    return FRAMEWORK.table_work(plan.spec, 0)


def test_the_samples_in_their_own_order_take_no_table() -> None:
    assert work_of(SEQUENTIAL) == 0


@pytest.mark.parametrize("algorithm", ["naive", "py1br", "py1e", "py1s", "py2s"])
def test_a_table_takes_as_long_as_its_samples_at_least(algorithm: str) -> None:
    assert work_of({}, shuffle_algo=algorithm) >= 2**20


def test_small_shards_take_longer() -> None:
    small, large = (work_of({}, samples_per_shard=each) for each in (16, 4_096))

    assert small > 2 * large


def test_as_many_shards_of_a_list_take_as_long() -> None:
    listed = work_of({}, samples_per_shard=None, shard_sizes=[2**18] * 4)

    assert listed == work_of({}, samples_per_shard=2**18)


def test_small_blocks_of_py1br_take_longer() -> None:
    small, large = (
        work_of({}, shuffle_algo="py1br", samples_per_shard=2**16, shuffle_block_size=each)
        for each in (16, 2**18)
    )

    assert small > 2 * large


def test_a_larger_epoch_takes_longer() -> None:
    assert work_of(SEQUENTIAL, epoch_size=2**23) > work_of(SEQUENTIAL, epoch_size=2**19)


def test_shards_told_one_by_one_are_those_of_one_size() -> None:
    lists = lists_of(planned({}, shard_sizes=[10, 10, 4]))

    assert lists == lists_of(planned({}, samples_per_shard=10))


def test_plans_that_differ_in_a_shuffle_do_not_share_a_table() -> None:
    first = lists_of(planned({}, shuffle_algo="py1s"))

    second = lists_of(planned({}, shuffle_algo="py2s", num_canonical_nodes=64))

    assert first != second


def test_the_same_samples_are_taken_again_where_an_epoch_is_fixed() -> None:
    plan = planned({"epochs": 2, **SEQUENTIAL}, epoch_size=10, sampling_method="fixed")

    assert lists_of(plan, epoch=0) == lists_of(plan, epoch=1)


def test_an_epoch_that_is_not_shuffled_varies_only_within_its_shards() -> None:
    plan = planned({"epochs": 2, **SEQUENTIAL}, epoch_size=10, samples_per_shard=12)
    shards = [
        [index // 12 for (rank,) in [lists_of(plan, epoch)] for each in rank for index in each]
        for epoch in (0, 1)
    ]

    assert shards[0] == shards[1]
