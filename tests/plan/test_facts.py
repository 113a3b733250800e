import json
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given

from app.api.specs import read_spec
from app.arithmetic.draft import SpecDraft
from app.arithmetic.settle import settle
from app.arithmetic.spec import FrameworkChoice, Remainder, TrainingSpec
from app.plan.facts import plan_facts, pointed_facts, spec_facts
from app.plan.planner import make_plan, plan_draft
from tests.frameworks.choices import EVERY_CHOICE, choosing, plan_with
from tests.strategies import sparingly, specs

SPEC_FIELDS = {
    *("dataset_size", "global_batch_size", "micro_batch_size", "gradient_accumulation_steps"),
    *("data_parallel_size", "epochs", "steps", "samples", "tokens", "tokens_per_sample"),
    *("steps_per_epoch", "remainder", "sampling", "framework"),
}
PLAN_FIELDS = {
    *("order_algorithm", "spec", "epoch_kind", "steps_per_epoch", "micro_steps_per_epoch"),
    *("samples_per_epoch", "last_step_samples", "dropped_samples_per_epoch"),
    *("padded_samples_per_epoch", "epochs", "total_steps", "total_micro_steps", "total_samples"),
    *("passes", "final_epoch_steps", "final_step_samples", "coverage", "framework_numbers"),
}


@sparingly
@given(spec=specs())
def test_every_field_of_a_spec_is_shown(spec: TrainingSpec) -> None:
    facts = spec_facts(spec)

    assert set(facts) == SPEC_FIELDS


@sparingly
@given(spec=specs())
def test_a_spec_that_is_shown_can_be_posted_again(spec: TrainingSpec) -> None:
    posted = json.loads(json.dumps(spec_facts(spec)))

    draft, faults = read_spec(posted)

    assert faults == []
    assert settle(draft) == spec


@sparingly
@given(spec=specs())
def test_every_number_of_a_plan_is_shown_in_plain_json(spec: TrainingSpec) -> None:
    facts = plan_facts(make_plan(spec))

    assert set(facts) == PLAN_FIELDS
    assert json.loads(json.dumps(facts)) == facts


@sparingly
@given(spec=specs())
def test_dropped_and_padded_samples_are_the_difference_to_the_dataset(spec: TrainingSpec) -> None:
    plan = make_plan(spec)

    facts = plan_facts(plan)

    dropped, padded = (facts[f"{fate}_samples_per_epoch"] for fate in ("dropped", "padded"))
    assert isinstance(dropped, int)
    assert isinstance(padded, int)
    assert (dropped > 0) <= (spec.remainder is Remainder.DROP)
    assert (padded > 0) <= (spec.remainder is Remainder.PAD)
    if not spec.is_virtual:
        assert plan.run.shape.samples_per_epoch == spec.dataset_size - dropped + padded


@pytest.mark.parametrize(
    ("remainder", "dropped", "padded"),
    [(Remainder.KEEP, 0, 0), (Remainder.DROP, 143, 0), (Remainder.PAD, 0, 113)],
)
def test_a_large_pass_drops_or_pads_known_samples(
    remainder: Remainder, dropped: int, padded: int
) -> None:
    draft = SpecDraft(
        dataset_size=1_281_167, global_batch_size=256, epochs=Fraction(1), remainder=remainder
    )

    facts = plan_facts(plan_draft(draft))

    assert facts["dropped_samples_per_epoch"] == dropped
    assert facts["padded_samples_per_epoch"] == padded


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_every_option_of_a_framework_is_shown_in_plain_json(choice: FrameworkChoice) -> None:
    plan = plan_with(choice)

    facts = plan_facts(plan)

    assert json.loads(json.dumps(facts)) == facts
    assert [*pointed(facts, "/spec/framework/")] == [
        "name",
        "version",
        *(option.name for option in plan.framework.options),
    ]


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_what_is_shown_of_any_framework_can_be_posted_again(choice: FrameworkChoice) -> None:
    plan = plan_with(choice)
    shown = json.loads(json.dumps(spec_facts(plan.spec)))

    draft, faults = read_spec(shown)

    assert faults == []
    assert draft.framework == plan.spec.framework
    assert plan_draft(draft, known_faults=faults).plan_id == plan.plan_id


def test_the_numbers_of_a_framework_are_shown_under_their_own_names() -> None:
    plan = plan_with(choosing("accelerate"), data_parallel_size=2)

    facts = plan_facts(plan)

    assert facts["framework_numbers"] == dict(plan.framework.numbers(plan.spec, plan.run))
    assert facts["framework_numbers"] != {}


def test_the_native_framework_has_no_numbers_of_its_own() -> None:
    facts = plan_facts(plan_with(FrameworkChoice()))

    assert facts["framework_numbers"] == {}


def pointed(facts: dict[str, object], prefix: str) -> Iterator[str]:
    """What stands under a pointer, by its names."""
    names = (pointer.removeprefix(prefix) for pointer, _ in pointed_facts(facts))
    return (name for name in names if "/" not in name)


@sparingly
@given(spec=specs())
def test_every_leaf_has_a_pointer_of_its_own(spec: TrainingSpec) -> None:
    facts = plan_facts(make_plan(spec))

    pointed = [*pointed_facts(facts)]

    pointers = [pointer for pointer, _ in pointed]
    assert len(set(pointers)) == len(pointers)
    assert not any(isinstance(value, dict) for _, value in pointed)
    assert dict(pointed)["/spec/sampling/seed"] == spec.sampling.seed


def test_names_are_escaped_in_pointers() -> None:
    pointed = dict(pointed_facts({"a/b": {"c~d": 1}, "a": {"b": 2}}))

    assert pointed == {"/a~1b/c~0d": 1, "/a/b": 2}
