from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from app.arithmetic.draft import SpecDraft
from app.arithmetic.passes import PassPoint
from app.arithmetic.spec import FrameworkChoice, Remainder, Sampling, SamplingMethod, TrainingSpec
from app.errors import Fault, InvalidSpecError
from app.plan.planner import Plan, make_plan, plan_draft
from tests.frameworks.choices import choosing
from tests.strategies import sparingly, specs

IMAGES = {"dataset_size": 1_281_167, "global_batch_size": 256}


def planned(**fields: Any) -> Plan:
    budget = {} if {"steps", "samples", "tokens"} & set(fields) else {"epochs": Fraction(1)}
    return plan_draft(SpecDraft(**{**budget, **fields}))


@pytest.mark.parametrize(
    ("fields", "steps", "last"),
    [
        ({"dataset_size": 20_000, "global_batch_size": 100}, 200, 100),
        ({"dataset_size": 2_000, "global_batch_size": 10}, 200, 10),
        (IMAGES, 5_005, 143),
        ({**IMAGES, "remainder": Remainder.DROP}, 5_004, 256),
        ({**IMAGES, "remainder": Remainder.PAD}, 5_005, 256),
    ],
    ids=["20,000 by 100", "2,000 by 10", "images kept", "images dropped", "images padded"],
)
def test_one_epoch_takes_known_steps(fields: dict[str, Any], steps: int, last: int) -> None:
    plan = planned(**fields)

    assert (plan.run.total_steps, plan.run.final_step_samples) == (steps, last)


@pytest.mark.parametrize(("remainder", "steps"), [(Remainder.KEEP, 103), (Remainder.PAD, 101)])
def test_a_budget_of_samples_takes_known_steps(remainder: Remainder, steps: int) -> None:
    plan = planned(dataset_size=1_000, global_batch_size=64, samples=6_401, remainder=remainder)

    assert plan.run.total_steps == steps


@pytest.mark.parametrize(
    ("steps_per_epoch", "epochs", "method", "kind"),
    [
        (1_000, 1, SamplingMethod.SHUFFLE, "virtual"),
        (100, 10, SamplingMethod.SHUFFLE, "virtual"),
        (100, 10, SamplingMethod.RANDOM_SAMPLE, "virtual"),
        (100, 10, SamplingMethod.WITH_REPLACEMENT, "draws"),
    ],
)
def test_a_thousand_steps_are_five_passes_however_they_are_cut_into_epochs(
    steps_per_epoch: int, epochs: int, method: SamplingMethod, kind: str
) -> None:
    plan = planned(
        dataset_size=2_000,
        global_batch_size=10,
        steps_per_epoch=steps_per_epoch,
        epochs=Fraction(epochs),
        sampling=Sampling(method=method),
    )

    assert (plan.run.total_steps, plan.passes, plan.epoch_kind) == (1_000, 5.0, kind)


def test_an_epoch_that_is_a_pass_is_called_one() -> None:
    plan = planned(dataset_size=7, global_batch_size=3)

    assert plan.epoch_kind == "pass"


def test_a_pass_of_draws_is_called_draws() -> None:
    plan = planned(
        dataset_size=7,
        global_batch_size=3,
        sampling=Sampling(method=SamplingMethod.WITH_REPLACEMENT),
    )

    assert plan.epoch_kind == "draws"


@pytest.mark.parametrize(
    ("remainder", "steps", "samples"), [(Remainder.KEEP, 1, 5), (Remainder.PAD, 1, 12)]
)
def test_a_global_batch_larger_than_the_dataset_is_one_step(
    remainder: Remainder, steps: int, samples: int
) -> None:
    plan = planned(dataset_size=5, global_batch_size=12, remainder=remainder)

    assert (plan.run.total_steps, plan.run.total_samples) == (steps, samples)


def test_a_global_batch_larger_than_the_dataset_cannot_be_dropped() -> None:
    with pytest.raises(InvalidSpecError) as refusal:
        planned(dataset_size=5, global_batch_size=12, remainder=Remainder.DROP)

    assert [fault.code for fault in refusal.value.faults] == ["no-step-to-run"]


@sparingly
@given(spec=specs())
def test_every_legal_spec_has_a_plan(spec: TrainingSpec) -> None:
    plan = make_plan(spec)

    assert plan.spec == spec
    assert plan.passes == pytest.approx(plan.run.total_samples / spec.dataset_size)


def test_faults_of_form_of_the_framework_and_of_the_fields_come_together() -> None:
    form = Fault(code="form", pointer="/steps", detail="odd", given=None, allowed="even")
    draft = SpecDraft(
        dataset_size=1,
        malformed=frozenset({"steps"}),
        framework=FrameworkChoice(name="abacus", version=""),
    )

    with pytest.raises(InvalidSpecError) as refusal:
        plan_draft(draft, known_faults=[form])

    codes = [fault.code for fault in refusal.value.faults]
    assert codes == ["form", "unknown-framework", "batch-missing"]


def test_a_spec_whose_plan_id_would_be_too_long_is_refused() -> None:
    shards = choosing("mosaic-streaming", shard_sizes=[1] * 1_000)

    with pytest.raises(InvalidSpecError) as refusal:
        planned(dataset_size=1_000, global_batch_size=1, framework=shards)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer) == ("spec-too-long", "/framework")


def test_a_plan_knows_where_its_positions_stand() -> None:
    plan = planned(dataset_size=7, global_batch_size=3)

    assert plan.pass_point(2, 5) == PassPoint(2, 5)
