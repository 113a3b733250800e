from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.settle import settle, spec_faults
from app.arithmetic.spec import Remainder, Sampling, SamplingMethod, TrainingSpec
from app.errors import Fault, InvalidSpecError
from tests.strategies import BATCH_FIELDS, draft_of_everything, drafts, sparingly, specs, writings

FORM = Fault(code="form", pointer="/x", detail="no form", given=None, allowed="form")
PLAIN = SpecDraft(dataset_size=100, global_batch_size=8, steps=5)


def codes(draft: SpecDraft) -> list[str]:
    return [fault.code for fault in spec_faults(draft)]


def settled_or_refused(draft: SpecDraft) -> TrainingSpec | InvalidSpecError:
    try:
        return settle(draft)
    except InvalidSpecError as refusal:
        return refusal


@given(data=st.data(), spec=specs())
def test_every_writing_of_a_spec_settles_to_it(data: st.DataObject, spec: TrainingSpec) -> None:
    draft = data.draw(writings(spec))

    settled = settle(draft)

    assert settled == spec


@given(draft=drafts())
def test_a_draft_is_settled_or_its_faults_are_named(draft: SpecDraft) -> None:
    faults = spec_faults(draft)
    assume(not draft.malformed)

    outcome = settled_or_refused(draft)

    if isinstance(outcome, InvalidSpecError):
        assert [*outcome.faults] == faults
    else:
        assert settle(draft_of_everything(outcome)) == outcome
        assert faults == []


@sparingly
@given(draft=drafts())
def test_every_fault_points_at_a_field_and_no_fault_is_told_twice(draft: SpecDraft) -> None:
    faults = spec_faults(draft)

    assert {fault.pointer[1:] for fault in faults} <= set(SpecDraft.__dataclass_fields__)
    assert len({(fault.code, fault.pointer) for fault in faults}) == len(faults)


@given(draft=drafts(), field=st.sampled_from([*SpecDraft.__dataclass_fields__]))
def test_a_malformed_field_adds_no_fault_but_that_it_is_there(draft: SpecDraft, field: str) -> None:
    assume(field != "malformed" and draft.gives(field))
    left_out: dict[str, Any] = {field: getattr(SpecDraft(), field)}
    unreadable = replace(draft, **left_out, malformed=draft.malformed | {field})

    faults = spec_faults(unreadable)

    known = {(fault.code, fault.pointer) for fault in spec_faults(draft)}
    assert {(fault.code, fault.pointer) for fault in faults} <= known


def test_all_faults_come_in_one_refusal() -> None:
    draft = SpecDraft(
        global_batch_size=10,
        micro_batch_size=3,
        steps=1,
        tokens=1,
        steps_per_epoch=4,
        remainder=Remainder.DROP,
    )

    with pytest.raises(InvalidSpecError) as refusal:
        settle(draft, known_faults=[FORM])

    assert [fault.code for fault in refusal.value.faults] == [
        "form",
        "dataset-size-missing",
        "budget-ambiguous",
        "budget-ambiguous",
        "tokens-incomplete",
        "remainder-without-pass",
        "batch-does-not-divide",
    ]
    assert str(refusal.value).startswith("no form; dataset_size is not given; ")


def test_known_faults_alone_refuse_a_draft() -> None:
    with pytest.raises(InvalidSpecError) as refusal:
        settle(PLAIN, known_faults=[FORM])

    assert refusal.value.faults == (FORM,)


def test_a_batch_that_does_not_divide_hides_no_fault_of_the_schedule() -> None:
    draft = replace(PLAIN, dataset_size=7, micro_batch_size=3, remainder=Remainder.DROP)

    faults = codes(draft)

    assert faults == ["batch-does-not-divide", "no-step-to-run"]


def test_a_malformed_factor_hides_no_fault_of_the_schedule() -> None:
    malformed = frozenset({"data_parallel_size"})
    draft = replace(PLAIN, dataset_size=7, remainder=Remainder.DROP, malformed=malformed)

    faults = codes(draft)

    assert faults == ["no-step-to-run"]


def test_a_malformed_factor_hides_no_missing_batch() -> None:
    draft = SpecDraft(dataset_size=7, steps=1, malformed=frozenset({"data_parallel_size"}))

    faults = codes(draft)

    assert faults == ["batch-missing"]


@pytest.mark.parametrize("field", BATCH_FIELDS)
def test_a_malformed_batch_size_is_not_solved(field: str) -> None:
    given_fields: dict[str, Any] = dict.fromkeys({*BATCH_FIELDS[:2]} - {field}, 3)
    draft = SpecDraft(dataset_size=7, steps=1, malformed=frozenset({field}), **given_fields)

    faults = codes(draft)

    assert faults == []


def test_a_missing_dataset_is_no_empty_dataset() -> None:
    draft = replace(PLAIN, dataset_size=None, remainder=Remainder.DROP)

    faults = codes(draft)

    assert faults == ["dataset-size-missing"]


def test_a_missing_dataset_is_not_too_small_for_a_random_sample() -> None:
    sampling = Sampling(method=SamplingMethod.RANDOM_SAMPLE)
    draft = replace(PLAIN, dataset_size=None, steps_per_epoch=3, sampling=sampling)

    faults = codes(draft)

    assert faults == ["dataset-size-missing"]


def test_a_malformed_method_needs_no_steps_per_epoch() -> None:
    sampling = Sampling(method=SamplingMethod.RANDOM_SAMPLE)
    draft = replace(PLAIN, sampling=sampling, malformed=frozenset({"sampling"}))

    faults = codes(draft)

    assert faults == []


def test_what_is_left_out_gets_its_default() -> None:
    spec = settle(PLAIN)

    assert spec.remainder is Remainder.KEEP
    assert spec.sampling == Sampling(method=SamplingMethod.SHUFFLE, seed=0)
    assert spec.framework.name == "native"


def test_an_epoch_of_fixed_steps_has_no_remainder() -> None:
    spec = settle(replace(PLAIN, steps_per_epoch=3))

    assert spec.remainder is None


def test_a_fractional_budget_is_exact() -> None:
    tenth = Fraction(1, 10)

    spec = settle(replace(PLAIN, steps=None, epochs=tenth))

    assert spec.budget.amount == tenth
