from typing import Any

import pytest

from tests.frameworks.asking import Asking

GRAIN_PLANS = Asking(
    {"name": "grain"},
    {"dataset_size": 10, "micro_batch_size": 2, "data_parallel_size": 2},
)
SLICES, ELASTIC = {"api": "MapDataset"}, {"api": "ElasticIterator"}
MOST = 2**63 - 1


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"epochs": "2.5"}, {}, "epochs-not-whole", "/epochs", (2, 3)),
        (
            {"sampling": {"method": "random_sample"}, "steps_per_epoch": 2},
            {},
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        (
            {"sampling": {"method": "shuffle_once"}},
            {},
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        ({}, {"api": "Dataloader"}, "illegal-value", "/framework/api", ("DataLoader",)),
        ({}, {"worker_count": -1}, "illegal-value", "/framework/worker_count", (0,)),
        (
            {},
            {**SLICES, "worker_count": 2},
            "option-not-applicable",
            "/framework/worker_count",
            (),
        ),
        (
            {},
            {**ELASTIC, "drop_remainder": True},
            "option-not-applicable",
            "/framework/drop_remainder",
            (),
        ),
        ({}, {"pipeline_seed": True}, "option-not-applicable", "/framework/pipeline_seed", ()),
        (
            {"sampling": {"seed": 2**32}},
            {},
            "seed-too-large",
            "/sampling/seed",
            (2**32 - 1,),
        ),
        (
            {"sampling": {"method": "sequential", "seed": 2**33}},
            {},
            "seed-too-large",
            "/sampling/seed",
            (2**32 - 1,),
        ),
        (
            {"sampling": {"method": "shuffle_once", "seed": 2**32}},
            SLICES,
            "seed-too-large",
            "/sampling/seed",
            (2**32 - 1,),
        ),
        (
            {"data_parallel_size": 11},
            {},
            "ranks-without-samples",
            "/data_parallel_size",
            (10,),
        ),
        ({"epochs": 10**18 - 1}, {}, "stream-too-long", "/epochs", (MOST // 10,)),
        ({"epochs": 10**18 - 1}, SLICES, "stream-too-long", "/epochs", (MOST // 10,)),
        (
            {"micro_batch_size": 6},
            {"drop_remainder": True},
            "no-step-to-run",
            "/micro_batch_size",
            (),
        ),
        ({"micro_batch_size": 6}, ELASTIC, "no-step-to-run", "/micro_batch_size", ()),
        (
            {"dataset_size": 13, "gradient_accumulation_steps": 2},
            {"worker_count": 4},
            "short-micro-steps",
            "/framework/worker_count",
            (0,),
        ),
        (
            {"dataset_size": 2**61 + 7, "micro_batch_size": 2**40},
            SLICES,
            "length-not-exact",
            "/dataset_size",
            (),
        ),
        ({"dataset_size": MOST}, ELASTIC, "dataset-too-large", "/dataset_size", (MOST - 1,)),
    ],
)
def test_what_grain_cannot_do_is_refused(
    fields: dict[str, Any],
    options: dict[str, Any],
    code: str,
    pointer: str,
    nearest: tuple[object, ...],
) -> None:
    fault = GRAIN_PLANS.fault({"epochs": 1, **fields}, **options)

    assert (fault.code, fault.pointer, fault.nearest) == (code, pointer, nearest)


@pytest.mark.parametrize(
    ("fields", "options", "nearest"),
    [
        ({"steps": MOST // 4}, {}, None),
        ({"steps": MOST // 4 + 1}, {}, MOST // 4),
        ({"steps": MOST // 4, "gradient_accumulation_steps": 2}, {}, MOST // 8),
        ({"steps": MOST // 4}, SLICES, None),
        ({"steps": MOST // 4 + 1}, ELASTIC, MOST // 4),
    ],
)
def test_a_run_ends_where_grain_can_no_longer_count(
    fields: dict[str, Any], options: dict[str, Any], nearest: int | None
) -> None:
    if nearest is None:
        assert GRAIN_PLANS.plan(fields, **options).run.total_steps == fields["steps"]
    else:
        fault = GRAIN_PLANS.fault(fields, **options)
        assert fault.pointer == "/steps"
        assert f"at most {nearest} steps" in fault.allowed


def test_an_endless_dataset_in_micro_batches_of_one_is_more_than_grain_can_count() -> None:
    fields = {"micro_batch_size": 1, "data_parallel_size": 1, "steps": 3}

    fault = GRAIN_PLANS.fault(fields, **SLICES)

    assert (fault.pointer, fault.nearest) == ("/micro_batch_size", (2,))
    assert str(2**63) in fault.detail
    assert GRAIN_PLANS.plan(fields, **SLICES, drop_remainder=True).run.total_steps == 3


@pytest.mark.parametrize(
    ("options", "method"), [(SLICES, "sequential"), ({**SLICES, "pipeline_seed": True}, "shuffle")]
)
def test_a_seed_that_shuffle_does_not_take_may_be_long(
    options: dict[str, Any], method: str
) -> None:
    sampling = {"method": method, "seed": 2**64 - 1}

    plan = GRAIN_PLANS.plan({"epochs": 1, "sampling": sampling}, **options)

    assert plan.spec.sampling.seed == 2**64 - 1


def test_a_malformed_seed_is_named_once() -> None:
    fault = GRAIN_PLANS.fault({"epochs": 1, "sampling": {"method": "shuffle_once", "seed": -1}})

    assert fault.pointer == "/sampling/seed"
