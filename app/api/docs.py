"""The documentation in the browser: every file comes from the service itself."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.api.openapi import openapi_document
from app.web.ranges import not_modified

_REVALIDATE: Final = "no-cache"
_A_DAY: Final = "public, max-age=86400"
_CONTENT_SECURITY_POLICY: Final = (
    # Swagger UI sets styles of elements, and draws its icons from data: URLs in its style sheet
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that never changes while the process runs."""

    content: bytes
    media_type: str
    cache_control: str
    etag: str


@router.get("/")
async def open_documentation() -> Response:
    """To the documentation, wherever the service is mounted."""
    return RedirectResponse("docs")


@router.get("/docs")
async def read_documentation(request: Request) -> Response:
    """The page; scripts and styles are files of their own, so that the policy can be strict."""
    response = _answer(request, _asset("app.api", "assets/docs.html", "text/html", _REVALIDATE))
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@router.get("/docs/swagger-ui.css")
async def read_style(request: Request) -> Response:
    """The style sheet of Swagger UI."""
    return _answer(request, _swagger("swagger-ui.css", "text/css"))


@router.get("/docs/swagger-ui-bundle.js")
async def read_bundle(request: Request) -> Response:
    """The script of Swagger UI."""
    return _answer(request, _swagger("swagger-ui-bundle.js", "text/javascript"))


@router.get("/docs/start.js")
async def read_start(request: Request) -> Response:
    """The script that starts Swagger UI."""
    asset = _asset("app.api", "assets/start.js", "text/javascript", _REVALIDATE)
    return _answer(request, asset)


@router.get("/favicon.svg")
@router.get("/favicon.ico")
async def read_icon(request: Request) -> Response:
    """The icon; browsers that ask for an .ico take an SVG as well."""
    return _answer(request, _asset("app.api", "assets/favicon.svg", "image/svg+xml", _A_DAY))


@router.get("/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document, rendered once."""
    state = request.app.state
    if not hasattr(state, "openapi_asset"):
        content = orjson.dumps(openapi_document(request.app))
        state.openapi_asset = _made(content, "application/json", _REVALIDATE)
    return _answer(request, state.openapi_asset)


def _swagger(name: str, media_type: str) -> Asset:
    return _asset("fastapi_offline", f"static/{name}", media_type, _A_DAY)


@cache
def _asset(package: str, path: str, media_type: str, cache_control: str) -> Asset:
    return _made(files(package).joinpath(path).read_bytes(), media_type, cache_control)


def _made(content: bytes, media_type: str, cache_control: str) -> Asset:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Asset(content, media_type, cache_control, etag)


def _answer(request: Request, asset: Asset) -> Response:
    headers = {
        "Cache-Control": asset.cache_control,
        "ETag": asset.etag,
        "X-Content-Type-Options": "nosniff",
    }
    if not_modified(request, asset.etag):
        return Response(status_code=304, headers=headers)
    return Response(asset.content, headers=headers, media_type=asset.media_type)
