"""What a job sees when it starts, held against its plan over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import json_body
from app.api.member_faults import member_faults
from app.api.rendering import json_answer
from app.api.review_schema import SightingIn, VerificationOut
from app.errors import Fault, InvalidCheckError
from app.plan.lookup import plan_named
from app.review.sighting import SEEN_FIELDS, mismatches
from app.web.bodies import read_json_object
from app.web.endpoint import Endpoints
from app.web.problem_schema import problem_responses
from app.web.problems import LocatedFault, RequestRefusedError
from app.web.queries import refuse_any_query

endpoints = Endpoints("reviews", prefix="/v1")

_EXAMPLE: Final = {"dataset_size": 2_000, "global_batch_size": 10, "data_parallel_size": 1}


@endpoints.post(
    "/plans/{plan_id}/verify",
    operation_id="verify_plan",
    summary="Hold what a job sees against its plan",
    response_model=VerificationOut,
    responses=problem_responses(400, 404, 409, 413, 415, 422),
    openapi_extra=json_body("SightingIn", {"one rank": {"value": _EXAMPLE}}),
)
async def verify(request: Request, plan_id: str) -> Response:
    """Whether a job that starts has the ranks, the batch and the dataset that its plan is for."""
    refuse_any_query(request)
    plan = plan_named(plan_id)
    seen = read_sighting(await read_json_object(request))
    if found := mismatches(plan, seen):
        raise _mismatch(found)
    return json_answer({"plan_id": plan_id, "verified": [*seen]})


def read_sighting(body: Mapping[str, object]) -> dict[str, int]:
    """The values that a body states.

    >>> read_sighting({"data_parallel_size": 8, "dataset_size": None})
    {'data_parallel_size': 8}

    Raises:
        InvalidCheckError: With every fault of the body.
    """
    try:
        sighting = SightingIn.model_validate(body)
    except ValidationError as refusal:
        raise InvalidCheckError([*member_faults(refusal, SightingIn)]) from refusal
    seen = {name: value for name, value in sighting.model_dump().items() if value is not None}
    if not seen:
        raise InvalidCheckError([_NOTHING])
    return seen


_NOTHING: Final = Fault(
    code="nothing-seen",
    pointer="",
    detail="nothing is stated that could be held against the plan",
    given=None,
    allowed=f"at least one of {', '.join(SEEN_FIELDS)}",
    nearest=(),
)


def _mismatch(found: Sequence[Fault]) -> RequestRefusedError:
    return RequestRefusedError(
        status=409,
        code="plan-mismatch",
        title="The job is not the one that its plan is for",
        faults=[LocatedFault("body", fault) for fault in found],
    )
