from typing import Any

import pytest

from app.frameworks.hf_trainer.framework import VERSIONS
from app.frameworks.protocol import Framework
from tests.frameworks.asking import Asking, Fields, lists_of
from tests.strategies import INT64_MAX, UINT64_MAX

SPEC: Fields = {
    "dataset_size": 9,
    "micro_batch_size": 2,
    "gradient_accumulation_steps": 2,
    "epochs": 3,
}
NEWEST = Asking({"name": "hf-trainer"}, SPEC)
OF = {
    each.version: Asking({"name": "hf-trainer", "version": each.version}, SPEC) for each in VERSIONS
}
OLDEST, SPILLING = OF["4.45.2"], OF["4.51.3"]
FOUR_RANKS = {"data_parallel_size": 4, "dataset_size": 6}


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"steps_per_epoch": 5}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
        ({"epochs": None, "samples": 9}, {}, "budget-not-in-framework", "/samples", ()),
        (
            {"sampling": {"method": "with_replacement"}},
            {},
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        ({"sampling": {"seed": 2**32}}, {}, "seed-too-large", "/sampling/seed", (2**32 - 1,)),
        (
            {},
            {"data_seed": UINT64_MAX},
            "seed-too-large",
            "/framework/data_seed",
            (UINT64_MAX - 2,),
        ),
        (
            {"sampling": {"method": "sequential"}},
            {"data_seed": 1},
            "option-not-applicable",
            "/framework/data_seed",
            (),
        ),
        (
            {},
            {"ignore_data_skip": True},
            "option-not-applicable",
            "/framework/ignore_data_skip",
            (),
        ),
        (
            {"dataset_size": 1},
            {"dataloader_drop_last": True},
            "no-step-to-run",
            "/framework/dataloader_drop_last",
            (),
        ),
        (
            FOUR_RANKS,
            {"even_batches": False},
            "rank-without-batch",
            "/framework/even_batches",
            (),
        ),
        (
            {"dataset_size": INT64_MAX, "data_parallel_size": 2},
            {},
            "epoch-too-large",
            "/framework/even_batches",
            (),
        ),
        (
            {},
            {"resume_from_checkpoint": 10},
            "checkpoint-behind-end",
            "/framework/resume_from_checkpoint",
            (9,),
        ),
    ],
)
def test_a_run_that_the_package_cannot_make_is_refused(
    fields: Fields, options: Fields, code: str, pointer: str, nearest: tuple[Any, ...]
) -> None:
    fault = NEWEST.fault(fields, **options)

    assert (fault.code, fault.pointer, fault.nearest) == (code, pointer, nearest)


@pytest.mark.parametrize("framework", VERSIONS, ids=lambda each: each.version)
def test_every_version_was_executed(framework: Framework) -> None:
    promise = framework.promise

    assert promise.verified == (framework.version,)


def test_a_loop_that_never_updates_is_refused_with_the_numbers_that_keep_it_from_it() -> None:
    fields = {"dataset_size": 10, "gradient_accumulation_steps": 7}

    fault = SPILLING.fault(fields)

    assert (fault.code, fault.pointer) == ("no-step-to-run", "/gradient_accumulation_steps")
    assert fault.nearest == (5,)
    assert fault.detail == (
        "no epoch reaches an update: of its 5 micro-steps, which are fewer than 7, the loop takes "
        "3, the remainder of 10 examples by 7"
    )


@pytest.mark.parametrize(
    ("asking", "fields", "options"),
    [
        (OLDEST, {}, {"even_batches": False}),
        (NEWEST, {"epochs": None, "steps": 3}, {"even_batches": False}),
        (NEWEST, {}, {"even_batches": False, "split_batches": True}),
    ],
)
def test_a_rank_without_a_batch_hangs_where_it_does_not_count_its_steps(
    asking: Asking, fields: Fields, options: Fields
) -> None:
    codes = asking.codes({**FOUR_RANKS, **fields}, **options)

    assert "unequal-ranks" in codes


@pytest.mark.parametrize(
    ("version", "name"),
    [("4.45.2", "data_seed"), ("5.23.0", "warmup_ratio"), ("5.23.0", "group_by_length")],
)
def test_an_argument_that_a_version_does_not_use_is_an_unknown_field(
    version: str, name: str
) -> None:
    fault = OF[version].fault({}, **{name: 1})

    assert (fault.code, fault.pointer) == ("unknown-field", f"/framework/{name}")


@pytest.mark.parametrize("version", ["4.45.2", "4.51.3", "4.57.1"])
def test_only_5_reads_the_dataset_in_order(version: str) -> None:
    fault = OF[version].fault({"sampling": {"method": "sequential"}})

    assert fault.code == "method-not-in-framework"


def test_a_sequential_epoch_is_the_dataset_shared_out_by_batches() -> None:
    plan = NEWEST.plan({"sampling": {"method": "sequential"}, "data_parallel_size": 2})

    assert lists_of(plan) == [[[0, 1], [4, 5], [8, 0]], [[2, 3], [6, 7], [1, 2]]]
    assert plan.framework.table_work(plan.spec, 0) == 0


def test_every_version_shuffles_alike() -> None:
    plans = [asking.plan({"sampling": {"seed": 42}}) for asking in OF.values()]

    first, *others = [lists_of(plan, 1) for plan in plans]

    assert all(other == first for other in others)
    assert {plan.framework.table_work(plan.spec, 1) for plan in plans} == {9}


def test_data_seed_takes_the_place_of_the_seed() -> None:
    by_data_seed = NEWEST.plan({"sampling": {"seed": 3}}, data_seed=5)
    by_seed = NEWEST.plan({"sampling": {"seed": 5}})

    assert lists_of(by_data_seed, 1) == lists_of(by_seed, 1)


@pytest.mark.parametrize(
    ("spec", "floor", "ceil"),
    [
        (
            {
                "dataset_size": 91,
                "micro_batch_size": 10,
                "data_parallel_size": 2,
                "gradient_accumulation_steps": 2,
                "epochs": 10,
            },
            20,
            30,
        ),
        (
            {
                "dataset_size": 260,
                "micro_batch_size": 16,
                "gradient_accumulation_steps": 2,
                "epochs": 1,
            },
            8,
            9,
        ),
        (SPEC, 6, 9),
    ],
)
def test_whole_groups_were_planned_before_4_52_and_every_update_since(
    spec: Fields, floor: int, ceil: int
) -> None:
    planned = {version: asking.numbers(spec)["max_steps"] for version, asking in OF.items()}

    assert planned == {"4.45.2": floor, "4.51.3": floor, "4.57.1": ceil, "5.23.0": ceil}


def test_the_numbers_of_a_plan_bear_the_names_of_the_trainer() -> None:
    numbers = OLDEST.numbers({"data_parallel_size": 2}, split_batches=True, warmup_ratio=0.1)

    assert numbers == {
        "max_steps": 3,
        "num_train_epochs": 3,
        "num_update_steps_per_epoch": 1,
        "num_examples": 9,
        "num_train_samples": 27.0,
        "total_train_batch_size": 16,
        "len_dataloader": 3,
        "global_step": 3,
        "epoch": 2.0,
        "logging_steps": 500,
        "save_steps": 500,
        "warmup_steps": 1,
        "total_steps": 3,
    }


def test_a_budget_of_steps_counts_samples_by_the_total_batch_size() -> None:
    numbers = NEWEST.numbers({"epochs": None, "steps": 8})

    assert (numbers["num_train_samples"], numbers["num_train_epochs"]) == (32, 3)
    assert numbers["epoch"] == 2.8


@pytest.mark.parametrize(
    ("options", "epochs", "micro_steps"),
    [({}, 1, 2), ({"ignore_data_skip": True}, 1, 0)],
)
def test_a_resumed_run_skips_what_its_numbers_say(
    options: Fields, epochs: int, micro_steps: int
) -> None:
    numbers = NEWEST.numbers({}, resume_from_checkpoint=4, **options)

    assert numbers["epochs_trained"] == epochs
    assert numbers["steps_trained_in_current_epoch"] == micro_steps
