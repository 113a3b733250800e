import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import Asking, Fields

ASKING = Asking(
    {"name": "accelerate", "version": "1.15.0"},
    {"dataset_size": 20, "micro_batch_size": 3, "data_parallel_size": 2, "epochs": 2},
)
ONE_RANK = {"data_parallel_size": 1}


@pytest.mark.parametrize(
    ("fields", "options", "code", "message"),
    [
        (
            {},
            {"drop_last": True},
            "samples-dropped",
            "2 of 20 samples are dropped in every full epoch",
        ),
        (
            {},
            {},
            "samples-padded",
            "every full epoch of 20 samples is filled up with 4 repeated samples",
        ),
        (
            {},
            {"even_batches": False},
            "unequal-ranks",
            (
                "the last micro-step of a full epoch has 2 of 6 samples: rank 0 gets 2 and rank 1 "
                "gets 0: some ranks have a micro-step less, and the others wait for them for ever"
            ),
        ),
        (
            ONE_RANK,
            {},
            "short-last-step",
            (
                "step 6, the last of a full epoch, has 2 of 3 samples, so its gradient averages "
                "over fewer of them"
            ),
        ),
        (
            {"gradient_accumulation_steps": 3},
            {"sync_with_dataloader": False},
            "accumulation-carried",
            (
                "an epoch has 4 micro-steps, an update takes 3: about 1.333333 updates per epoch, "
                "so steps cross its end"
            ),
        ),
        (
            {"gradient_accumulation_steps": 3},
            {"sync_with_dataloader": False},
            "accumulation-dropped",
            (
                "the run ends 2 micro-steps after its last update, which needs 3: the gradients of "
                "12 samples are dropped"
            ),
        ),
        (
            {"epochs": None, "steps": 6},
            {},
            "fractional-last-epoch",
            "the run stops in epoch 1 after 2 of 4 steps",
        ),
        (
            {},
            {},
            "scheduler-steps",
            (
                "every update steps the scheduler 2 times, once for each rank: 16 steps in 8 "
                "updates; a schedule of 8 steps is over after update 4"
            ),
        ),
        (
            {"gradient_accumulation_steps": 2},
            {"step_scheduler_with_optimizer": False},
            "scheduler-steps",
            "called in every micro-step, the scheduler takes 8 steps in 4 updates",
        ),
        (
            {"sampling": {"seed": 7}},
            {},
            "generator-needed",
            (
                "these orders are those of a loader made with "
                "generator=torch.Generator().manual_seed(7) and iterated to its end in every "
                "epoch; without a generator of its own they hang on whatever else draws from "
                "torch's global one"
            ),
        ),
    ],
)
def test_a_finding_tells_its_numbers(
    fields: Fields, options: Fields, code: str, message: str
) -> None:
    finding = ASKING.finding(code, fields, **options)

    assert finding.message == message


def test_a_rank_without_its_last_batch_is_an_error() -> None:
    finding = ASKING.finding("unequal-ranks", {}, even_batches=False)

    assert finding.severity is Severity.ERROR
    assert finding.field == "/framework/even_batches"


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        (ONE_RANK, {}),
        ({}, {"split_batches": True}),
        ({}, {"step_scheduler_with_optimizer": False}),
    ],
)
def test_a_scheduler_that_takes_a_step_per_update_is_no_finding(
    fields: Fields, options: Fields
) -> None:
    codes = ASKING.codes(fields, **options)

    assert "scheduler-steps" not in codes


def test_an_order_of_the_dataset_needs_no_seed() -> None:
    codes = ASKING.codes({"sampling": {"method": "sequential"}})

    assert codes.isdisjoint({"generator-needed", "seeds-overlap", "seed-truncated"})
