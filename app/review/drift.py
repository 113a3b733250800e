"""What changes from one plan to another."""

from dataclasses import dataclass

from app.plan.facts import plan_facts, pointed_facts
from app.plan.planner import Plan
from app.review.change import Change
from app.review.order_change import OrderChange, Relation, order_change
from app.review.topics import rank_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """All changes from one plan to another.

    Attributes:
        changes: Fields with two values, the most important first.
        order: How the orders of the samples relate.
    """

    changes: tuple[Change, ...]
    order: OrderChange

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.changes) or self.order.relation is not Relation.SAME


def drift_between(old: Plan, new: Plan) -> Drift:
    """Every change from an old plan to a new one.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> eight, sixteen = (
    ...     plan_draft(
    ...         SpecDraft(
    ...             dataset_size=4_096, micro_batch_size=8, data_parallel_size=ranks, samples=4_096
    ...         )
    ...     )
    ...     for ranks in (8, 16)
    ... )
    >>> for change in drift_between(eight, sixteen).changes[:3]:
    ...     print(change.sentence)
    global_batch_size doubles: 64 -> 128
    data_parallel_size doubles: 8 -> 16
    micro_steps_per_epoch halves: 64 -> 32
    """
    before, after = (dict(pointed_facts(plan_facts(plan))) for plan in (old, new))
    fields = dict.fromkeys([*before, *after])
    changes = (
        Change(field=field, old=before.get(field), new=after.get(field))
        for field in sorted(fields, key=rank_of)
        # by their texts: 1, 1.0 and true are three values of an option
        if repr(before.get(field)) != repr(after.get(field))
    )
    return Drift(changes=tuple(changes), order=order_change(old, new))
