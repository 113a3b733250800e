from collections.abc import Mapping
from typing import Any

import pytest

from tests.frameworks.megatron_specs import planned, refused

SINGLE = {"dataloader_type": "single"}
CYCLIC = {"dataloader_type": "cyclic"}
DECREASE = {"decrease_batch_size_if_needed": True}
TWO_RANKS = {"data_parallel_size": 2}
SIXES = {"gradient_accumulation_steps": 2, "samples": 60}
"""Steps of two micro-batches of one rank."""

Case = tuple[Mapping[str, Any], Mapping[str, Any], str, str, tuple[int | str, ...]]

ARGUMENTS: list[Case] = [
    (
        {"sampling": {"method": "shuffle", "seed": 1}},
        SINGLE,
        "method-not-in-framework",
        "/sampling/method",
        ("sequential",),
    ),
    (
        {"sampling": {"method": "with_replacement"}},
        {},
        "method-not-in-framework",
        "/sampling/method",
        ("sequential",),
    ),
    ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
    ({}, {"drop_last": False}, "option-not-applicable", "/framework/drop_last", ()),
    (
        {},
        {**SINGLE, "data_sharding": False},
        "option-not-applicable",
        "/framework/data_sharding",
        (),
    ),
    ({}, {"eval_iters": 7}, "option-not-applicable", "/framework/eval_iters", ()),
    ({}, {"global_batch_size": 4}, "option-not-applicable", "/framework/global_batch_size", ()),
    (
        {},
        {"blend": [1, 2], "blend_sizes": [20, 2]},
        "option-not-applicable",
        "/framework/blend_sizes",
        (),
    ),
    ({}, {"blend_sizes": [9, 8]}, "blend-exceeds-datasets", "/dataset_size", (17,)),
    ({"steps": 2}, {"rampup_batch_size": [1, 1, 9]}, "rampup-needs-samples", "/steps", ()),
    (
        {"epochs": 2, "steps_per_epoch": 3},
        {"rampup_batch_size": [1, 1, 9]},
        "rampup-needs-samples",
        "/epochs",
        (),
    ),
]

SCHEDULES: list[Case] = [
    (
        {},
        {**DECREASE, "global_batch_size": 9},
        "nominal-batch-mismatch",
        "/framework/global_batch_size",
        (5,),
    ),
    ({"dataset_size": 5, **TWO_RANKS}, CYCLIC, "no-step-to-run", "/dataset_size", (6,)),
    ({"dataset_size": 5, **TWO_RANKS}, SINGLE, "no-step-to-run", "/dataset_size", (6,)),
    ({"samples": 2}, {}, "no-step-to-run", "/samples", (3,)),
    ({"epochs": "0.1"}, {}, "no-step-to-run", "/epochs", ()),
    ({"steps": 8}, SINGLE, "dataset-ends", "/steps", (7,)),
    ({"samples": 24}, SINGLE, "dataset-ends", "/samples", (23,)),
    ({"epochs": 2}, SINGLE, "dataset-ends", "/epochs", ()),
    (
        {
            "dataset_size": 2**63 - 1,
            "micro_batch_size": 1,
            "gradient_accumulation_steps": 2**62 + 1,
        },
        CYCLIC,
        "epoch-too-large",
        "/dataset_size",
        (),
    ),
    (
        {
            "dataset_size": 1,
            "micro_batch_size": 1,
            "gradient_accumulation_steps": 2**62,
            "steps": 9,
        },
        CYCLIC,
        "seed-too-large",
        "/steps",
        (),
    ),
]

RAMPS: list[tuple[Mapping[str, Any], list[int], str, tuple[int | str, ...]]] = [
    (SIXES, [6, 3, 30], "ramp-impossible", ("[3, 3, 30]",)),
    (SIXES, [7, 9, 30], "ramp-impossible", ()),
    (SIXES, [2, 3, 30], "ramp-impossible", ("[3, 3, 30]",)),
    (SIXES, [3, 2, 30], "ramp-impossible", ("[2, 2, 30]", "[4, 2, 30]")),
    ({"micro_batch_size": 5_000, "samples": 9}, [1, 1, 9], "ramp-impossible", ()),
    (SIXES, [2, 2, 30], "ramp-step-uneven", (3,)),
    (SIXES, [3, 1, 30], "ramp-step-uneven", (3, 6)),
]


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"), [*ARGUMENTS, *SCHEDULES]
)
def test_what_megatron_cannot_do_is_refused(
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


@pytest.mark.parametrize(("fields", "ramp", "code", "nearest"), RAMPS)
def test_a_ramp_that_does_not_fit_is_refused(
    fields: Mapping[str, Any], ramp: list[int], code: str, nearest: tuple[int | str, ...]
) -> None:
    faults = refused(fields, rampup_batch_size=ramp)

    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        (code, "/framework/rampup_batch_size", nearest)
    ]


def test_a_ramp_that_starts_with_an_empty_step_is_refused_even_where_steps_are_decreased() -> None:
    faults = refused(SIXES, rampup_batch_size=[2, 1, 30], **DECREASE)

    assert [fault.code for fault in faults] == ["ramp-step-uneven"]


def test_uneven_sizes_that_the_run_does_not_reach_are_no_fault() -> None:
    plan = planned({**SIXES, "samples": 3}, rampup_batch_size=[3, 1, 30])

    assert plan.run.total_steps == 2


def test_all_faults_of_the_arguments_are_named_at_once() -> None:
    faults = refused({"remainder": "pad"}, drop_last=False, eval_iters=3, blend_sizes=[1])

    assert {fault.pointer for fault in faults} == {
        "/remainder",
        "/framework/drop_last",
        "/framework/eval_iters",
        "/dataset_size",
    }


def test_the_largest_legal_budget_is_named_for_a_ramp() -> None:
    fields, ramp = {**SIXES, "dataset_size": 60}, [3, 3, 30]

    (fault,) = refused({**fields, "samples": 99}, **SINGLE, rampup_batch_size=ramp)

    (most,) = fault.nearest
    assert refused({**fields, "samples": int(most) + 1}, **SINGLE, rampup_batch_size=ramp)
    longest = planned({**fields, "samples": most}, **SINGLE, rampup_batch_size=ramp)
    assert longest.run.total_steps == longest.run.shape.steps_per_epoch
