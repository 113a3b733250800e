"""The lock of a plan: everything that must not change unnoticed, in bytes that never vary."""

from collections.abc import Mapping
from typing import Final, cast

from app.plan.facts import plan_facts
from app.plan.planner import Plan
from app.review.fingerprints import Fingerprint, fingerprints

LOCK_VERSION: Final = 1
_WITH_FLOATS: Final = ("passes", "coverage")
_STATED_APART: Final = ("order_algorithm", "spec")

LockDocument = dict[str, object]


def lock_document(plan: Plan) -> LockDocument:
    """The lock of a plan as a JSON object: the same for every release, machine and Python.

    It holds no float: what is one in the plan follows from the other numbers, or stands here as
    its shortest decimal text.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> lock = lock_document(plan_draft(SpecDraft(dataset_size=9, global_batch_size=2, steps=5)))
    >>> [*lock], lock["plan"]["total_steps"]
    (['lock_version', 'plan_id', 'order_algorithm', 'spec', 'plan', 'fingerprints'], 5)
    """
    facts = plan_facts(plan)
    numbers = {
        name: value for name, value in facts.items() if name not in (*_WITH_FLOATS, *_STATED_APART)
    }
    return {
        "lock_version": LOCK_VERSION,
        "plan_id": plan.plan_id,
        "order_algorithm": facts["order_algorithm"],
        "spec": _without_floats(facts["spec"]),
        "plan": _without_floats(numbers),
        "fingerprints": [_written(each) for each in fingerprints(plan)],
    }


def _written(each: Fingerprint) -> dict[str, object]:
    return {
        "epoch": each.slice.epoch,
        "start_position": each.slice.start_position,
        "stop_position": each.slice.stop_position,
        "sha256": each.sha256,
    }


def _without_floats(value: object) -> object:
    match value:
        case float():
            return repr(value)
        case dict():
            fields = cast("Mapping[str, object]", value)
            return {name: _without_floats(field) for name, field in fields.items()}
        case list():
            return [_without_floats(item) for item in cast("list[object]", value)]
        case _:
            return value
