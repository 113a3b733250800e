"""What several frameworks say alike, on the plans of some of them."""

from typing import Any

import pytest

from tests.frameworks.asking import Asking

TORCH = Asking({"name": "pytorch"}, {"dataset_size": 22, "micro_batch_size": 3, "epochs": 1})
LAST_OF_32_BITS = {"sampling": {"seed": 2**32 - 1}, "epochs": 3}


def carried(**fields: Any) -> dict[str, Any]:
    return {"gradient_accumulation_steps": 3, **fields}


def test_a_carried_run_that_ends_with_an_epoch_is_no_fraction_of_one() -> None:
    codes = TORCH.codes(carried(epochs=3), accumulation="carry")

    assert "fractional-last-epoch" not in codes


def test_a_carried_run_that_stops_inside_an_epoch_counts_micro_steps() -> None:
    finding = TORCH.finding(
        "fractional-last-epoch", carried(epochs=None, steps=5), accumulation="carry"
    )

    assert finding.message == "the run stops in epoch 1 after 7 of 8 micro-steps"


def test_a_resumed_run_that_ends_with_its_first_epoch_is_no_fraction_of_one() -> None:
    streaming = Asking(
        {"name": "mosaic-streaming", "samples_per_shard": 4, "sample_in_epoch": 8},
        {"dataset_size": 24, "micro_batch_size": 2, "epochs": 1},
    )

    codes = streaming.codes({})

    assert "fractional-last-epoch" not in codes


def test_sums_of_seed_and_epoch_begin_again_at_zero() -> None:
    finding = TORCH.finding("seeds-wrap", LAST_OF_32_BITS)

    assert "epoch 1 has the order of epoch 0 of seed 0" in finding.message
    assert finding.suggestion == "sampling.seed 4294967293, or less"


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({**LAST_OF_32_BITS, "epochs": 1}, {}),
        (LAST_OF_32_BITS, {"sampler": "RandomSampler"}),
        ({**LAST_OF_32_BITS, "sampling": {"seed": 2**32 - 1, "method": "shuffle_once"}}, {}),
    ],
    ids=["one epoch", "one generator", "epoch 0 again and again"],
)
def test_a_seed_of_32_bits_to_which_no_epoch_is_added_is_taken_as_it_is(
    fields: dict[str, Any], options: dict[str, Any]
) -> None:
    codes = TORCH.codes(fields, **options)

    assert codes.isdisjoint({"seed-truncated", "seeds-wrap"})


def test_a_seed_of_32_bits_is_never_said_to_give_its_own_orders() -> None:
    codes = TORCH.codes(LAST_OF_32_BITS)

    assert "seed-truncated" not in codes


def test_more_epochs_than_seeds_leave_no_seed_to_suggest() -> None:
    finding = TORCH.finding("seeds-wrap", {"epochs": 2**32 + 1})

    assert finding.suggestion is None


def test_a_short_micro_step_inside_of_an_update_is_no_short_step() -> None:
    codes = TORCH.codes(carried(epochs=3), accumulation="carry")

    assert "short-micro-step" in codes
    assert "short-last-step" not in codes
