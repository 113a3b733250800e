from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.settle import settle
from app.arithmetic.spec import (
    BudgetUnit,
    FrameworkChoice,
    Remainder,
    Sampling,
    SamplingMethod,
    TrainingSpec,
)
from app.errors import Fault, InvalidSpecError
from app.plan.settlement import settled_spec
from tests.frameworks.choices import choosing
from tests.strategies import specs, writings

FORM = Fault(code="form", pointer="/steps", detail="odd", given=None, allowed="even")


def refused(draft: SpecDraft, *known: Fault) -> list[str]:
    """Pointers of the faults for which a draft is refused."""
    with pytest.raises(InvalidSpecError) as refusal:
        settled_spec(draft, known_faults=known)
    return [fault.pointer for fault in refusal.value.faults]


def drafted(choice: FrameworkChoice, **fields: Any) -> SpecDraft:
    usual = {"dataset_size": 10, "micro_batch_size": 2, "epochs": Fraction(1)}
    return SpecDraft(**{**usual, "framework": choice, **fields})


@given(spec=specs(), data=st.data())
def test_a_native_draft_means_what_its_fields_say(spec: TrainingSpec, data: st.DataObject) -> None:
    draft = data.draw(writings(spec))

    assert settled_spec(draft) == settle(draft) == spec


def test_faults_of_form_of_the_framework_and_of_the_fields_come_together() -> None:
    draft = drafted(
        choosing("pytorch"),
        remainder=Remainder.DROP,
        global_batch_size=7,
        sampling=Sampling(method=SamplingMethod.RANDOM_SAMPLE),
    )

    found = refused(draft, FORM)

    assert {"/steps", "/remainder", "/sampling/method", "/global_batch_size"} <= {*found}


def test_an_unknown_framework_is_refused_with_everything_that_is_wrong_besides() -> None:
    draft = drafted(FrameworkChoice(name="abacus", version="1"), dataset_size=None)

    found = refused(draft, FORM)

    assert {*found} == {"/steps", "/framework/name", "/dataset_size"}


def test_known_faults_alone_are_a_refusal() -> None:
    assert refused(drafted(choosing("pytorch")), FORM) == ["/steps"]


def test_a_spec_without_a_schedule_is_refused_once_its_fields_are_solved() -> None:
    draft = drafted(choosing("pytorch", drop_last=True), dataset_size=1)

    found = refused(draft)

    assert found == ["/framework/drop_last"]


def test_a_framework_is_not_asked_for_a_schedule_while_anything_else_is_wrong() -> None:
    draft = drafted(choosing("pytorch", drop_last=True), dataset_size=1, global_batch_size=7)

    found = refused(draft)

    assert found == ["/global_batch_size"]


def test_options_may_decide_fields_of_the_spec() -> None:
    block = {"enabled": True, "max_train_batch_size": 8, "micro_batch_sizes": [2]}
    choice = choosing("deepspeed", elasticity=block)

    spec = settled_spec(
        SpecDraft(dataset_size=100, data_parallel_size=2, epochs=Fraction(1), framework=choice)
    )

    assert spec.batch.micro_batch_size == 2
    assert spec.batch.global_batch_size <= 8


@pytest.mark.parametrize("unit", [BudgetUnit.EPOCHS, BudgetUnit.STEPS])
def test_a_remainder_is_settled_by_the_options_of_a_framework(unit: BudgetUnit) -> None:
    budget: dict[str, Any] = {"epochs": None, unit: 3}

    spec = settled_spec(drafted(choosing("pytorch"), **budget))

    assert spec.remainder is None
