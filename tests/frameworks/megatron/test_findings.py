from collections.abc import Mapping
from typing import Any

import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import codes_of, finding_of
from tests.frameworks.megatron_specs import planned

SINGLE = {"dataloader_type": "single"}
DEALT = {"dataloader_type": "cyclic", "data_sharding": False}
TWO_RANKS = {"data_parallel_size": 2}
UNEVEN = {"dataset_size": 14, "micro_batch_size": 2, "data_parallel_size": 4}

Case = tuple[Mapping[str, Any], Mapping[str, Any], str, Severity, str]

CASES: list[Case] = [
    (
        {"samples": 20},
        {},
        "budget-rounded-down",
        Severity.INFO,
        "train_samples 20 gives train_iters 6, which take 18 samples: 2 samples fewer",
    ),
    (
        {"samples": 6, "gradient_accumulation_steps": 2},
        {"rampup_batch_size": [3, 3, 9]},
        "budget-exceeded",
        Severity.INFO,
        "train_samples 6 gives train_iters 3, which take 9 samples: 3 samples more",
    ),
    (
        {"steps": 7},
        SINGLE,
        "samples-dropped",
        Severity.WARNING,
        "the last 1 of 22 samples fill no further iteration and are never read",
    ),
    (
        {"global_batch_size": 8},
        {"decrease_batch_size_if_needed": True},
        "batch-size-decreased",
        Severity.WARNING,
        (
            "a step takes 6 samples instead of 8, because a micro-step takes 3; iterations and "
            "evaluations are still counted with 8"
        ),
    ),
    (
        {"steps": 4, **TWO_RANKS},
        {**SINGLE, "drop_last": False},
        "short-last-step",
        Severity.WARNING,
        (
            "the last micro-step lacks 2 samples, but is counted as full (consumed_train_samples "
            "24): averaging over ranks gives the samples of a smaller micro-batch more weight"
        ),
    ),
    (
        {"steps": 4, "dataset_size": 20, **TWO_RANKS},
        {**SINGLE, "drop_last": False},
        "idle-ranks",
        Severity.ERROR,
        (
            "the last micro-step lacks 4 samples, but is counted as full (consumed_train_samples "
            "24): 1 of 2 ranks get an empty list, of which torch makes no batch: they fail"
        ),
    ),
    (
        TWO_RANKS,
        {},
        "samples-dropped",
        Severity.WARNING,
        (
            "a pass takes whole micro-steps of 6 and leaves out 4 of 22 samples: the last 4 "
            "samples of the dataset in every one"
        ),
    ),
    (
        TWO_RANKS,
        DEALT,
        "samples-dropped",
        Severity.WARNING,
        (
            "a pass takes whole micro-steps of 6 and leaves out 4 of 22 samples: 3 others in each, "
            "and the last 1 sample of the dataset in every one"
        ),
    ),
    (
        {"dataset_size": 21, **TWO_RANKS},
        DEALT,
        "samples-dropped",
        Severity.WARNING,
        "a pass takes whole micro-steps of 6 and leaves out 3 of 21 samples: others in each",
    ),
    (
        {**UNEVEN, "dataset_size": 22, "steps": 3},
        DEALT,
        "unequal-ranks",
        Severity.ERROR,
        (
            "a pass has 3 micro-batches for 2 ranks and 2 for the other 2: they begin every "
            "further pass a micro-step later and read samples that others read as well; a resumed "
            "run begins even again, so it does not go on as the unbroken one"
        ),
    ),
    (
        {**UNEVEN, "steps": 2},
        DEALT,
        "unequal-ranks",
        Severity.ERROR,
        (
            "a pass has 2 micro-batches for 2 ranks and 1 for the other 2: they leave out every "
            "other pass and read samples that others read as well; a resumed run begins even "
            "again, so it does not go on as the unbroken one"
        ),
    ),
    (
        {"gradient_accumulation_steps": 2, "steps": 4},
        {},
        "steps-cross-passes",
        Severity.INFO,
        "a pass of 21 samples is 3.5 steps of 6: a step takes samples of two passes",
    ),
    (
        {"gradient_accumulation_steps": 8},
        {},
        "steps-cross-passes",
        Severity.WARNING,
        (
            "a pass of 21 samples is 0.875 steps of 24: a step takes samples of several passes, "
            "some of them more than once"
        ),
    ),
    (
        {"sampling": {"seed": 7}},
        {},
        "seed-has-no-effect",
        Severity.WARNING,
        (
            "every pass is shuffled with its own number as the seed, so seed 7 changes nothing but "
            "the plan_id"
        ),
    ),
    (
        {"sampling": {"method": "sequential", "seed": 7}},
        {},
        "seed-has-no-effect",
        Severity.INFO,
        (
            "dataloader_type single reads the dataset in its own order, so seed 7 changes nothing "
            "but the plan_id"
        ),
    ),
    (
        {"dataset_size": 2**20},
        {"blend": [1, 2]},
        "blend-not-counted",
        Severity.INFO,
        (
            "the blend takes 2097152 comparisons, more than 1048576, so the plan does not say how "
            "many samples it takes of each dataset; in the order of the blend (dataloader_type "
            "single) a sample_index that is not one more than an earlier one is the first of its "
            "dataset"
        ),
    ),
]


@pytest.mark.parametrize(("fields", "options", "code", "severity", "message"), CASES)
def test_what_the_owner_should_know_is_said_with_its_numbers(
    fields: Mapping[str, Any],
    options: Mapping[str, Any],
    code: str,
    severity: Severity,
    message: str,
) -> None:
    finding = finding_of(planned(fields, **options), code)

    assert (finding.severity, finding.message) == (severity, message)


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"dataset_size": 24, "steps": 100}, {}),
        ({"dataset_size": 24, "steps": 8}, SINGLE),
        ({"dataset_size": 24, "samples": 48}, {}),
        ({"dataset_size": 24}, {"blend": [1, 2]}),
        ({"dataset_size": 3 * 2**30}, {"blend_sizes": [2**31, 2**30]}),
        ({"gradient_accumulation_steps": 2, "dataset_size": 24}, {}),
    ],
)
def test_a_schedule_that_comes_out_even_has_no_findings(
    fields: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    plan = planned(fields, **options)

    assert codes_of(plan) == set()


def test_ranks_are_not_unequal_before_the_first_pass_ends() -> None:
    plan = planned({**UNEVEN, "dataset_size": 22, "steps": 2}, **DEALT)

    assert "unequal-ranks" not in codes_of(plan)
