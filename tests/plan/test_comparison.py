from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import FrameworkChoice
from app.plan.comparison import compare_plans
from app.plan.explanation import explain
from app.plan.facts import plan_facts, pointed_facts
from app.plan.planner import Plan, make_plan, plan_draft
from tests.frameworks.choices import choosing, plan_with
from tests.strategies import small_specs, sparingly

plans = st.lists(small_specs().map(make_plan), min_size=2, max_size=4)


@sparingly
@given(plans=plans)
def test_every_fact_is_the_same_or_differs(plans: list[Plan]) -> None:
    comparison = compare_plans(plans)

    pointers = [pointer for pointer, _ in pointed_facts(plan_facts(plans[0]))]
    differing = [difference.field for difference in comparison.differs]
    assert sorted([*comparison.same, *differing]) == sorted(pointers)


@sparingly
@given(plans=plans)
def test_what_differs_is_shown_plan_by_plan(plans: list[Plan]) -> None:
    comparison = compare_plans(plans)

    columns = [dict(pointed_facts(plan_facts(plan))) for plan in plans]
    for difference in comparison.differs:
        assert [*difference.values] == [column[difference.field] for column in columns]
        assert len(set(difference.values)) > 1


@sparingly
@given(plans=plans)
def test_what_is_the_same_has_one_value(plans: list[Plan]) -> None:
    comparison = compare_plans(plans)

    columns = [dict(pointed_facts(plan_facts(plan))) for plan in plans]
    assert all(len({column[name] for column in columns}) == 1 for name in comparison.same)


@sparingly
@given(plans=plans)
def test_a_comparison_is_explained(plans: list[Plan]) -> None:
    comparison = compare_plans(plans)

    assert comparison.explanation == explain(plans)


def test_one_epoch_of_a_thousand_steps_and_ten_of_a_hundred_differ_in_their_epochs() -> None:
    one, ten = (
        plan_draft(
            SpecDraft(
                dataset_size=2_000,
                global_batch_size=10,
                steps_per_epoch=steps,
                epochs=Fraction(epochs),
            )
        )
        for steps, epochs in ((1_000, 1), (100, 10))
    )

    comparison = compare_plans([one, ten])

    assert {difference.field: difference.values for difference in comparison.differs} == {
        "/spec/epochs": (1, 10),
        "/spec/steps_per_epoch": (1_000, 100),
        "/steps_per_epoch": (1_000, 100),
        "/micro_steps_per_epoch": (1_000, 100),
        "/samples_per_epoch": (10_000, 1_000),
        "/epochs": (1, 10),
        "/final_epoch_steps": (1_000, 100),
    }


def mixed_plans() -> list[Plan]:
    """Plans of several frameworks, whose options and numbers have nothing in common."""
    native = FrameworkChoice()
    chosen = [native, choosing("accelerate"), choosing("mosaic-streaming", shard_sizes=[60, 40])]
    return [plan_with(choice) for choice in chosen]


@pytest.mark.parametrize("turn", range(3))
def test_fields_of_one_framework_are_none_in_the_plans_of_others(turn: int) -> None:
    plans = [*mixed_plans()[turn:], *mixed_plans()[:turn]]

    comparison = compare_plans(plans)

    columns = [dict(pointed_facts(plan_facts(plan))) for plan in plans]
    differing = {difference.field: difference.values for difference in comparison.differs}
    assert {*comparison.same, *differing} == {name for column in columns for name in column}
    for name, values in differing.items():
        assert values == tuple(column.get(name) for column in columns)


def test_lists_are_compared_as_a_whole() -> None:
    one, other = (
        plan_with(choosing("mosaic-streaming", shard_sizes=sizes)) for sizes in ([60, 40], [50, 50])
    )

    comparisons = [compare_plans([one, one]), compare_plans([one, other])]

    assert "/spec/framework/shard_sizes" in comparisons[0].same
    (difference,) = (
        each for each in comparisons[1].differs if each.field == "/spec/framework/shard_sizes"
    )
    assert difference.values == ([60, 40], [50, 50])


def test_a_number_of_batches_differs_from_a_share_of_them() -> None:
    plans = [plan_with(choosing("lightning", limit_train_batches=limit)) for limit in (1, 1.0)]

    comparison = compare_plans(plans)

    assert "/spec/framework/limit_train_batches" not in comparison.same
