"""Where in a run a sample is used, over HTTP."""

from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import integer, parameter, query_of
from app.api.manifest_schema import OccurrencesOut
from app.api.rendering import REVALIDATE, json_answer, release_etag, unchanged
from app.errors import InvalidSelectionError, UnknownSampleError, outside
from app.manifest.occurrences import OccurrencePage, SearchLimits, check_sample, growing_page
from app.manifest.tables import check_table
from app.plan.lookup import plan_named
from app.plan.planner import Plan
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import QueryReader, plain_integer
from app.web.quotas import quotas_of

endpoints = Endpoints("manifests", prefix="/v1")

_TOTAL: Final = integer(highest=None)


@endpoints.get(
    "/plans/{plan_id}/samples/{sample_index}",
    operation_id="find_sample",
    summary="When and where a sample is used",
    response_model=OccurrencesOut,
    responses=problem_responses(404, 422, 503),
    openapi_extra=query_of(
        parameter("start_epoch", _TOTAL, "First epoch to look at; 0 where it is not given."),
        parameter("stop_epoch", _TOTAL, "Epoch behind the last one; all where it is not given."),
    ),
)
async def find_sample(request: Request, plan_id: str, sample_index: str) -> Response:
    """When and by which rank a sample is used. `next` leads on where a page is full."""
    plan = plan_named(plan_id)
    sample = _sample(plan, sample_index)
    epochs = _epochs(plan, QueryReader(request, ("start_epoch", "stop_epoch")))
    quotas = quotas_of(request)
    limits = SearchLimits(entries=quotas.page_occurrences, work=quotas.work_indices)
    headers = {
        "ETag": release_etag("samples", plan_id, sample, epochs, limits),
        "Cache-Control": REVALIDATE,
    }
    if answer := unchanged(request, headers):
        return answer
    for epoch in epochs[-1:]:  # the last one takes the longest
        check_table(plan, epoch, limit=quotas.table_samples)
    page = await pool_of(request).last_value(
        request, partial(growing_page, plan, sample, epochs, limits)
    )
    return json_answer(_document(page, _next_page(plan, sample, page, epochs)), headers)


def _next_page(plan: Plan, sample: int, page: OccurrencePage, epochs: range) -> str | None:
    if page.stop_epoch == epochs.stop:
        return None
    path = f"/v1/plans/{plan.plan_id}/samples/{sample}"
    return f"{path}?start_epoch={page.stop_epoch}&stop_epoch={epochs.stop}"


def _document(page: OccurrencePage, next_page: str | None) -> dict[str, object]:
    return {
        "occurrences": page.occurrences,
        "absent_epochs": page.absent_epochs,
        "start_epoch": page.start_epoch,
        "stop_epoch": page.stop_epoch,
        "next": next_page,
    }


def _sample(plan: Plan, written: str) -> int:
    sample = plain_integer(written)
    if sample is None:
        raise UnknownSampleError(sample_index=written, dataset_size=plan.spec.dataset_size)
    check_sample(plan, sample)
    return sample


def _epochs(plan: Plan, reader: QueryReader) -> range:
    epochs = plan.run.epochs
    start, stop = reader.integer("start_epoch"), reader.integer("stop_epoch")
    for name, value in (("start_epoch", start), ("stop_epoch", stop)):
        if value is not None and value > epochs:
            reader.add(outside(name, value, highest=epochs))
    start, stop = start or 0, epochs if stop is None else stop
    if not reader.faults and stop < start:
        reader.add(outside("stop_epoch", stop, lowest=start, highest=epochs))
    if reader.faults:
        raise InvalidSelectionError(reader.faults)
    return range(start, stop)
