"""Checks a plan against a policy and a lock, and says everything at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.arithmetic.finding import Severity
from app.errors import Fault
from app.plan.planner import Plan
from app.review.alteration import alteration_objection, alterations
from app.review.lock_review import lock_objections
from app.review.objection import Objection, fault_objections
from app.review.policy import Policy, finding_objections, policy_objections
from app.review.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What a schedule was locked to.

    Attributes:
        plan: The plan that the lock names by its plan_id.
        document: The lock as it is written.
    """

    plan: Plan
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What a plan is held against.

    Attributes:
        policy: What the team asks of its schedules.
        lock: What the schedule was locked to, if it was.
        allowed: Topics that may differ from the lock.
    """

    policy: Policy = field(default_factory=Policy)
    lock: Lock | None = None
    allowed: Collection[Topic] = ()


def check_plan(plan: Plan, yardstick: Yardstick) -> tuple[Objection, ...]:
    """Everything that is to be said about a plan: what the lock, the policy and the plan say.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> plan = plan_draft(SpecDraft(dataset_size=99, global_batch_size=10, samples=99))
    >>> [each.code for each in check_plan(plan, Yardstick(policy=Policy(total_steps=9)))]
    ['policy-total-steps', 'short-last-step']
    """
    lock = yardstick.lock
    drifted = lock_objections(lock.plan, lock.document, plan, yardstick.allowed) if lock else ()
    return (
        *drifted,
        *policy_objections(plan, yardstick.policy),
        *finding_objections(plan, yardstick.policy),
    )


def check_faults(faults: Sequence[Fault], lock: Lock | None) -> tuple[Objection, ...]:
    """Everything that is to be said about a spec that cannot be planned.

    Its faults, and what was altered in its lock: there is no plan to hold against anything.
    """
    altered = alterations(lock.plan, lock.document) if lock else ()
    return (*fault_objections(faults), *map(alteration_objection, altered))


def passes(objections: Sequence[Objection]) -> bool:
    """Whether a schedule may run: no objection is an error."""
    return all(each.severity is not Severity.ERROR for each in objections)
