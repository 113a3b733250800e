"""Training specs inside of larger bodies: whole specs, or plans by their plan_id."""

from dataclasses import replace
from typing import cast

from app.api.specs import read_spec
from app.errors import Fault, InvalidSpecError, UnknownPlanError
from app.plan.lookup import plan_named
from app.plan.planner import Plan, plan_draft


def nested_plan(given: object, pointer: str, label: str) -> Plan:
    """The plan of a spec within a body.

    Args:
        given: What stands there.
        pointer: Where it stands.
        label: What it is called in sentences.

    Raises:
        InvalidSpecError: With all faults at once, each with its place in the body.
    """
    try:
        return _plan(given)
    except InvalidSpecError as refusal:
        raise InvalidSpecError(
            [
                replace(
                    fault, pointer=f"{pointer}{fault.pointer}", detail=f"{label}: {fault.detail}"
                )
                for fault in refusal.faults
            ]
        ) from refusal


def named_plan(given: object, pointer: str, label: str) -> Plan:
    """The same, where `{"plan_id": ...}` may stand for a spec.

    Raises:
        InvalidSpecError: With all faults at once, each with its place in the body.
    """
    members = as_members(given)
    if [*members] == ["plan_id"]:
        return plan_by_id(members["plan_id"], f"{pointer}/plan_id")
    return nested_plan(given, pointer, label)


def as_members(given: object) -> dict[str, object]:
    """The members of a JSON object; none of anything else."""
    return cast("dict[str, object]", given) if isinstance(given, dict) else {}


def plan_by_id(given: object, pointer: str) -> Plan:
    """The plan that a plan_id within a body names.

    Raises:
        InvalidSpecError: It names none.
    """
    try:
        return plan_named(given if isinstance(given, str) else "")
    except UnknownPlanError as refusal:
        faults = [replace(fault, pointer=pointer, given=given) for fault in refusal.faults]
        raise InvalidSpecError(faults) from refusal


def _plan(fields: object) -> Plan:
    if not isinstance(fields, dict):
        fault = Fault(
            code="not-an-object",
            pointer="",
            detail="a training spec is a JSON object",
            given=fields,
            allowed="a training spec",
        )
        raise InvalidSpecError([fault])
    draft, faults = read_spec(cast("dict[str, object]", fields))
    return plan_draft(draft, known_faults=faults)
