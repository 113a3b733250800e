"""Locks of plans over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import json_body
from app.api.plans import SPEC_EXAMPLES
from app.api.rendering import json_answer
from app.api.review_schema import LockOut
from app.api.specs import read_spec
from app.api.tables import table_ready
from app.plan.planner import Plan, plan_draft
from app.review.fingerprints import check_fingerprint_work, watched_epochs
from app.review.lock import LockDocument, lock_document
from app.web.bodies import read_json_object
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query
from app.web.quotas import quotas_of

endpoints = Endpoints("reviews", prefix="/v1")


@endpoints.post(
    "/lock",
    operation_id="lock_plan",
    summary="Lock a training run",
    response_model=LockOut,
    responses=problem_responses(400, 413, 415, 422, 503),
    openapi_extra=json_body("TrainingSpecIn", SPEC_EXAMPLES),
)
async def lock_plan(request: Request) -> Response:
    """Everything about a run that must not change unnoticed, fingerprints of its order included."""
    refuse_any_query(request)
    draft, faults = read_spec(await read_json_object(request))
    return json_answer(await locked(request, plan_draft(draft, known_faults=faults)))


async def locked(request: Request, plan: Plan) -> LockDocument:
    """The lock of a plan, within the bounds of a request.

    Raises:
        WorkLimitError: Its fingerprints cost more than one request may cause.
    """
    await fingerprints_ready(request, plan)
    return await pool_of(request).run(lock_document, plan)


async def fingerprints_ready(request: Request, plan: Plan) -> None:
    """Wait until the fingerprints of a plan can be computed at once.

    Raises:
        WorkLimitError: They cost more than one request may cause.
    """
    for epoch in watched_epochs(plan.run):
        await table_ready(request, plan, epoch)
    check_fingerprint_work(plan, limit=quotas_of(request).work_indices)
