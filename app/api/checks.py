"""Checks of training specs over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.api.check_requests import read_check
from app.api.documentation import EXAMPLE_SPEC, json_body
from app.api.locks import fingerprints_ready
from app.api.plans import plan_document
from app.api.rendering import json_answer
from app.api.review_schema import CheckOut
from app.api.specs import read_spec
from app.errors import InvalidSpecError
from app.plan.planner import Plan, plan_draft
from app.review.check import check_plan, passes
from app.review.objection import Objection, fault_objections
from app.web.bodies import read_json_object
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query

endpoints = Endpoints("reviews", prefix="/v1")

_EXAMPLE: Final = {
    "spec": EXAMPLE_SPEC,
    "policy": {"total_steps": 2_000, "findings": {"virtual-epoch-is-not-a-pass": "off"}},
}


@endpoints.post(
    "/check",
    operation_id="check_plan",
    summary="Check a training run before it costs anything",
    response_model=CheckOut,
    responses=problem_responses(400, 413, 415, 422, 503),
    openapi_extra=json_body("CheckIn", {"a policy": {"value": _EXAMPLE}}),
)
async def check(request: Request) -> Response:
    """Every problem of a spec at once: its faults and findings, drift from a lock, a policy.

    A spec that cannot be planned fails the check; the answer is 200 all the same.
    """
    refuse_any_query(request)
    asked = read_check(await read_json_object(request))
    try:
        plan = _planned(asked.spec)
    except InvalidSpecError as refusal:
        return json_answer(_document(fault_objections(refusal.faults), None))
    if asked.yardstick.lock:
        await fingerprints_ready(request, asked.yardstick.lock.plan)
    objections = await pool_of(request).run(check_plan, plan, asked.yardstick)
    return json_answer(_document(objections, plan))


def _planned(fields: Mapping[str, object]) -> Plan:
    draft, faults = read_spec(fields)
    return plan_draft(draft, known_faults=faults)


def _document(objections: Sequence[Objection], plan: Plan | None) -> dict[str, object]:
    return {
        "passed": passes(objections),
        "problems": [
            {
                "source": each.source,
                "code": each.code,
                "severity": each.severity,
                "field": each.field,
                "rule": each.rule,
                "message": each.message,
                "suggestion": each.suggestion,
            }
            for each in objections
        ],
        "plan": plan and plan_document(plan),
    }
