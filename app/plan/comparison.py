"""Compares plans: which fields agree, which differ, and what that means in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.plan.explanation import explain
from app.plan.facts import plan_facts, pointed_facts
from app.plan.planner import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field in which plans differ.

    Attributes:
        field: RFC 6901 pointer into the plan.
        values: Value in every plan, in their order; None where a plan has no such field.
    """

    field: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What plans share and in what they differ.

    Attributes:
        same: Pointers of the fields with one value in all plans.
        differs: Fields with several values.
        explanation: True sentences with their numbers.
    """

    same: tuple[str, ...]
    differs: tuple[Difference, ...]
    explanation: tuple[str, ...]


def compare_plans(plans: Sequence[Plan]) -> Comparison:
    """Compare plans field by field, and the orders of their samples as a whole.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> one, ten = (
    ...     plan_draft(
    ...         SpecDraft(dataset_size=2_000, global_batch_size=10, steps=1_000, steps_per_epoch=s)
    ...     )
    ...     for s in (1_000, 100)
    ... )
    >>> compare_plans([one, ten]).explanation[0]
    'All plans take 1000 steps and 10000 samples, as many as 5 passes through 2000 samples.'
    """
    columns = [dict(pointed_facts(plan_facts(plan))) for plan in plans]
    names = dict.fromkeys(name for column in columns for name in column)
    values = {name: tuple(column.get(name) for column in columns) for name in names}
    # by their texts: 1 and 1.0 are two values of an option, and lists have no hash
    same = tuple(name for name, column in values.items() if len({*map(repr, column)}) == 1)
    return Comparison(
        same=same,
        differs=tuple(
            Difference(field=name, values=column)
            for name, column in values.items()
            if name not in same
        ),
        explanation=explain(plans),
    )
