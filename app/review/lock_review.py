"""Holds a plan against a lock."""

from collections.abc import Collection, Iterator, Mapping

from app.arithmetic.finding import Severity
from app.plan.planner import Plan
from app.review.alteration import alteration_objection, alterations
from app.review.change import Change
from app.review.drift import drift_between
from app.review.objection import Objection, Source
from app.review.order_change import OrderChange
from app.review.topics import Topic


def lock_objections(
    locked: Plan, given: Mapping[str, object], plan: Plan, allowed: Collection[Topic]
) -> Iterator[Objection]:
    """Everything in which a plan is not what a lock pins.

    Args:
        locked: The plan that the lock names by its plan_id.
        given: The lock as it is written.
        plan: The plan that is checked.
        allowed: Topics that may change.
    """
    yield from map(alteration_objection, alterations(locked, given))
    drift = drift_between(locked, plan)
    for change in drift.changes:
        if change.topic not in allowed:
            yield _drifted(change, plan)
    if Topic.ORDER not in allowed and not drift.order.relation.keeps_order:
        yield _reordered(drift.order)


def _drifted(change: Change, plan: Plan) -> Objection:
    spec_field = change.field.startswith("/spec/")
    return Objection(
        source=Source.LOCK,
        code=f"drift-{change.topic}",
        severity=Severity.ERROR,
        field=change.field.removeprefix("/spec") if spec_field else f"/{plan.spec.budget.unit}",
        message=change.sentence,
        rule=change.field if spec_field else f"/plan{change.field}",
        suggestion=f"allow {change.topic}, or make the lock anew",
    )


def _reordered(order: OrderChange) -> Objection:
    return Objection(
        source=Source.LOCK,
        code="drift-order",
        severity=Severity.ERROR,
        field="/sampling",
        message=order.sentence,
        rule="/fingerprints",
        suggestion="allow order, or make the lock anew",
    )
