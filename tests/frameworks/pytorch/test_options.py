from collections.abc import Mapping
from typing import Any

import pytest

from tests.frameworks.torch_plans import RANDOM, TORCH

TWO_RANKS = {"data_parallel_size": 2}


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"steps_per_epoch": 5}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
        ({"epochs": "2.5"}, {}, "epochs-not-whole", "/epochs", (2, 3)),
        ({"epochs": "0.5"}, {}, "epochs-not-whole", "/epochs", (1,)),
        (TWO_RANKS, RANDOM, "no-sharding", "/data_parallel_size", (1,)),
        ({}, {"num_samples": 9}, "option-not-applicable", "/framework/num_samples", ()),
        (
            {"sampling": {"method": "sequential"}},
            RANDOM,
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        (
            {"dataset_size": 2},
            {"drop_last": True},
            "no-step-to-run",
            "/framework/drop_last",
            (),
        ),
        (
            {"gradient_accumulation_steps": 9},
            {"accumulation": "carry"},
            "no-step-to-run",
            "/gradient_accumulation_steps",
            (8,),
        ),
        (
            {"sampling": {"seed": 2**64 - 1}, "epochs": 3},
            {},
            "seed-too-large",
            "/sampling/seed",
            (2**64 - 3,),
        ),
    ],
)
def test_what_the_package_cannot_do_is_refused(
    fields: Mapping[str, Any],
    options: Mapping[str, Any],
    code: str,
    pointer: str,
    nearest: tuple[int | str, ...],
) -> None:
    faults = TORCH.faults(fields, **options)

    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        (code, pointer, nearest)
    ]


def test_a_method_that_no_sampler_has_is_refused_once() -> None:
    faults = TORCH.faults({"sampling": {"method": "random_sample"}, "steps_per_epoch": 2})

    assert [fault.code for fault in faults] == ["method-not-in-framework", "no-virtual-epochs"]


def test_all_faults_of_a_spec_are_named_at_once() -> None:
    faults = TORCH.faults({"remainder": "pad", "epochs": "1.5", "dataset_size": 0}, drop_lost=True)

    assert {fault.pointer for fault in faults} == {
        "/remainder",
        "/epochs",
        "/dataset_size",
        "/framework/drop_lost",
    }
