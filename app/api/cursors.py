"""Where a run stands after some steps, over HTTP."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import integer, parameter, query_of
from app.api.plan_schema import CursorOut
from app.api.rendering import REVALIDATE, json_answer, release_etag, unchanged
from app.arithmetic.cursor import Cursor, cursor_at_epoch, cursor_at_samples, cursor_at_step
from app.errors import Fault, InvalidCursorError
from app.plan.lookup import plan_named
from app.plan.planner import Plan
from app.web.endpoint import Endpoints
from app.web.problem_schema import problem_responses
from app.web.queries import QueryReader

endpoints = Endpoints("plans", prefix="/v1")

_WAYS: Final = (("step",), ("consumed_samples",), ("epoch", "step_in_epoch"))
_NAMES: Final = tuple(name for way in _WAYS for name in way)
_ALLOWED: Final = "exactly one of step, consumed_samples, and epoch with step_in_epoch"
_TOTAL: Final = integer(highest=None)


@endpoints.get(
    "/plans/{plan_id}/cursor",
    operation_id="read_cursor",
    summary="Where the run stands",
    response_model=CursorOut,
    responses=problem_responses(404, 422),
    openapi_extra=query_of(
        parameter("step", _TOTAL, "Completed steps, in [0, total_steps].", example=150),
        parameter("consumed_samples", _TOTAL, "Samples taken so far, padding included."),
        parameter("epoch", _TOTAL, "Epoch; goes with step_in_epoch."),
        parameter("step_in_epoch", _TOTAL, "Completed steps of the epoch; goes with epoch."),
    ),
)
async def read_cursor(request: Request, plan_id: str) -> Response:
    """Where the run stands: give completed steps, or samples, or an epoch and steps within it."""
    plan = plan_named(plan_id)
    cursor = _cursor(plan, QueryReader(request, _NAMES))
    headers = {
        "ETag": release_etag("cursor", plan_id, cursor.step),
        "Cache-Control": REVALIDATE,
    }
    return unchanged(request, headers) or json_answer(_document(cursor), headers)


def _cursor(plan: Plan, reader: QueryReader) -> Cursor:
    given = tuple(name for name in _NAMES if name in reader.values)
    numbers = {name: reader.integer(name) for name in given}
    unreadable = any(fault.pointer.removeprefix("/") in _NAMES for fault in reader.faults)
    if given not in _WAYS and not unreadable:
        reader.add(_which(given))
    if reader.faults:
        raise InvalidCursorError(reader.faults)
    found = [number for number in numbers.values() if number is not None]
    match given:
        case ("step",):
            return cursor_at_step(plan.run, plan.pass_point, *found)
        case ("consumed_samples",):
            return cursor_at_samples(plan.run, plan.pass_point, *found)
        case _:
            return cursor_at_epoch(plan.run, plan.pass_point, *found)


def _which(given: tuple[str, ...]) -> Fault:
    missing = next((name for name in _NAMES if name not in given), "step")
    return Fault(
        code="cursor-ambiguous" if given else "cursor-missing",
        pointer=f"/{given[-1] if given else missing}",
        detail=f"{', '.join(given) or 'nothing'} is given, which names no single point of the run",
        given=", ".join(given) or None,
        allowed=_ALLOWED,
    )


def _document(cursor: Cursor) -> dict[str, object]:
    return {
        "step": cursor.step,
        "epoch": cursor.epoch,
        "step_in_epoch": cursor.step_in_epoch,
        "consumed_samples": cursor.consumed_samples,
        "pass": cursor.pass_number,
        "pass_position": cursor.pass_position,
        "remaining_steps": cursor.remaining_steps,
        "remaining_samples": cursor.remaining_samples,
        "done": cursor.done,
    }
