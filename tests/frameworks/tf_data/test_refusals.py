from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import Fault, InvalidSpecError
from app.frameworks.tf_data.pipeline import PIPELINES
from tests.frameworks.tf_data_pipelines import PIPELINE, SEQUENTIAL, STEPS, TWO_RANKS


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"epochs": "2.5"}, {}, "epochs-not-whole", "/epochs", (2, 3)),
        ({"steps_per_epoch": 3}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
        (
            {"gradient_accumulation_steps": 2},
            {},
            "no-accumulation",
            "/gradient_accumulation_steps",
            (1,),
        ),
        (
            {"global_batch_size": 8},
            {},
            "no-accumulation",
            "/gradient_accumulation_steps",
            (1,),
        ),
        (SEQUENTIAL, {"buffer_size": 3}, "option-not-applicable", "/framework/buffer_size", ()),
        (
            {"dataset_size": 3, "data_parallel_size": 5},
            {},
            "buffer-empty",
            "/framework/buffer_size",
            (1,),
        ),
        (
            {"dataset_size": 3},
            {"drop_remainder": True},
            "no-step-to-run",
            "/framework/drop_remainder",
            (),
        ),
        (
            {"dataset_size": 1},
            {"drop_remainder": True, "transformations": "shuffle.repeat.shard.batch"},
            "no-step-to-run",
            "/framework/drop_remainder",
            (),
        ),
        (
            {**TWO_RANKS, "dataset_size": 9},
            {"transformations": "shard.shuffle.repeat.batch"},
            "unequal-shards",
            "/framework/transformations",
            ("shuffle.repeat.shard.batch",),
        ),
        (
            {**STEPS, "data_parallel_size": 3, "dataset_size": 2},
            {"transformations": "shard.shuffle.repeat.batch", "buffer_size": 2},
            "unequal-shards",
            "/framework/transformations",
            ("shuffle.repeat.shard.batch",),
        ),
        (
            {"steps_per_epoch": 3},
            {"transformations": "shuffle.batch.repeat.shard"},
            "short-batch-inside",
            "/framework/transformations",
            ("shuffle.repeat.batch.shard",),
        ),
    ],
)
def test_what_no_pipeline_can_do_is_refused(
    fields: Mapping[str, Any],
    options: Mapping[str, Any],
    code: str,
    pointer: str,
    nearest: tuple[int | str, ...],
) -> None:
    faults = PIPELINE.faults(fields, **options)

    assert [(fault.code, fault.pointer, fault.nearest) for fault in faults] == [
        (code, pointer, nearest)
    ]


def test_a_method_of_no_legal_form_says_nothing_about_options() -> None:
    faults = PIPELINE.faults({"sampling": {"method": "at random"}}, buffer_size=2)

    assert [fault.pointer for fault in faults] == ["/sampling/method"]


@pytest.mark.parametrize("order", PIPELINES)
def test_a_nearest_order_of_transformations_is_a_legal_one(order: str) -> None:
    nearest = [
        near
        for fields in ({"dataset_size": 11, **TWO_RANKS}, {"dataset_size": 11, "steps": 9})
        for fault in faults_of({"epochs": None if "steps" in fields else 2, **fields}, order)
        for near in fault.nearest
    ]

    assert set(nearest) <= {*PIPELINES}


def faults_of(fields: Mapping[str, Any], order: str) -> tuple[Fault, ...]:
    try:
        PIPELINE.plan(
            {**fields, "steps_per_epoch": 2 if "repeat" in order else None}, transformations=order
        )
    except InvalidSpecError as refusal:
        return refusal.faults
    return ()
