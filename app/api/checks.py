"""Checks of training specs over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.api.check_requests import CheckRequest, read_check
from app.api.documentation import EXAMPLE_SPEC, json_body
from app.api.locks import fingerprints_ready
from app.api.plans import plan_document
from app.api.rendering import json_answer
from app.api.review_schema import CheckOut
from app.errors import Fault, InvalidCheckError, WorkLimitError
from app.plan.planner import Plan
from app.review.alteration import alteration_fault, alterations
from app.review.check import check_faults, check_plan, passes
from app.review.objection import Objection
from app.web.bodies import read_json_object
from app.web.echo import clean
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query

endpoints = Endpoints("reviews", prefix="/v1")

_SENTENCE_LIMIT: Final = 1000
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
    await _lock_ready(request, asked)
    if asked.faults:
        raise InvalidCheckError([*asked.all_faults, *await _altered(request, asked)])
    objections = await pool_of(request).run(_objections, asked)
    return json_answer(_document(objections, asked.plan))


async def _lock_ready(request: Request, asked: CheckRequest) -> None:
    """Wait until the fingerprints of the lock can be computed at once.

    Raises:
        InvalidCheckError: They cost more than one request may cause; with all other faults.
        WorkLimitError: The same, where there is no other fault.
    """
    if asked.yardstick.lock is None:
        return
    try:
        await fingerprints_ready(request, asked.yardstick.lock.plan)
    except WorkLimitError as refusal:
        if not asked.all_faults:
            raise
        too_much = [replace(each, pointer="/lock/plan_id") for each in refusal.faults]
        raise InvalidCheckError([*asked.all_faults, *too_much]) from refusal


async def _altered(request: Request, asked: CheckRequest) -> list[Fault]:
    lock = asked.yardstick.lock
    if lock is None:
        return []
    found = await pool_of(request).run(alterations, lock.plan, lock.document)
    return [alteration_fault(each, "/lock") for each in found]


def _objections(asked: CheckRequest) -> tuple[Objection, ...]:
    if asked.plan is None:
        return check_faults(asked.spec_faults, asked.yardstick.lock)
    return check_plan(asked.plan, asked.yardstick)


def _document(objections: Sequence[Objection], plan: Plan | None) -> dict[str, object]:
    return {
        "passed": passes(objections),
        "problems": [
            {
                "source": each.source,
                "code": each.code,
                "severity": each.severity,
                "field": clean(each.field),
                "rule": each.rule and clean(each.rule),
                "message": clean(each.message, limit=_SENTENCE_LIMIT),
                "suggestion": each.suggestion,
            }
            for each in objections
        ],
        "plan": plan and plan_document(plan),
    }
