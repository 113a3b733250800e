from collections.abc import Mapping
from typing import Any

import pytest

from tests.frameworks.streaming_plans import SEQUENTIAL, refused

TWO_RANKS = {"data_parallel_size": 2}
TINY = {"dataset_size": 2}
SIX_NODES = {"num_physical_nodes": 6, "num_canonical_nodes": 1}
RESUMED = {"initial_physical_nodes": 3}
Case = tuple[Mapping[str, Any], Mapping[str, Any], str, str, tuple[int | str, ...]]

CASES: list[Case] = [
    ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
    ({"steps_per_epoch": 5}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
    ({"epochs": "1.5"}, {}, "epochs-not-whole", "/epochs", (1, 2)),
    (
        {"sampling": {"method": "shuffle_once"}},
        {},
        "method-not-in-framework",
        "/sampling/method",
        ("shuffle",),
    ),
    (
        {"data_parallel_size": 2**17 + 1},
        {},
        "too-many-ranks",
        "/data_parallel_size",
        (2**17,),
    ),
    (
        {"data_parallel_size": 6},
        {"num_physical_nodes": 4},
        "nodes-not-filled",
        "/framework/num_physical_nodes",
        (3, 6),
    ),
    (
        {"data_parallel_size": 6},
        {"ranks_per_node": 5},
        "nodes-not-filled",
        "/framework/ranks_per_node",
        (3, 6),
    ),
    (
        {"data_parallel_size": 4},
        {"num_physical_nodes": 4, "num_canonical_nodes": 6},
        "canonical-nodes-do-not-divide",
        "/framework/num_canonical_nodes",
        (4, 8),
    ),
    (
        TWO_RANKS,
        {"num_physical_nodes": 2, "partition_algo": "orig", **RESUMED},
        "canonical-nodes-do-not-divide",
        "/framework/num_canonical_nodes",
        (2, 4),
    ),
    (
        TWO_RANKS,
        {"num_physical_nodes": 2, "num_canonical_nodes": 3, **RESUMED},
        "micro-step-not-shared",
        "/micro_batch_size",
        (3,),
    ),
    (
        TWO_RANKS,
        {"sample_in_epoch": 27},
        "resumed-behind-the-epoch",
        "/framework/sample_in_epoch",
        (26,),
    ),
    (
        {"dataset_size": 2**62, **SEQUENTIAL},
        {},
        "too-many-entries",
        "/dataset_size",
        (2**62 - 1,),
    ),
    (
        {"data_parallel_size": 6, "dataset_size": 7, **SEQUENTIAL},
        SIX_NODES,
        "too-few-samples-to-repeat",
        "/dataset_size",
        (6, 12),
    ),
    (
        {"data_parallel_size": 6, **SEQUENTIAL},
        {"epoch_size": 7, **SIX_NODES},
        "too-few-samples-to-repeat",
        "/framework/epoch_size",
        (6, 12),
    ),
    (
        TINY,
        {"num_canonical_nodes": 4},
        "canonical-node-without-samples",
        "/framework/num_canonical_nodes",
        (2,),
    ),
    (
        {"data_parallel_size": 4, **TINY},
        {"num_physical_nodes": 4},
        "canonical-node-without-samples",
        "/framework/num_canonical_nodes",
        (),
    ),
    (
        {"dataset_size": 1, **SEQUENTIAL},
        {"drop_last": True},
        "no-step-to-run",
        "/framework/drop_last",
        (),
    ),
    ({}, {"sample_in_epoch": 24}, "no-step-to-run", "/epochs", (2,)),
]


@pytest.mark.parametrize(("fields", "options", "code", "pointer", "nearest"), CASES)
def test_what_the_package_cannot_do_is_refused(
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


def test_faults_of_nodes_and_of_a_loaded_state_are_named_at_once() -> None:
    faults = refused(
        {"data_parallel_size": 4},
        num_physical_nodes=4,
        num_canonical_nodes=6,
        sample_in_epoch=99,
    )

    assert [fault.pointer for fault in faults] == [
        "/framework/num_canonical_nodes",
        "/framework/sample_in_epoch",
    ]
