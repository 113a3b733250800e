from collections.abc import Mapping
from typing import Any

import pytest

from tests.frameworks.keras_fits import FIT, ITEMS, SEQUENTIAL, TF_DATA, THREE_RANKS


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"epochs": "1.5"}, {}, "epochs-not-whole", "/epochs", (1, 2)),
        (
            {"sampling": {"method": "shuffle_once"}},
            ITEMS,
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        ({}, {"drop_remainder": True}, "option-not-applicable", "/framework/drop_remainder", ()),
        (SEQUENTIAL, {"shuffle": "batch"}, "option-not-applicable", "/framework/shuffle", ()),
        (
            {},
            {**TF_DATA, "repeat": "before_batch"},
            "epoch-without-end",
            "/steps_per_epoch",
            (),
        ),
        (
            {"epochs": None, "steps": 4},
            {"steps_per_execution": 2},
            "stops-inside-execution",
            "/steps",
            (),
        ),
        (
            {"sampling": {"seed": 2**32}},
            {},
            "seed-too-large",
            "/sampling/seed",
            (2**32 - 1,),
        ),
        (THREE_RANKS, ITEMS, "no-sharding", "/data_parallel_size", (1,)),
        (
            {**THREE_RANKS, "steps_per_epoch": 2},
            {**TF_DATA, "repeat": "before_batch"},
            "no-sharding",
            "/data_parallel_size",
            (1,),
        ),
        (
            {**THREE_RANKS, "dataset_size": 7},
            {},
            "first-batch-unequal",
            "/dataset_size",
            (6, 9),
        ),
        (
            {**THREE_RANKS, "dataset_size": 2},
            {},
            "first-batch-unequal",
            "/dataset_size",
            (3,),
        ),
        (
            {"steps_per_epoch": 2},
            {**TF_DATA, "repeat": "after_batch"},
            "short-batch-inside",
            "/framework/repeat",
            ("before_batch",),
        ),
        (
            {"dataset_size": 2},
            {**TF_DATA, "drop_remainder": True},
            "no-step-to-run",
            "/framework/drop_remainder",
            (),
        ),
        (
            {"gradient_accumulation_steps": 8},
            {},
            "no-step-to-run",
            "/gradient_accumulation_steps",
            (7,),
        ),
        (
            {"gradient_accumulation_steps": 2},
            ITEMS,
            "short-batch-inside",
            "/gradient_accumulation_steps",
            (1,),
        ),
        (
            {"dataset_size": 10**12 + 1, "micro_batch_size": 10},
            ITEMS,
            "too-many-items",
            "/dataset_size",
            (),
        ),
    ],
)
def test_what_fit_cannot_do_is_refused(
    fields: Mapping[str, Any],
    options: Mapping[str, Any],
    code: str,
    pointer: str,
    nearest: tuple[int | str, ...],
) -> None:
    faults = FIT.faults(fields, **options)

    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        (code, pointer, nearest)
    ]


def test_a_method_of_no_legal_form_says_nothing_about_options() -> None:
    faults = FIT.faults({"sampling": {"method": "at random"}}, shuffle="batch")

    assert [fault.pointer for fault in faults] == ["/sampling/method"]
