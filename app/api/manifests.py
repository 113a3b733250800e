"""Manifests over HTTP: pages, streams, and virtual files with random access."""

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from app.api.documentation import choice, integer, parameter, query_of
from app.api.manifest_answers import manifest_answer
from app.api.manifest_requests import read_epoch, read_manifest_request, read_slice
from app.api.manifest_schema import DigestOut, ManifestPageOut
from app.api.rendering import IMMUTABLE, json_answer, strong_etag, unchanged
from app.api.tables import table_ready
from app.manifest.digest import check_digest_work, growing_digest
from app.manifest.encodings import ENCODINGS
from app.manifest.index_type import IndexType
from app.manifest.rows import Group
from app.plan.lookup import plan_named
from app.web.endpoint import Endpoints
from app.web.pool import pool_of
from app.web.problem_schema import problem_responses
from app.web.queries import QueryReader
from app.web.quotas import quotas_of

endpoints = Endpoints("manifests", prefix="/v1")

_SLICE: Final = (
    parameter("rank", integer(), "Data-parallel rank; all ranks where it is not given."),
    parameter("start_step", integer(), "First step within the epoch; 0 where it is not given."),
    parameter("stop_step", integer(), "Step behind the last one; all where it is not given."),
)
# no defaults in these schemas: Swagger UI would send them, also where they do not apply
_DTYPE: Final = parameter(
    "dtype", choice(*IndexType), "Integer type of raw, npy and arrow; int64 where it is not given."
)
_FORMAT: Final = parameter(
    "format", choice(*ENCODINGS), "Format; wins over `Accept`; json where neither says."
)
_GROUP: Final = parameter(
    "group", choice(*Group), "Lists of json and ndjson; by step where it is not given."
)
_BYTES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The whole file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The bytes of `Range`."},
    304: {"description": "The client holds these bytes already."},
}
_FORMATS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A page of JSON, or everything that was asked for in another format.",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ManifestPageOut"}},
            **{
                encoding.media_type: {"schema": {"type": "string"}}
                for encoding in ENCODINGS.values()
                if encoding.name != "json"
            },
        },
    },
    206: _BYTES[206],
    304: _BYTES[304],
}


@endpoints.get(
    "/plans/{plan_id}/epochs/{epoch}/manifest",
    operation_id="read_manifest",
    summary="Sample indices of an epoch",
    response_model=ManifestPageOut,
    responses=_FORMATS | problem_responses(404, 406, 416, 422, 503),
    openapi_extra=query_of(*_SLICE, _GROUP, _FORMAT, _DTYPE),
)
async def read_manifest(request: Request, plan_id: str, epoch: str) -> Response:
    """The sample indices of an epoch, step by step, for one rank or for all."""
    return await manifest_answer(request, read_manifest_request(request, plan_id, epoch))


@endpoints.get(
    "/plans/{plan_id}/epochs/{epoch}/manifest.npy",
    operation_id="read_manifest_npy",
    summary="Sample indices as a NumPy file",
    responses=_BYTES | problem_responses(404, 416, 422, 503),
    response_class=Response,
    openapi_extra=query_of(*_SLICE, _DTYPE),
)
async def read_npy(request: Request, plan_id: str, epoch: str) -> Response:
    """The sample indices as a NumPy file that is never stored: any byte range is equally near."""
    return await manifest_answer(
        request, read_manifest_request(request, plan_id, epoch, suffix="npy")
    )


@endpoints.get(
    "/plans/{plan_id}/epochs/{epoch}/manifest.raw",
    operation_id="read_manifest_raw",
    summary="Sample indices as raw integers",
    responses=_BYTES | problem_responses(404, 416, 422, 503),
    response_class=Response,
    openapi_extra=query_of(*_SLICE, _DTYPE),
)
async def read_raw(request: Request, plan_id: str, epoch: str) -> Response:
    """The sample indices as little-endian integers and nothing else."""
    return await manifest_answer(
        request, read_manifest_request(request, plan_id, epoch, suffix="raw")
    )


@endpoints.get(
    "/plans/{plan_id}/epochs/{epoch}/digest",
    operation_id="read_digest",
    summary="Fingerprint of a raw manifest",
    response_model=DigestOut,
    responses=problem_responses(404, 422, 503),
    openapi_extra=query_of(*_SLICE, _DTYPE),
)
async def read_digest(request: Request, plan_id: str, epoch: str) -> Response:
    """SHA-256 of exactly the bytes of `manifest.raw` with the same query."""
    plan = plan_named(plan_id)
    number = read_epoch(plan, epoch)
    reader = QueryReader(request, ("rank", "start_step", "stop_step", "dtype"))
    index_type = IndexType(reader.text("dtype", tuple(IndexType)) or IndexType.INT64)
    selection = read_slice(plan, number, reader, index_type)
    check_digest_work(selection, limit=quotas_of(request).work_indices)
    asked = (plan_id, number, selection.rank, selection.start_step, selection.stop_step)
    headers = {"ETag": strong_etag("digest", *asked, str(index_type)), "Cache-Control": IMMUTABLE}
    if answer := unchanged(request, headers):
        return answer
    await table_ready(request, plan, number)
    digest = await pool_of(request).last_value(
        request, partial(growing_digest, selection, index_type)
    )
    content = {"sha256": digest.sha256, "sample_count": digest.sample_count, "bytes": digest.size}
    return json_answer(content, headers)
