from collections.abc import Mapping
from typing import Any

import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import finding_of
from tests.frameworks.keras_fits import FIT, ITEMS, SEQUENTIAL, TF_DATA


@pytest.mark.parametrize(
    ("fields", "options", "code", "words"),
    [
        (
            {"steps_per_epoch": 4, "epochs": 2},
            {},
            "data-runs-out",
            "the data has 7: epochs 1, 3, ... stop after 3",
        ),
        (
            {"steps_per_epoch": 5},
            {"steps_per_execution": 3},
            "executions-are-whole",
            "an execution runs 3 micro-steps, so an epoch of 5 micro-steps runs 6",
        ),
        (
            {},
            {**TF_DATA, "drop_remainder": True},
            "samples-dropped",
            "2 of 20 samples are dropped in every pass",
        ),
        ({}, {}, "short-last-step", "batch 6, the last of a pass, has 2 of 3 samples"),
        ({}, ITEMS, "short-last-step", "which may come anywhere, has 2 of 3 samples"),
        (
            {"gradient_accumulation_steps": 4},
            {},
            "accumulation-dropped",
            "ends 3 micro-steps after its last update, which needs 4",
        ),
        (
            {"gradient_accumulation_steps": 4},
            {},
            "iterations-are-micro-steps",
            "7 micro-steps and 1 update",
        ),
        (
            {"gradient_accumulation_steps": 2, "steps_per_epoch": 3},
            {**TF_DATA, "repeat": "before_batch"},
            "iterations-are-micro-steps",
            "6 micro-steps and 3 updates",
        ),
        ({"epochs": 2}, {}, "order-repeats", "every pass through an array has the same order"),
        ({}, ITEMS, "items-stay-together", "the same 3 neighbouring samples"),
        ({}, {**TF_DATA, "buffer_size": 5}, "weak-shuffle", "holds 5 of 20 samples"),
        (
            {"sampling": {"seed": 2**31 + 1}},
            {},
            "seed-truncated",
            "seed 2147483649 gives the orders of seed 2",
        ),
    ],
)
def test_a_finding_says_what_its_owner_should_know(
    fields: Mapping[str, Any], options: Mapping[str, Any], code: str, words: str
) -> None:
    plan = FIT.plan(fields, **options)

    assert words in finding_of(plan, code).message


@pytest.mark.parametrize(
    ("fields", "severity", "words"),
    [
        ({"data_parallel_size": 2, "dataset_size": 21}, Severity.WARNING, "more weight"),
        ({"data_parallel_size": 4, "dataset_size": 26}, Severity.ERROR, "is not a number"),
    ],
)
def test_replicas_that_share_a_batch_unequally_are_found(
    fields: Mapping[str, Any], severity: Severity, words: str
) -> None:
    plan = FIT.plan(fields)

    (found,) = (finding for finding in plan.findings if finding.code == "unequal-ranks")

    assert found.severity is severity
    assert words in found.message


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"dataset_size": 21, **SEQUENTIAL, "epochs": 3}, {}),
        ({"micro_batch_size": 1, "epochs": 3}, ITEMS),
        ({"dataset_size": 21, "epochs": 3}, TF_DATA),
        ({"steps_per_epoch": 9, "epochs": 3}, {**TF_DATA, "repeat": "before_batch"}),
        ({"dataset_size": 18, "steps_per_epoch": 4}, {"steps_per_execution": 2}),
    ],
)
def test_a_fit_without_a_flaw_has_no_finding(
    fields: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    plan = FIT.plan(fields, **options)

    assert plan.findings == ()


def test_the_promise_names_the_version_that_was_executed() -> None:
    framework = FIT.plan({}).framework

    assert framework.promise.verified == (framework.version,) == ("3.15.1",)
