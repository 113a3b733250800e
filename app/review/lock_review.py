"""Holds a plan against a lock."""

from collections.abc import Collection, Iterator, Mapping
from typing import cast

from app.arithmetic.finding import Severity
from app.plan.facts import pointed_facts
from app.plan.planner import Plan
from app.review.change import Change
from app.review.drift import drift_between
from app.review.lock import lock_document
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
    yield from _alterations(locked, given)
    drift = drift_between(locked, plan)
    for change in drift.changes:
        if change.topic not in allowed:
            yield _drifted(change, plan)
    if Topic.ORDER not in allowed and not drift.order.relation.keeps_order:
        yield _reordered(drift.order)


def _alterations(locked: Plan, given: Mapping[str, object]) -> Iterator[Objection]:
    """Where a lock does not say what its own plan_id means: it was edited, or is not computed."""
    written, expected = (dict(pointed_facts(each)) for each in (given, lock_document(locked)))
    for pointer in dict.fromkeys([*expected, *written]):
        # by their texts: true is no 1
        if repr(written.get(pointer)) != repr(expected.get(pointer)):
            yield Objection(
                source=Source.LOCK,
                code="lock-altered",
                severity=Severity.ERROR,
                field="",
                message=_alteration(pointer, written.get(pointer), expected.get(pointer)),
                rule=pointer,
                suggestion="make the lock anew",
            )


def _alteration(pointer: str, written: object, expected: object) -> str:
    if pointer != "/fingerprints":
        return f"the lock says {written} at {pointer}, but its plan_id means {expected}"
    places = [
        f"epoch {each['epoch']}, positions {each['start_position']} to {each['stop_position']}"
        for number, each in enumerate(cast("list[dict[str, object]]", expected))
        if not isinstance(written, list) or cast("list[object]", written)[number:][:1] != [each]
    ]
    where = "; ".join(places) or "more of them are listed than there are"
    return f"the fingerprints of the lock are not those of the order of its plan_id: {where}"


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
