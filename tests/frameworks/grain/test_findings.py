from typing import Any

import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import Asking, lists_of

GRAIN_PLANS = Asking(
    {"name": "grain"},
    {"dataset_size": 12, "micro_batch_size": 2, "data_parallel_size": 2, "epochs": 2},
)
SLICES, ELASTIC = {"api": "MapDataset"}, {"api": "ElasticIterator"}
ENDLESS = {"epochs": None}


def message(code: str, fields: dict[str, Any], **options: Any) -> str:
    return GRAIN_PLANS.finding(code, fields, **options).message


def test_a_run_in_which_all_comes_out_even_needs_but_two_words() -> None:
    assert GRAIN_PLANS.codes({}) == {"ranks-share-order", "seeds-overlap"}


def test_slices_of_a_run_in_which_all_comes_out_even_need_but_one() -> None:
    assert GRAIN_PLANS.codes({}, **SLICES) == {"seeds-overlap"}


def test_the_defect_of_the_shuffle_is_told_with_its_samples() -> None:
    fields = {"dataset_size": 65_537, "data_parallel_size": 1, "sampling": {"seed": 7}}

    found = GRAIN_PLANS.finding("shuffle-is-no-bijection", fields)

    assert found.severity is Severity.WARNING
    assert "65536 of 65537 positions" in found.message
    assert "the first being 65536, is never visited" in found.message
    assert "sample 8812 at positions 0 and 65536" in found.message
    assert found.suggestion
    assert found.suggestion.startswith("the framework native, ")


@pytest.mark.parametrize("method", ["shuffle", "shuffle_once"])
def test_the_sample_that_is_told_to_come_twice_does(method: str) -> None:
    fields = {
        "dataset_size": 65_537,
        "data_parallel_size": 1,
        "micro_batch_size": 65_537,
        "sampling": {"method": method, "seed": 7},
    }

    ((found,),) = lists_of(GRAIN_PLANS.plan(fields, **SLICES))

    assert (found.count(8812), found.count(65_536)) == (2, 0)


def test_the_defect_is_told_of_every_kind_of_range() -> None:
    fields = {"dataset_size": 3 * 65_537 + 1, "data_parallel_size": 3, "sampling": {"seed": 7}}

    found = message("shuffle-is-no-bijection", fields)

    assert "in each of 2 ranges of 65537, the first being 131074" in found


def test_a_logarithm_that_is_rounded_loses_more_than_one_sample() -> None:
    found = message(
        "shuffle-is-no-bijection", {"dataset_size": 2**52 + 5, **ENDLESS, "steps": 3}, **SLICES
    )

    assert "5 samples, the first being 4503599627370496, are never visited" in found


@pytest.mark.parametrize("size", [65_536, 65_538])
def test_other_sizes_are_told_nothing_of_it(size: int) -> None:
    assert "shuffle-is-no-bijection" not in GRAIN_PLANS.codes({"dataset_size": size}, **SLICES)


def test_samples_that_belong_to_no_rank_are_counted() -> None:
    found = message(
        "samples-dropped", {"dataset_size": 14, "data_parallel_size": 4}, shard_drop_remainder=True
    )

    assert found.startswith("2 of 14 samples belong to no rank")


def test_ranges_that_differ_drift_apart() -> None:
    fields = {"dataset_size": 11, "data_parallel_size": 3, "epochs": 4}

    found = message("uneven-ranges", fields)

    assert found.startswith("the ranges of 2 of 3 ranks have 4 samples, the others 3")
    assert "each rank loads 14 in 4 epochs" in found
    assert "leave out the last 2, the latter begin another pass with 2" in found


def test_ranges_that_differ_drift_apart_without_an_end() -> None:
    fields = {"dataset_size": 11, "data_parallel_size": 3, **ENDLESS, "steps": 9}

    assert message("uneven-ranges", fields).endswith("so their passes drift apart")


def test_a_loader_loads_what_all_ranks_share() -> None:
    found = GRAIN_PLANS.finding("samples-not-loaded", {"dataset_size": 10, "data_parallel_size": 3})

    assert "the 20 samples of the run" in found.message
    assert "gives each of them 6 and never loads the last 2" in found.message
    assert found.suggestion == "a dataset_size of 9 or 12, which 3 ranks share equally"


def test_workers_end_with_short_micro_steps() -> None:
    found = message("short-micro-steps", {"dataset_size": 20}, worker_count=3)

    assert "each of 3 workers" in found
    assert "ends with 2 micro-steps of fewer than 2 samples per rank" in found


@pytest.mark.parametrize(
    ("fields", "options", "lost"),
    [
        ({"dataset_size": 9}, {"drop_remainder": True}, "2 samples of the run, out of 18"),
        (
            {"dataset_size": 9},
            {**SLICES, "drop_remainder": True},
            "2 samples of the run, out of 18",
        ),
        ({"dataset_size": 9}, ELASTIC, "2 samples of the run, out of 18"),
        (
            {"dataset_size": 10, "data_parallel_size": 1, "micro_batch_size": 4},
            {"drop_remainder": True, "worker_count": 2},
            "4 samples of the run, out of 20",
        ),
    ],
)
def test_what_fills_no_micro_batch_is_counted(
    fields: dict[str, Any], options: dict[str, Any], lost: str
) -> None:
    found = message("remainder-dropped", fields, **options)

    assert found.startswith(f"the last {lost}")


def test_ranks_with_a_smaller_share_are_told() -> None:
    fields = {"dataset_size": 9, "data_parallel_size": 4, "epochs": 1}

    found = GRAIN_PLANS.finding("unequal-ranks", {**fields, "micro_batch_size": 4}, **SLICES)

    assert found.severity is Severity.WARNING
    assert "has 9 of 16 samples: rank 0 gets 3 and rank 3 gets 2" in found.message


@pytest.mark.parametrize(
    ("options", "shares"),
    [
        ({}, "has 1 of 4 samples: rank 0 gets 1 and rank 1 gets 0"),
        ({"drop_remainder": True}, "has 2 of 4 samples: rank 0 gets 2 and rank 1 gets 0"),
    ],
)
def test_ranks_that_wait_for_ever_are_an_error(options: dict[str, Any], shares: str) -> None:
    size = 7 if options else 9

    found = GRAIN_PLANS.finding(
        "unequal-ranks", {"dataset_size": size, "epochs": 1}, **SLICES, **options
    )

    assert found.severity is Severity.ERROR
    assert shares in found.message
    assert found.message.endswith("for ever")


@pytest.mark.parametrize("dataset_size", [8, 16])
def test_equal_ranks_are_told_nothing(dataset_size: int) -> None:
    assert "unequal-ranks" not in GRAIN_PLANS.codes({"dataset_size": dataset_size}, **SLICES)


def test_a_short_last_step_is_told() -> None:
    found = message("short-last-step", {"gradient_accumulation_steps": 4})

    assert found.startswith("step 1, the last of the run, has 8 of 16 samples")


def test_a_run_that_stops_inside_a_pass_is_told() -> None:
    found = message("fractional-last-epoch", {**ENDLESS, "steps": 5})

    assert found == "the run stops in epoch 1 after 8 of 12 samples"


def test_a_run_that_stops_inside_a_virtual_epoch_is_told() -> None:
    found = message("fractional-last-epoch", {**ENDLESS, "steps": 5, "steps_per_epoch": 3})

    assert found == "the run stops in epoch 1 after 2 of 3 steps"


@pytest.mark.parametrize(
    "fields", [{"steps": 6}, {"samples": 24}, {"steps": 6, "steps_per_epoch": 3}]
)
def test_a_run_that_stops_with_an_epoch_is_told_nothing(fields: dict[str, Any]) -> None:
    assert "fractional-last-epoch" not in GRAIN_PLANS.codes({**ENDLESS, **fields})


def test_steps_that_cross_the_ends_of_epochs_are_told() -> None:
    found = message("steps-cross-epochs", {"dataset_size": 14})

    assert "an epoch has 14 samples and a step takes 4" in found
    assert found.endswith("an epoch has 3 or 4 steps")


def test_epochs_without_a_step_are_told() -> None:
    found = message("steps-cross-epochs", {"gradient_accumulation_steps": 7, "epochs": 5})

    assert found.endswith("of 5 epochs at most 3 have a step of their own")


def test_a_seed_that_changes_nothing_is_told() -> None:
    sampling = {"method": "sequential", "seed": 5}

    assert "so seed 5 changes no" in message("seed-has-no-effect", {"sampling": sampling})
    assert "seed-has-no-effect" not in GRAIN_PLANS.codes({"sampling": {"method": "sequential"}})


def test_neighbouring_seeds_share_orders_unless_epochs_are_virtual() -> None:
    assert "epoch 1 of seed 0 is epoch 0 of seed 1" in message("seeds-overlap", {})
    assert "seeds-overlap" not in GRAIN_PLANS.codes({"steps_per_epoch": 2})


def test_ranks_that_share_an_order_are_told() -> None:
    assert "all 2 ranks shuffle with one seed" in message("ranks-share-order", {})
    assert "ranks-share-order" not in GRAIN_PLANS.codes({"sampling": {"method": "sequential"}})
    assert "ranks-share-order" not in GRAIN_PLANS.codes({"data_parallel_size": 1})
