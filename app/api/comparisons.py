"""Compares plans over HTTP."""

from collections.abc import Mapping
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import EXAMPLE_SPEC, json_body
from app.api.nested_specs import nested_plan
from app.api.plan_schema import ComparisonOut
from app.api.plans import plan_document
from app.api.rendering import json_answer
from app.api.spec_schema import FEWEST_COMPARED, MOST_COMPARED
from app.api.unknown_fields import unknown_fields
from app.errors import Fault, InvalidSpecError
from app.plan.comparison import compare_plans
from app.plan.planner import Plan
from app.web.bodies import read_json_object
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query

endpoints = Endpoints("plans", prefix="/v1")

_ALLOWED: Final = f"a list of {FEWEST_COMPARED} to {MOST_COMPARED} training specs"
_EXAMPLE: Final = {
    "specs": [
        {**EXAMPLE_SPEC, "steps_per_epoch": 1_000, "epochs": 1},
        EXAMPLE_SPEC,
        {**EXAMPLE_SPEC, "sampling": {"method": "random_sample"}},
    ]
}


@endpoints.post(
    "/compare",
    operation_id="compare_plans",
    summary="Compare training runs",
    response_model=ComparisonOut,
    responses=problem_responses(400, 413, 415, 422, 503),
    openapi_extra=json_body("CompareIn", {"1000 x 1 against 100 x 10": {"value": _EXAMPLE}}),
)
async def compare(request: Request) -> Response:
    """What training specs share, in what they differ, and what that comes down to."""
    refuse_any_query(request)
    plans = _plans(await read_json_object(request))
    comparison = await pool_of(request).run(compare_plans, plans)
    return json_answer(
        {
            "plans": [plan_document(plan) for plan in plans],
            "same": comparison.same,
            "differs": [
                {"field": difference.field, "values": difference.values}
                for difference in comparison.differs
            ],
            "explanation": comparison.explanation,
        }
    )


def _plans(body: Mapping[str, object]) -> list[Plan]:
    faults = [*unknown_fields(body, ("specs",))]
    plans: list[Plan] = []
    for number, fields in enumerate(_specs(body.get("specs"), faults)):
        try:
            plans.append(nested_plan(fields, f"/specs/{number}", f"spec {number}"))
        except InvalidSpecError as refusal:
            faults += refusal.faults
    if faults:
        raise InvalidSpecError(faults)
    return plans


def _specs(given: object, faults: list[Fault]) -> list[object]:
    specs = cast("list[object]", given) if isinstance(given, list) else []
    if not FEWEST_COMPARED <= len(specs) <= MOST_COMPARED:
        faults.append(
            Fault(
                code="specs-miscounted",
                pointer="/specs",
                detail=f"specs must be {_ALLOWED}",
                given=len(specs) if isinstance(given, list) else given,
                allowed=_ALLOWED,
            )
        )
    return specs[:MOST_COMPARED]
