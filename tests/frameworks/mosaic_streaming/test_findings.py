from collections.abc import Mapping
from typing import Any

import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import codes_of, finding_of
from tests.frameworks.streaming_plans import SEQUENTIAL, planned

TWO_RANKS = {"data_parallel_size": 2}
THREE_EPOCHS = {"epochs": 3}
ELSEWHERE = {
    "num_physical_nodes": 2,
    "num_canonical_nodes": 3,
    "initial_physical_nodes": 3,
}
"""Two nodes that go on where three stopped."""

Case = tuple[Mapping[str, Any], Mapping[str, Any], str, Severity, str]

CASES: list[Case] = [
    (
        {"dataset_size": 61, "data_parallel_size": 4},
        {"num_canonical_nodes": 8, "num_workers": 2},
        "partition-padded",
        Severity.WARNING,
        (
            "the partition of a full epoch of 61 samples has 3 repeated samples and 0 entries of "
            "-1, 0 of them in the lists;"
        ),
    ),
    (
        {"dataset_size": 7, **SEQUENTIAL},
        {"num_workers": 3},
        "partition-padded",
        Severity.INFO,
        (
            "the partition of a full epoch of 7 samples has 0 repeated samples and 5 entries of "
            "-1, 1 of them in the lists;"
        ),
    ),
    (
        {"dataset_size": 3, **SEQUENTIAL},
        {"num_canonical_nodes": 8},
        "fewer-samples-than-nodes",
        Severity.WARNING,
        (
            "3 samples for 8 canonical and 1 physical nodes: the samples are repeated until every "
            "node has one, 8 in a full epoch"
        ),
    ),
    (
        {"dataset_size": 27, "micro_batch_size": 3, **TWO_RANKS, **SEQUENTIAL},
        ELSEWHERE,
        "unequal-ranks",
        Severity.WARNING,
        (
            "the last micro-step of a full epoch has from 1 to 2 samples per rank, and -1 in 3 "
            "places of the lists: averaging over ranks gives the samples of the smaller shares"
        ),
    ),
    (
        {"dataset_size": 14, "data_parallel_size": 3, **SEQUENTIAL},
        {"num_physical_nodes": 3, "initial_physical_nodes": 2},
        "unequal-ranks",
        Severity.ERROR,
        (
            "the last micro-step of a full epoch has from 0 to 1 samples per rank, and -1 in 4 "
            "places of the lists: some ranks have a micro-step less, and the others wait"
        ),
    ),
    (
        {"dataset_size": 18, "data_parallel_size": 3, **SEQUENTIAL},
        {"num_physical_nodes": 3, "initial_physical_nodes": 2, "sample_in_epoch": 4},
        "unequal-ranks",
        Severity.ERROR,
        (
            "the last micro-step of the first epoch has from 0 to 1 samples per rank, and -1 in 4 "
            "places of the lists: some ranks"
        ),
    ),
    (
        {"dataset_size": 61},
        {"num_canonical_nodes": 16},
        "loader-length-differs",
        Severity.WARNING,
        (
            "len() of the DataLoader is 31, but a full epoch yields 32 micro-batches: a trainer "
            "that stops at len(), as Composer does, leaves the last 1 of every epoch out"
        ),
    ),
    (
        {"dataset_size": 25},
        {"drop_last": True},
        "samples-dropped",
        Severity.WARNING,
        "1 of 25 samples are dropped in every full epoch",
    ),
    (
        {"dataset_size": 25, "gradient_accumulation_steps": 4},
        {},
        "short-last-step",
        Severity.WARNING,
        "step 3, the last of a full epoch, has 1 of 8 samples",
    ),
    (
        {},
        {"samples_per_shard": None},
        "shards-assumed",
        Severity.WARNING,
        "the order depends on the sizes of the shards, and none is given: all 24 samples",
    ),
    (
        SEQUENTIAL,
        {"samples_per_shard": None, "epoch_size": 10},
        "shards-assumed",
        Severity.WARNING,
        "the order depends on the sizes of the shards, and none is given: all 24 samples",
    ),
    (
        {},
        {"shuffle_block_size": 4},
        "shards-not-mixed",
        Severity.WARNING,
        "py1e spreads the samples of a shard over 3 to 4 places, but shards have up to 4 samples",
    ),
    (
        {"data_parallel_size": 4},
        {"num_physical_nodes": 4, "sample_in_epoch": 10},
        "resumed-earlier",
        Severity.WARNING,
        "sample_in_epoch 10 is rounded down to 8, a multiple of 4 physical nodes",
    ),
    (
        {},
        {"sample_in_epoch": 5},
        "resumed-inside-a-step",
        Severity.INFO,
        "sample_in_epoch 5 is no multiple of the 2 samples of a step",
    ),
    (
        {"dataset_size": 9, "micro_batch_size": 1, "data_parallel_size": 4},
        {"sample_in_epoch": 8},
        "resumed-padding-differs",
        Severity.INFO,
        "so few samples are left of the first epoch",
    ),
    (
        {"micro_batch_size": 3, **TWO_RANKS, **THREE_EPOCHS},
        {**ELSEWHERE, "num_workers": 1},
        "initial-nodes-forgotten",
        Severity.WARNING,
        (
            "worker processes that are started for the second epoch know of initial_physical_nodes "
            "only if state_dict() was called in the first one; else they refuse 2 physical nodes"
        ),
    ),
    (
        {"micro_batch_size": 3, **TWO_RANKS, **THREE_EPOCHS},
        {**ELSEWHERE, "num_workers": 1, "num_canonical_nodes": None},
        "initial-nodes-forgotten",
        Severity.WARNING,
        (
            "worker processes that are started for the second epoch know of initial_physical_nodes "
            "only if state_dict() was called in the first one; else they derive their canonical "
            "nodes from 2 physical nodes instead of 3, and the order is another one"
        ),
    ),
    (
        {"steps": 14},
        {},
        "fractional-last-epoch",
        Severity.WARNING,
        "the run stops in epoch 1 after 2 of 12 steps",
    ),
    (
        THREE_EPOCHS,
        {"shuffle_algo": "naive"},
        "seeds-overlap",
        Severity.INFO,
        "the seed of an epoch is the sum of seed and epoch",
    ),
]


@pytest.mark.parametrize(("fields", "options", "code", "severity", "message"), CASES)
def test_what_its_owner_should_know_is_said(
    fields: Mapping[str, Any],
    options: Mapping[str, Any],
    code: str,
    severity: Severity,
    message: str,
) -> None:
    finding = finding_of(planned(fields, **options), code)

    assert (finding.severity, finding.message[: len(message)]) == (severity, message)


def test_an_even_run_with_told_shards_leaves_nothing_to_say() -> None:
    plan = planned({**TWO_RANKS, **THREE_EPOCHS})

    assert codes_of(plan) == set()
