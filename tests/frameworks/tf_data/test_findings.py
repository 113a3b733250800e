from collections.abc import Mapping
from typing import Any

import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import finding_of, lists_of
from tests.frameworks.tf_data_pipelines import PIPELINE, STEPS, TWO_RANKS


@pytest.mark.parametrize(
    ("fields", "options", "code", "words"),
    [
        ({}, {"drop_remainder": True}, "samples-dropped", "2 of 10 samples are dropped"),
        ({}, {}, "short-last-step", "step 2, the last of a full epoch, has 2 of 4 samples"),
        (
            {"data_parallel_size": 3, "micro_batch_size": 2},
            {},
            "unequal-ranks",
            "rank 0 gets 2 and rank 2 gets 1",
        ),
        (STEPS | {"steps": 4}, {}, "fractional-last-epoch", "stops in epoch 1 after 1 of 3 steps"),
        ({}, {"buffer_size": 3}, "weak-shuffle", "3 of 10 samples: no sample comes more than 2"),
        ({}, {"buffer_size": 1}, "weak-shuffle", "their order stays as it is"),
        (
            {"sampling": {"seed": 2**31 + 6}},
            {},
            "seed-truncated",
            "seed 2147483654 gives the orders of seed 7",
        ),
        (
            TWO_RANKS,
            {"transformations": "shuffle.shard.batch"},
            "shard-after-shuffle",
            "each of 2 ranks shuffles all 10 samples",
        ),
        (
            {},
            {"transformations": "shard.shuffle.repeat.batch"},
            "micro-batches-cross-passes",
            "passes of 10 samples follow one another without a break, and micro-steps of 4",
        ),
        (
            {**STEPS, **TWO_RANKS, "dataset_size": 9},
            {"transformations": "shard.shuffle.repeat.batch"},
            "ranks-drift",
            "rank 0 repeats 5 samples and rank 1 repeats 4",
        ),
        (
            {"epochs": 3},
            {"transformations": "shuffle.shard.repeat.batch"},
            "short-last-step",
            "step 7, the last of the run, has 2 of 4 samples",
        ),
    ],
)
def test_a_finding_says_what_its_owner_should_know(
    fields: Mapping[str, Any], options: Mapping[str, Any], code: str, words: str
) -> None:
    plan = PIPELINE.plan(fields, **options)

    assert words in finding_of(plan, code).message


def test_ranks_with_a_different_number_of_micro_batches_wait_for_ever() -> None:
    plan = PIPELINE.plan(
        {"dataset_size": 10, "micro_batch_size": 2, "data_parallel_size": 3}, drop_remainder=True
    )

    found = {finding.code: finding.severity for finding in plan.findings}

    assert found["unequal-ranks"] is Severity.ERROR
    assert [len(rank) for rank in lists_of(plan)] == [2, 1, 1]


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"dataset_size": 12, "data_parallel_size": 3}, {}),
        ({"dataset_size": 12, "epochs": 3}, {"transformations": "shard.shuffle.repeat.batch"}),
        ({"dataset_size": 12, "epochs": 3}, {"transformations": "shuffle.shard.batch.repeat"}),
    ],
)
def test_a_pipeline_without_a_flaw_has_no_finding(
    fields: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    plan = PIPELINE.plan(fields, **options)

    assert plan.findings == ()
