import pytest

from tests.frameworks.asking import Asking, Fields

LIGHTNING = Asking(
    {"name": "lightning", "version": "2.6.6"},
    {"dataset_size": 10, "micro_batch_size": 1, "epochs": 2},
)
UNREPEATED = {"sampler": "UnrepeatedDistributedSampler"}


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"steps_per_epoch": 5}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
        ({"epochs": "2.5"}, {}, "epochs-not-whole", "/epochs", (2, 3)),
        (
            {"sampling": {"method": "with_replacement"}},
            {},
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        (
            {"dataset_size": 3, "data_parallel_size": 4},
            UNREPEATED,
            "rank-without-samples",
            "/data_parallel_size",
            (3,),
        ),
        (
            {"data_parallel_size": 2, "sampling": {"seed": 2**32}},
            {},
            "seed-too-large",
            "/sampling/seed",
            (2**32 - 1,),
        ),
        (
            {"data_parallel_size": 2, "sampling": {"seed": 2**64 - 1}},
            {"sampler": "DistributedSampler"},
            "seed-too-large",
            "/sampling/seed",
            (2**64 - 2,),
        ),
        (
            {"dataset_size": 2**61, "data_parallel_size": 8},
            {"use_distributed_sampler": False},
            "epoch-too-large",
            "/dataset_size",
            (2**59,),
        ),
        (
            {"micro_batch_size": 11},
            {"drop_last": True},
            "no-step-to-run",
            "/framework/drop_last",
            (),
        ),
        (
            {"micro_batch_size": 11, "data_parallel_size": 2},
            {"drop_last": True, "sampler": "DistributedSampler"},
            "no-step-to-run",
            "/framework/drop_last",
            (),
        ),
    ],
)
def test_what_a_trainer_cannot_do_is_refused(
    fields: Fields, options: Fields, code: str, pointer: str, nearest: tuple[int | str, ...]
) -> None:
    fault = LIGHTNING.fault(fields, **options)

    assert (fault.code, fault.pointer, fault.nearest) == (code, pointer, nearest)


@pytest.mark.parametrize(
    ("options", "code", "pointer", "nearest"),
    [
        ({"limit_train_batches": 1.2}, "illegal-value", "/framework/limit_train_batches", (1,)),
        ({"overfit_batches": -0.1}, "illegal-value", "/framework/overfit_batches", (0,)),
        ({"val_check_interval": "1h"}, "illegal-value", "/framework/val_check_interval", ()),
        ({"val_check_interval": True}, "illegal-value", "/framework/val_check_interval", ()),
        ({"val_check_interval": 1e300}, "illegal-value", "/framework/val_check_interval", None),
        ({"limit_train_batches": 0}, "no-step-to-run", "/framework/limit_train_batches", (1,)),
        ({"limit_train_batches": 0.09}, "no-step-to-run", "/framework/limit_train_batches", (1,)),
        ({"overfit_batches": 0.09}, "no-step-to-run", "/framework/overfit_batches", (1,)),
        (
            {"val_check_interval": 11},
            "interval-exceeds-epoch",
            "/framework/val_check_interval",
            (10,),
        ),
        ({"val_check_interval": 0}, "interval-is-zero", "/framework/val_check_interval", (1,)),
        (
            {"val_check_interval": 0, "check_val_every_n_epoch": None},
            "interval-is-zero",
            "/framework/val_check_interval",
            (1,),
        ),
        (
            {"val_check_interval": 7.0, "check_val_every_n_epoch": None},
            "interval-not-whole",
            "/framework/val_check_interval",
            (7,),
        ),
    ],
)
def test_limits_and_intervals_that_lead_nowhere_are_refused(
    options: Fields, code: str, pointer: str, nearest: tuple[int | str, ...] | None
) -> None:
    fault = LIGHTNING.fault({}, **options)

    assert (fault.code, fault.pointer) == (code, pointer)
    assert nearest is None or fault.nearest == nearest


def test_one_run_has_one_budget() -> None:
    faults = LIGHTNING.faults({"steps": 3})

    assert [(fault.code, fault.pointer) for fault in faults] == [
        ("budget-ambiguous", "/epochs"),
        ("budget-ambiguous", "/steps"),
    ]


def test_a_budget_of_samples_is_no_budget_of_a_trainer() -> None:
    asking = Asking(LIGHTNING.framework, {"dataset_size": 10, "micro_batch_size": 1})

    fault = asking.fault({"samples": 30})

    assert (fault.code, fault.allowed) == (
        "budget-not-in-framework",
        "a budget of epochs or steps",
    )


def test_an_interval_of_zero_is_harmless_where_no_epoch_has_validation() -> None:
    plan = LIGHTNING.plan({}, val_check_interval=0, check_val_every_n_epoch=3)

    assert plan.run.total_steps == 20


@pytest.mark.parametrize(
    ("fields", "options", "pointer", "stop"),
    [
        (
            {"dataset_size": 7, "micro_batch_size": 2},
            {"drop_last": True},
            "/framework/drop_last",
            "rank 0 reads 2 micro-batches and rank 1 stops after 1",
        ),
        (
            {"dataset_size": 17, "micro_batch_size": 2},
            {"limit_train_batches": 0.6},
            "/framework/limit_train_batches",
            "rank 0 reads 3 micro-batches and rank 1 stops after 2",
        ),
    ],
)
def test_a_rank_that_stops_with_samples_left_is_refused(
    fields: Fields, options: Fields, pointer: str, stop: str
) -> None:
    fault = LIGHTNING.fault(fields | {"data_parallel_size": 2}, **UNREPEATED, **options)

    assert (fault.code, fault.pointer) == ("unequal-ranks", pointer)
    assert stop in fault.detail
