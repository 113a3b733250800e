import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.finding import Severity
from tests.frameworks.asking import Asking, Fields, lists_of
from tests.strategies import sparingly

DEEPSPEED = Asking(
    {"name": "deepspeed"},
    {"dataset_size": 10, "micro_batch_size": 3, "epochs": 3},
)
ACCUMULATING = {"gradient_accumulation_steps": 3}


def test_every_epoch_replays_the_order_of_seed_0() -> None:
    plan = DEEPSPEED.plan({"sampling": {"seed": 7}})

    assert lists_of(plan, 0) == lists_of(plan, 2) == [[[4, 1, 7], [5, 3, 9], [0, 8, 6], [2]]]


def test_ranks_are_filled_up_from_the_head_of_the_order() -> None:
    plan = DEEPSPEED.plan({"data_parallel_size": 3})

    assert lists_of(plan) == [[[4, 5, 0], [2]], [[1, 3, 8], [4]], [[7, 9, 6], [1]]]


def test_short_micro_batches_can_be_left_out() -> None:
    plan = DEEPSPEED.plan({"data_parallel_size": 3}, dataloader_drop_last=True)

    assert lists_of(plan) == [[[4, 5, 0]], [[1, 3, 8]], [[7, 9, 6]]]


def test_accumulation_goes_on_across_the_ends_of_epochs_and_never_flushes() -> None:
    numbers = DEEPSPEED.numbers(ACCUMULATING | {"epochs": 5})

    assert (numbers["global_steps"], numbers["micro_steps"]) == (6, 20)


@sparingly
@given(st.integers(1, 30), st.integers(1, 4), st.integers(1, 5), st.integers(1, 9))
def test_a_run_of_epochs_takes_as_many_steps_as_its_micro_steps_make(
    size: int, micro: int, accumulation: int, epochs: int
) -> None:
    fields = {"dataset_size": size, "micro_batch_size": micro, "epochs": 60 * epochs}
    run = DEEPSPEED.plan(fields | {"gradient_accumulation_steps": accumulation}).run

    read = [len(batches) for batches in lists_of(DEEPSPEED.plan(fields | {"epochs": 1}))]

    assert run.total_steps * accumulation == read[0] * 60 * epochs


@pytest.mark.parametrize(
    ("fields", "options", "code", "pointer", "nearest"),
    [
        ({"remainder": "drop"}, {}, "remainder-belongs-to-native", "/remainder", ()),
        ({"steps_per_epoch": 5}, {}, "no-virtual-epochs", "/steps_per_epoch", ()),
        ({"epochs": "2.5"}, {}, "epochs-not-whole", "/epochs", (2, 3)),
        (
            {"sampling": {"method": "sequential"}},
            {},
            "method-not-in-framework",
            "/sampling/method",
            ("shuffle",),
        ),
        (
            {"dataset_size": 2**63 - 1, "data_parallel_size": 2},
            {},
            "epoch-too-large",
            "/dataset_size",
            (2**62,),
        ),
        (
            {"micro_batch_size": 11},
            {"dataloader_drop_last": True},
            "no-step-to-run",
            "/framework/dataloader_drop_last",
            (),
        ),
        (
            {"gradient_accumulation_steps": 13},
            {},
            "no-step-to-run",
            "/gradient_accumulation_steps",
            (12,),
        ),
        (
            {"global_batch_size": 33, "micro_batch_size": 17, "data_parallel_size": 2},
            {},
            "batch-does-not-divide",
            "/global_batch_size",
            (34,),
        ),
        (
            {},
            {"version": "0.19.8", "elasticity": {"enabled": False}},
            "elasticity-removed",
            "/framework/version",
            ("0.19.7",),
        ),
    ],
)
def test_what_the_engine_cannot_do_is_refused(
    fields: Fields, options: Fields, code: str, pointer: str, nearest: tuple[int | str, ...]
) -> None:
    fault = DEEPSPEED.fault(fields, **options)

    assert (fault.code, fault.pointer, fault.nearest) == (code, pointer, nearest)


@pytest.mark.parametrize(
    ("fields", "options", "code", "severity", "field", "said"),
    [
        (
            {},
            {},
            "epochs-replay-the-first",
            Severity.WARNING,
            "/sampling/method",
            "all 3 epochs replay the order of epoch 0",
        ),
        (
            {"sampling": {"seed": 7}},
            {},
            "seed-has-no-effect",
            Severity.WARNING,
            "/sampling/seed",
            "its DistributedSampler at 0, so seed 7",
        ),
        (
            {},
            {},
            "short-micro-step",
            Severity.WARNING,
            "/framework/dataloader_drop_last",
            "has 1 of 3 samples",
        ),
        (
            {},
            {"dataloader_drop_last": True},
            "samples-dropped",
            Severity.WARNING,
            "/framework/dataloader_drop_last",
            "1 of 10 samples are dropped",
        ),
        (
            {"data_parallel_size": 4},
            {},
            "samples-padded",
            Severity.WARNING,
            "/data_parallel_size",
            "filled up with 2 repeated samples",
        ),
        (
            ACCUMULATING,
            {},
            "accumulation-carried",
            Severity.INFO,
            "/gradient_accumulation_steps",
            "an epoch has 4 micro-steps, an update takes 3",
        ),
        (
            {"epochs": 2} | ACCUMULATING,
            {},
            "accumulation-dropped",
            Severity.WARNING,
            "/gradient_accumulation_steps",
            "ends 2 micro-steps after its last update, which needs 3: the gradients of 4 samples",
        ),
    ],
)
def test_what_an_owner_should_know_is_said_with_its_numbers(
    fields: Fields, options: Fields, code: str, severity: Severity, field: str, said: str
) -> None:
    finding = DEEPSPEED.finding(code, fields, **options)

    assert (finding.severity, finding.field) == (severity, field)
    assert said in finding.message


@pytest.mark.parametrize("code", ["epochs-replay-the-first", "seed-has-no-effect"])
def test_what_no_new_order_costs_is_said_with_the_native_alternative(code: str) -> None:
    finding = DEEPSPEED.finding(code, {"sampling": {"seed": 7}})

    assert "native" in (finding.suggestion or "")


def test_a_shuffle_that_is_asked_for_once_has_nothing_to_say() -> None:
    codes = DEEPSPEED.codes({"micro_batch_size": 5, "sampling": {"method": "shuffle_once"}})

    assert codes == set()


def test_the_whole_dataset_is_shuffled_for_an_epoch() -> None:
    plan = DEEPSPEED.plan({"dataset_size": 10_000})

    assert plan.framework.table_work(plan.spec, 2) == 10_000


@pytest.mark.parametrize("version", ["0.19.5", "0.19.7", "0.19.8"])
def test_what_is_promised_was_executed_with_this_very_version(version: str) -> None:
    framework = DEEPSPEED.plan({}, version=version).framework

    assert framework.promise.verified == (version,)
