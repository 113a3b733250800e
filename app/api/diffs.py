"""Changes between plans over HTTP."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import EXAMPLE_PLAN_ID, EXAMPLE_SPEC, json_body
from app.api.nested_specs import named_plan
from app.api.plans import plan_document
from app.api.rendering import json_answer
from app.api.review_schema import DiffOut
from app.api.unknown_fields import unknown_fields
from app.errors import InvalidSpecError
from app.plan.planner import Plan
from app.review.drift import Drift, drift_between
from app.web.bodies import read_json_object
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query

endpoints = Endpoints("reviews", prefix="/v1")

_SIDES = ("old", "new")
_EXAMPLE = {"old": {"plan_id": EXAMPLE_PLAN_ID}, "new": {**EXAMPLE_SPEC, "global_batch_size": 20}}


@endpoints.post(
    "/diff",
    operation_id="diff_plans",
    summary="What changes from one training run to another",
    response_model=DiffOut,
    responses=problem_responses(400, 413, 415, 422, 503),
    openapi_extra=json_body("DiffIn", {"twice the global batch": {"value": _EXAMPLE}}),
)
async def diff(request: Request) -> Response:
    """What changes from an old run to a new one: fields by topic, and the order of the samples."""
    refuse_any_query(request)
    old, new = _plans(await read_json_object(request))
    drift = await pool_of(request).run(drift_between, old, new)
    return json_answer(_document(drift, old, new))


def _plans(body: Mapping[str, object]) -> list[Plan]:
    faults = [*unknown_fields(body, _SIDES)]
    plans: list[Plan] = []
    for side in _SIDES:
        try:
            plans.append(named_plan(body.get(side), f"/{side}", side))
        except InvalidSpecError as refusal:
            faults += refusal.faults
    if faults:
        raise InvalidSpecError(faults)
    return plans


def _document(drift: Drift, old: Plan, new: Plan) -> dict[str, object]:
    return {
        "changed": drift.changed,
        "changes": [
            {
                "topic": change.topic,
                "field": change.field,
                "old": change.old,
                "new": change.new,
                "sentence": change.sentence,
            }
            for change in drift.changes
        ],
        "order": {
            "relation": drift.order.relation,
            "agreeing_samples": drift.order.agreeing_samples,
            "old_step": drift.order.old_step,
            "new_step": drift.order.new_step,
            "sentence": drift.order.sentence,
        },
        "old": plan_document(old),
        "new": plan_document(new),
    }
