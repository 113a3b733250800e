from collections.abc import Mapping
from typing import Any

import pytest

from tests.frameworks.streaming_plans import SEQUENTIAL, planned, refused

Case = tuple[Mapping[str, Any], Mapping[str, Any], str, str, tuple[int | str, ...]]

CASES: list[Case] = [
    (
        {},
        {"shard_sizes": [20, 4], "samples_per_shard": 4},
        "options-exclude-each-other",
        "/framework/samples_per_shard",
        (),
    ),
    ({}, {"shard_sizes": [20, 5]}, "shards-do-not-add-up", "/framework/shard_sizes", ()),
    (
        {},
        {"shuffle_algo": "py1br", "shuffle_block_size": 1},
        "block-too-small",
        "/framework/shuffle_block_size",
        (2,),
    ),
    (
        {},
        {"sampling_method": "balanfixed"},
        "illegal-value",
        "/framework/sampling_method",
        ("balanced",),
    ),
    ({}, {"num_workers": -1}, "illegal-value", "/framework/num_workers", (0,)),
]


@pytest.mark.parametrize(("fields", "options", "code", "pointer", "nearest"), CASES)
def test_options_that_do_not_fit_are_refused(
    fields: Mapping[str, Any],
    options: Mapping[str, Any],
    code: str,
    pointer: str,
    nearest: tuple[int | str, ...],
) -> None:
    faults = refused(fields, **options)

    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        (code, pointer, nearest)
    ]


def test_blocks_are_of_no_concern_to_a_run_that_is_not_shuffled() -> None:
    plan = planned(SEQUENTIAL, shuffle_algo="py1br", shuffle_block_size=1)

    assert plan.run.total_steps == 12


def test_a_wrong_sum_of_shards_is_not_told_of_a_dataset_without_a_size() -> None:
    faults = refused({"dataset_size": 0}, shard_sizes=[3, 4])

    assert [fault.pointer for fault in faults] == ["/dataset_size"]
