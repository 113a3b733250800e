"""Answers with a part of a manifest: a page, a stream, or bytes of a virtual file."""

from functools import partial
from urllib.parse import urlencode

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from app.api.manifest_requests import ManifestRequest
from app.api.rendering import IMMUTABLE, REVALIDATE, release_etag, strong_etag, unchanged
from app.api.tables import table_ready
from app.manifest.encodings import FILES, STREAMS
from app.manifest.page import PageLimits, listed_indices, page_selection
from app.manifest.rows import Group
from app.manifest.selection import Selection
from app.web.pool import pool_of
from app.web.quotas import quotas_of
from app.web.ranges import requested_range
from app.web.streams import BlockResponse


async def manifest_answer(request: Request, asked: ManifestRequest) -> Response:
    """The answer in the format that was asked for."""
    if asked.encoding.name in FILES:
        return await _file_answer(request, asked)
    if asked.encoding.name in STREAMS:
        return await _stream_answer(request, asked)
    return await _page_answer(request, asked)


async def _page_answer(request: Request, asked: ManifestRequest) -> Response:
    quotas = quotas_of(request)
    limits = PageLimits(indices=quotas.page_indices, work=quotas.work_indices)
    page = page_selection(asked.selection, limits)
    headers = {
        "ETag": release_etag("page", *asked.identity, limits),
        "Cache-Control": REVALIDATE,
        "Vary": "Accept",
    }
    if answer := unchanged(request, headers):
        return answer
    await table_ready(request, page.plan, page.epoch)
    listed = await pool_of(request).run(listed_indices, page, asked.group)
    content = _page_document(asked, page, listed)
    return Response(content, media_type="application/json", headers=headers)


def _page_document(asked: ManifestRequest, page: Selection, listed: bytes) -> bytes:
    head = {
        "plan_id": page.plan.plan_id,
        "epoch": page.epoch,
        "rank": page.rank,
        "start_step": page.start_step,
        "stop_step": page.stop_step,
        "steps_in_epoch": page.steps_in_epoch,
    }
    tail = {"sample_count": page.members.count, "next": _next_page(asked, page)}
    return b'%b,"sample_indices":%b,%b' % (to_json(head)[:-1], listed, to_json(tail)[1:])


def _next_page(asked: ManifestRequest, page: Selection) -> str | None:
    if page.stop_step == asked.selection.stop_step:
        return None
    query: dict[str, object] = {} if page.rank is None else {"rank": page.rank}
    query |= {"start_step": page.stop_step, "stop_step": asked.selection.stop_step}
    query |= {} if asked.group is Group.STEP else {"group": str(asked.group)}
    path = f"/v1/plans/{page.plan.plan_id}/epochs/{page.epoch}/manifest"
    return f"{path}?{urlencode(query)}&format=json"


async def _stream_answer(request: Request, asked: ManifestRequest) -> Response:
    headers = _lasting_headers(asked)
    if answer := unchanged(request, headers):
        return answer
    await table_ready(request, asked.selection.plan, asked.selection.epoch)
    write = STREAMS[asked.encoding.name]
    return BlockResponse(
        pool_of(request),
        partial(write, asked.selection, asked.group, asked.index_type),
        headers=headers,
        media_type=asked.encoding.media_type,
    )


async def _file_answer(request: Request, asked: ManifestRequest) -> Response:
    file = FILES[asked.encoding.name](asked.selection, asked.index_type)
    headers = {**_lasting_headers(asked), "Accept-Ranges": "bytes"}
    if answer := unchanged(request, headers):
        return answer
    wanted = requested_range(request, size=file.size, etag=headers["ETag"])
    start, stop = (wanted.start, wanted.stop) if wanted else (0, file.size)
    if wanted:
        headers["Content-Range"] = wanted.content_range(file.size)
    await table_ready(request, asked.selection.plan, asked.selection.epoch)
    pool = pool_of(request)
    block_bytes = quotas_of(request).block_bytes_beside(pool.streams.taken)
    return BlockResponse(
        pool,
        partial(file.blocks, start, stop, block_bytes=block_bytes),
        status_code=206 if wanted else 200,
        headers={**headers, "Content-Length": str(stop - start)},
        media_type=asked.encoding.media_type,
    )


def _lasting_headers(asked: ManifestRequest) -> dict[str, str]:
    return {
        "ETag": strong_etag("manifest", *asked.identity),
        "Cache-Control": IMMUTABLE,
        "Vary": "Accept",
    }
