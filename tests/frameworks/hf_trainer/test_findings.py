import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import Asking, Fields

SPEC: Fields = {
    "dataset_size": 9,
    "micro_batch_size": 2,
    "gradient_accumulation_steps": 2,
    "epochs": 3,
}
CARRYING, SPILLING, NEWEST = (
    Asking({"name": "hf-trainer", "version": version}, SPEC)
    for version in ("4.45.2", "4.51.3", "5.23.0")
)
BY_STEPS: Fields = {"epochs": None, "steps": 6}
LOST: Fields = {"dataset_size": 10, "gradient_accumulation_steps": 3, "epochs": 4}
SHORT_EPOCH: Fields = {"dataset_size": 5, "gradient_accumulation_steps": 4}


@pytest.mark.parametrize(
    ("asking", "updates", "micro_steps", "epoch"),
    [(CARRYING, "2.5", 12, 2), (SPILLING, "3", 10, 1)],
)
def test_a_run_that_ends_early_tells_where_and_why(
    asking: Asking, updates: str, micro_steps: int, epoch: int
) -> None:
    finding = asking.finding("run-ends-early", {})

    assert finding.severity is Severity.WARNING
    assert finding.message == (
        f"the plan counts 2 updates in the 5 micro-steps of an epoch, the loop makes {updates}: "
        f"its 6 steps are over after {micro_steps} of the 15 micro-steps that were asked for, in "
        f"epoch {epoch} of 3"
    )
    assert finding.suggestion == "transformers 4.52 or newer, where plan and loop agree: 9 steps"


def test_a_share_of_an_epoch_ends_early_as_well() -> None:
    finding = SPILLING.finding("run-ends-early", {"epochs": "2.5"})

    assert "its 5 steps are over after 9 of the 13 micro-steps" in finding.message


@pytest.mark.parametrize(
    ("asking", "fields"),
    [(NEWEST, {}), (CARRYING, BY_STEPS), (CARRYING, {"dataset_size": 8}), (SPILLING, LOST)],
)
def test_a_run_that_ends_where_it_was_asked_to_is_no_finding(
    asking: Asking, fields: Fields
) -> None:
    codes = asking.codes(fields)

    assert "run-ends-early" not in codes


def test_an_epoch_of_fewer_micro_steps_than_a_group_makes_more_updates_than_planned() -> None:
    early = CARRYING.finding("run-ends-early", {**SHORT_EPOCH, "epochs": 5})
    uneven = CARRYING.finding("uneven-updates", {**SHORT_EPOCH, "epochs": 5})

    assert "1 update in the 3 micro-steps of an epoch, the loop makes 1.5" in early.message
    assert uneven.message == (
        "an epoch of 3 micro-steps ends with an update, but another one follows after every 4 "
        "micro-steps of the run, wherever in an epoch that is"
    )
    assert uneven.suggestion == "gradient_accumulation_steps 3"


@pytest.mark.parametrize(("asking", "size"), [(CARRYING, 4), (CARRYING, 8), (SPILLING, 8)])
def test_epochs_that_fit_the_groups_have_even_updates(asking: Asking, size: int) -> None:
    codes = asking.codes({**SHORT_EPOCH, "dataset_size": size})

    assert "uneven-updates" not in codes


def test_micro_steps_that_the_loop_loses_are_told() -> None:
    finding = SPILLING.finding("micro-steps-lost", LOST)

    assert finding.message == (
        "behind its last whole group an epoch has 2 micro-steps, of which the loop takes 1, the "
        "remainder of 10 examples by 3: 2 samples of every epoch are not trained, and the "
        "gradients of the 1 go into the first update of the next epoch, which adds up 4 "
        "micro-steps"
    )


def test_a_single_lost_sample_is_one() -> None:
    fields = {"dataset_size": 22, "micro_batch_size": 3, "gradient_accumulation_steps": 5}

    finding = SPILLING.finding("micro-steps-lost", fields)

    assert "1 sample of every epoch is not trained" in finding.message


def test_lost_micro_steps_do_not_hide_that_ranks_are_unequal() -> None:
    fields = {**LOST, "micro_batch_size": 1, "data_parallel_size": 2, "dataset_size": 9}

    finding = SPILLING.finding("unequal-ranks", fields, even_batches=False)

    assert finding.severity is Severity.ERROR


def test_a_product_of_doubles_is_told_beside_the_exact_one() -> None:
    fields = {"dataset_size": 100, "micro_batch_size": 1, "gradient_accumulation_steps": 1}

    finding = NEWEST.finding("rounded-product", {**fields, "epochs": "0.07"})

    assert finding.message == (
        "num_train_epochs x 100 is a product of doubles: it gives 8 steps where 7 would be exact"
    )
    assert finding.suggestion == "steps 7"


def test_ranks_that_are_counted_twice_are_told() -> None:
    finding = NEWEST.finding("ranks-counted-twice", {"data_parallel_size": 4}, split_batches=True)

    assert finding.message == (
        "with split_batches per_device_train_batch_size 8 is shared by all ranks, but the Trainer "
        "multiplies it by their number: it tells of a total train batch size of 64, and an update "
        "takes 16 samples"
    )


@pytest.mark.parametrize("options", [{}, {"split_batches": True}])
def test_a_single_rank_is_counted_once(options: Fields) -> None:
    codes = NEWEST.codes({}, **options)

    assert "ranks-counted-twice" not in codes


@pytest.mark.parametrize(
    ("asking", "fields", "options", "outcome"),
    [
        (
            CARRYING,
            {},
            {"resume_from_checkpoint": 3},
            (
                "after step 3 the unbroken run goes on with micro-step 1 of epoch 1, the resumed "
                "one with micro-step 2 of epoch 1: 1 micro-step left out"
            ),
        ),
        (
            SPILLING,
            {},
            {"resume_from_checkpoint": 5},
            (
                "after step 5 the unbroken run goes on with micro-step 4 of epoch 1, the resumed "
                "one with micro-step 2 of epoch 2: 3 micro-steps left out"
            ),
        ),
        (
            NEWEST,
            {},
            {"resume_from_checkpoint": 5, "ignore_data_skip": True},
            (
                "after step 5 the unbroken run goes on with micro-step 4 of epoch 1, the resumed "
                "one with micro-step 0 of epoch 1: 4 micro-steps trained twice"
            ),
        ),
        (
            SPILLING,
            LOST,
            {"resume_from_checkpoint": 2},
            (
                "after step 2 the unbroken run goes on with micro-step 3 of epoch 1, the resumed "
                "one with micro-step 0 of epoch 2: 1 micro-step left out"
            ),
        ),
    ],
)
def test_a_resumed_run_that_goes_on_elsewhere_is_told(
    asking: Asking, fields: Fields, options: Fields, outcome: str
) -> None:
    finding = asking.finding("resumed-elsewhere", fields, **options)

    assert finding.message == outcome


@pytest.mark.parametrize("step", range(1, 10))
def test_a_consistent_version_resumes_in_place(step: int) -> None:
    codes = NEWEST.codes({}, resume_from_checkpoint=step)

    assert "resumed-elsewhere" not in codes


@pytest.mark.parametrize(
    ("asking", "fields", "present"),
    [
        (CARRYING, {}, {"accumulation-carried"}),
        (CARRYING, SHORT_EPOCH, set()),
        (SPILLING, {}, {"short-last-step"}),
        (SPILLING, LOST, set()),
        (NEWEST, {"epochs": "2.5"}, {"short-last-step", "fractional-last-epoch"}),
    ],
)
def test_what_becomes_of_the_end_of_an_epoch_is_told(
    asking: Asking, fields: Fields, present: set[str]
) -> None:
    ends = {"accumulation-carried", "short-last-step", "fractional-last-epoch"}

    codes = asking.codes(fields)

    assert codes & ends == present
