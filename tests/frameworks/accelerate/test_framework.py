from typing import Any

import pytest

from app.frameworks.accelerate.framework import VERSIONS
from tests.frameworks.asking import Asking, Fields, lists_of
from tests.strategies import INT64_MAX, UINT64_MAX

ASKING = Asking(
    {"name": "accelerate", "version": "1.15.0"},
    {"dataset_size": 20, "micro_batch_size": 3, "data_parallel_size": 2, "epochs": 2},
)
SEQUENTIAL = {"sampling": {"method": "sequential"}}
SEEDABLE = {"use_seedable_sampler": True}
TINY = {"dataset_size": 5}


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"steps_per_epoch": 5}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
        ({"epochs": "2.5"}, {}, "epochs-not-whole", "/epochs", (2, 3)),
        (
            {"sampling": {"method": "shuffle_once"}},
            {},
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        ({}, {"data_seed": 1}, "option-not-applicable", "/framework/data_seed", ()),
        (
            SEQUENTIAL,
            {"data_seed": 1, **SEEDABLE},
            "option-not-applicable",
            "/framework/data_seed",
            (),
        ),
        (TINY, {"drop_last": True}, "no-step-to-run", "/framework/drop_last", ()),
        (
            {"gradient_accumulation_steps": 9},
            {"sync_with_dataloader": False},
            "no-step-to-run",
            "/gradient_accumulation_steps",
            (8,),
        ),
        (
            {"sampling": {"seed": UINT64_MAX}},
            SEEDABLE,
            "seed-too-large",
            "/sampling/seed",
            (UINT64_MAX - 1,),
        ),
        (
            {},
            {"data_seed": UINT64_MAX, **SEEDABLE},
            "seed-too-large",
            "/framework/data_seed",
            (UINT64_MAX - 1,),
        ),
        (
            {"dataset_size": INT64_MAX, **SEQUENTIAL},
            {},
            "epoch-too-large",
            "/framework/even_batches",
            (),
        ),
    ],
)
def test_a_run_that_the_package_cannot_make_is_refused(
    fields: Fields, options: Fields, code: str, pointer: str, nearest: tuple[Any, ...]
) -> None:
    fault = ASKING.fault(fields, **options)

    assert (fault.code, fault.pointer, fault.nearest) == (code, pointer, nearest)


@pytest.mark.parametrize("name", ["dispatch_batches", "adjust_scheduler"])
def test_an_argument_that_is_not_offered_is_an_unknown_field(name: str) -> None:
    fault = ASKING.fault({}, **{name: True})

    assert fault.code == "unknown-field"
    assert name in VERSIONS[-1].promise.limits


@pytest.mark.parametrize("size", [1, 20, 22, 24])
@pytest.mark.parametrize("even", [True, False])
def test_split_batches_move_no_sample(size: int, even: bool) -> None:
    whole = ASKING.plan({"dataset_size": size}, even_batches=even)
    split = ASKING.plan({"dataset_size": size}, even_batches=even, split_batches=True)

    assert lists_of(whole) == lists_of(split)


def test_a_sequential_epoch_is_the_dataset_shared_out_by_batches() -> None:
    plan = ASKING.plan({"dataset_size": 8, **SEQUENTIAL})

    assert lists_of(plan) == [[[0, 1, 2], [6, 7, 0]], [[3, 4, 5], [1, 2, 3]]]


def test_data_seed_takes_the_place_of_the_seed() -> None:
    by_data_seed = ASKING.plan({"sampling": {"seed": 3}}, data_seed=5, **SEEDABLE)
    by_seed = ASKING.plan({"sampling": {"seed": 5}}, **SEEDABLE)

    assert lists_of(by_data_seed, 1) == lists_of(by_seed, 1)


def test_a_seedable_epoch_is_the_next_seeds_epoch_before() -> None:
    fields = {"sampling": {"seed": 3, "method": "with_replacement"}}
    later = ASKING.plan(fields, **SEEDABLE)
    first = ASKING.plan({"sampling": {"seed": 4, "method": "with_replacement"}}, **SEEDABLE)

    assert lists_of(later, 1) == lists_of(first, 0)


def test_padding_repeats_the_draws_at_the_head_of_the_epoch() -> None:
    plan = ASKING.plan({"sampling": {"method": "with_replacement"}})

    first, second = lists_of(plan)

    assert [first[-1][-1], *second[-1]] == [*first[0], second[0][0]]
    assert plan.coverage.exact is False


def test_skipping_epochs_of_a_generator_of_its_own_is_work() -> None:
    plan = ASKING.plan({"epochs": 9})
    seedable = ASKING.plan({"epochs": 9}, **SEEDABLE)
    sequential = ASKING.plan({"epochs": 9, **SEQUENTIAL})

    works = [each.framework.table_work(each.spec, 8) for each in (plan, seedable, sequential)]

    assert works == [20 + (8 * (2 * 19 + 2) + 2) // 8, 20, 0]


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({}, 8),
        ({"split_batches": True}, 4),
        ({"step_scheduler_with_optimizer": False}, 8),
        ({"sync_with_dataloader": False}, 4),
    ],
)
def test_the_scheduler_is_counted_as_the_package_steps_it(options: Fields, steps: int) -> None:
    numbers = ASKING.numbers({"gradient_accumulation_steps": 3}, **options)

    assert numbers["lr_scheduler_last_epoch"] == steps
