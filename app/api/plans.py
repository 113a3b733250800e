"""Plans over HTTP: from a spec in the body, from a spec in the query, from a plan_id."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.api.documentation import EXAMPLE_SPEC, json_body, spec_parameters
from app.api.plan_schema import PlanOut
from app.api.rendering import REVALIDATE, json_answer, release_etag, unchanged
from app.api.specs import query_fields, read_query_spec, read_spec
from app.plan.facts import plan_facts
from app.plan.lookup import plan_named
from app.plan.plan_id import check_plan_id
from app.plan.planner import Plan, plan_draft
from app.web.bodies import read_json_object
from app.web.endpoint import Endpoints
from app.web.problem_schema import problem_responses
from app.web.queries import QueryReader, refuse_any_query
from app.web.ranges import holds

endpoints = Endpoints("plans", prefix="/v1")

SPEC_EXAMPLES: Final = {
    "virtual epochs": {"summary": "100 steps per epoch, 10 epochs", "value": EXAMPLE_SPEC},
    "passes": {
        "summary": "ImageNet on 8 ranks",
        "value": {
            "dataset_size": 1_281_167,
            "global_batch_size": 256,
            "data_parallel_size": 8,
            "epochs": 90,
            "remainder": "drop",
            "sampling": {"method": "shuffle", "seed": 42},
        },
    },
}


@endpoints.post(
    "/plans",
    operation_id="create_plan",
    summary="Plan a training run",
    response_model=PlanOut,
    responses=problem_responses(400, 413, 415, 422),
    openapi_extra=json_body("TrainingSpecIn", SPEC_EXAMPLES),
)
async def create_plan(request: Request) -> Response:
    """Plan one training run."""
    refuse_any_query(request)
    draft, faults = read_spec(await read_json_object(request))
    return json_answer(plan_document(plan_draft(draft, known_faults=faults)))


@endpoints.get(
    "/plans",
    operation_id="plan_from_query",
    summary="Plan a training run from the query",
    response_model=PlanOut,
    responses=problem_responses(422),
    openapi_extra=spec_parameters,
)
async def plan_from_query(request: Request) -> Response:
    """Plan one training run from a spec in the query, so that one `curl` answers the question."""
    draft, faults = read_query_spec(QueryReader(request, query_fields()))
    plan = plan_draft(draft, known_faults=faults)
    headers = {"ETag": release_etag("plan", plan.plan_id), "Cache-Control": REVALIDATE}
    return unchanged(request, headers) or json_answer(plan_document(plan), headers)


@endpoints.get(
    "/plans/{plan_id}",
    operation_id="read_plan",
    summary="Read a plan again",
    response_model=PlanOut,
    responses=problem_responses(404, 422),
)
async def read_plan(request: Request, plan_id: str) -> Response:
    """The same plan again: a plan_id is the spec itself, so any replica knows it."""
    refuse_any_query(request)
    headers = {"ETag": release_etag("plan", plan_id), "Cache-Control": REVALIDATE}
    if holds(request, headers["ETag"]):
        # whoever holds this very tag got it with the plan, which depends on nothing else
        check_plan_id(plan_id)
        return Response(status_code=304, headers=headers)
    plan = plan_named(plan_id)
    return unchanged(request, headers) or json_answer(plan_document(plan), headers)


def plan_document(plan: Plan) -> dict[str, object]:
    """A plan as the JSON object of PlanOut."""
    base = f"/v1/plans/{plan.plan_id}"
    return {
        "plan_id": plan.plan_id,
        "service_version": __version__,
        **plan_facts(plan),
        "findings": [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "message": finding.message,
                "field": finding.field,
                "suggestion": finding.suggestion,
            }
            for finding in plan.findings
        ],
        "links": {
            "self": base,
            "manifest": f"{base}/epochs/{{epoch}}/manifest",
            "digest": f"{base}/epochs/{{epoch}}/digest",
            "cursor": f"{base}/cursor",
            "samples": f"{base}/samples/{{sample_index}}",
        },
    }
