from fractions import Fraction

import pytest

from app.arithmetic.draft import SpecDraft
from app.arithmetic.rules import SCHEDULE_RULES, STANDALONE_RULES
from app.arithmetic.spec import Remainder, Sampling, SamplingMethod
from app.errors import Fault
from tests.strategies import INT64_MAX

RANDOM_SAMPLE = Sampling(method=SamplingMethod.RANDOM_SAMPLE)


def standalone_faults(draft: SpecDraft) -> list[Fault]:
    return [fault for rule in STANDALONE_RULES for fault in rule(draft)]


def schedule_fault(draft: SpecDraft, global_batch_size: int) -> Fault:
    (fault,) = schedule_faults(draft, global_batch_size)
    return fault


def schedule_faults(draft: SpecDraft, global_batch_size: int) -> list[Fault]:
    return [fault for rule in SCHEDULE_RULES for fault in rule.check(draft, global_batch_size)]


def test_a_dataset_and_a_budget_are_asked_for() -> None:
    faults = standalone_faults(SpecDraft())

    assert [(fault.code, fault.pointer) for fault in faults] == [
        ("dataset-size-missing", "/dataset_size"),
        ("budget-missing", "/epochs"),
    ]


def test_every_one_of_several_budgets_is_a_fault_with_its_value() -> None:
    draft = SpecDraft(
        dataset_size=1, epochs=Fraction(5, 2), steps=7, malformed=frozenset({"samples"})
    )

    faults = standalone_faults(draft)

    assert [(fault.pointer, fault.given) for fault in faults] == [
        ("/epochs", "2.5"),
        ("/steps", 7),
        ("/samples", None),
    ]
    assert faults[0].detail == "epochs and steps and samples are given, but one run has one budget"


@pytest.mark.parametrize(
    ("draft", "pointer"),
    [
        (SpecDraft(dataset_size=1, tokens=5), "/tokens_per_sample"),
        (SpecDraft(dataset_size=1, steps=5, tokens_per_sample=5), "/tokens"),
    ],
    ids=["tokens alone", "tokens_per_sample alone"],
)
def test_tokens_and_their_number_per_sample_come_together(draft: SpecDraft, pointer: str) -> None:
    faults = standalone_faults(draft)

    assert [(fault.code, fault.pointer) for fault in faults] == [("tokens-incomplete", pointer)]


@pytest.mark.parametrize(
    ("remainder", "malformed", "given"),
    [(Remainder.PAD, set[str](), "pad"), (None, {"remainder"}, None)],
    ids=["legal", "malformed"],
)
def test_a_remainder_beside_fixed_steps_is_shown_as_it_was_given(
    remainder: Remainder | None, malformed: set[str], given: str | None
) -> None:
    draft = SpecDraft(
        dataset_size=1,
        steps=1,
        steps_per_epoch=1,
        remainder=remainder,
        malformed=frozenset(malformed),
    )

    faults = standalone_faults(draft)

    assert [(fault.code, fault.given) for fault in faults] == [("remainder-without-pass", given)]


def test_a_random_sample_needs_the_steps_of_its_epoch() -> None:
    faults = standalone_faults(SpecDraft(dataset_size=1, steps=1, sampling=RANDOM_SAMPLE))

    assert [fault.code for fault in faults] == ["random-sample-needs-steps-per-epoch"]


def test_a_random_sample_larger_than_the_dataset_offers_the_most_steps() -> None:
    draft = SpecDraft(dataset_size=100, steps_per_epoch=12, sampling=RANDOM_SAMPLE)

    fault = schedule_fault(draft, 9)

    assert (fault.code, fault.given) == ("random-sample-exceeds-dataset", 12)
    assert "= 108 distinct samples cannot be drawn from 100" in fault.detail
    assert fault.nearest == (11,)


def test_a_random_sample_of_one_step_may_be_too_large_already() -> None:
    draft = SpecDraft(dataset_size=8, steps_per_epoch=1, sampling=RANDOM_SAMPLE)

    fault = schedule_fault(draft, 9)

    assert fault.nearest == ()


def test_a_random_sample_may_be_the_whole_dataset() -> None:
    draft = SpecDraft(dataset_size=99, steps_per_epoch=11, sampling=RANDOM_SAMPLE)

    faults = schedule_faults(draft, 9)

    assert faults == []


def test_a_virtual_epoch_above_the_largest_integer_offers_the_most_steps() -> None:
    draft = SpecDraft(dataset_size=1, steps_per_epoch=2**62)

    fault = schedule_fault(draft, 2)

    assert (fault.code, fault.pointer) == ("epoch-too-large", "/steps_per_epoch")
    assert str(2**63) in fault.detail
    assert schedule_faults(SpecDraft(dataset_size=1, steps_per_epoch=2**62 - 1), 2) == []
    assert fault.nearest == (2**62 - 1,)


def test_a_padded_epoch_above_the_largest_integer_offers_other_remainders() -> None:
    draft = SpecDraft(dataset_size=INT64_MAX, remainder=Remainder.PAD)

    fault = schedule_fault(draft, 2)

    assert (fault.code, fault.pointer) == ("epoch-too-large", "/remainder")
    assert fault.nearest == ("keep", "drop")


def test_a_padded_epoch_may_be_as_large_as_the_largest_integer() -> None:
    draft = SpecDraft(dataset_size=INT64_MAX - 1, remainder=Remainder.PAD)

    faults = schedule_faults(draft, INT64_MAX)

    assert faults == []


def test_a_dropped_remainder_that_is_everything_offers_other_remainders() -> None:
    draft = SpecDraft(dataset_size=63, remainder=Remainder.DROP)

    fault = schedule_fault(draft, 64)

    assert (fault.code, fault.pointer) == ("no-step-to-run", "/remainder")
    assert fault.nearest == ("keep", "pad")


def test_a_dataset_of_one_global_batch_leaves_a_step() -> None:
    draft = SpecDraft(dataset_size=64, remainder=Remainder.DROP)

    faults = schedule_faults(draft, 64)

    assert faults == []


@pytest.mark.parametrize("remainder", [Remainder.DROP, Remainder.PAD])
def test_a_remainder_that_may_not_be_there_leads_to_nothing_else(remainder: Remainder) -> None:
    draft = SpecDraft(dataset_size=INT64_MAX - 1, steps_per_epoch=1, remainder=remainder)

    faults = schedule_faults(draft, INT64_MAX)

    assert faults == []
