"""The documentation in the browser: every file comes from the service itself."""

from functools import cache
from importlib.resources import files
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.endpoint import Endpoints
from app.web.fixed_text import FixedText

_REVALIDATE: Final = "no-cache"
_A_DAY: Final = "public, max-age=86400"
_NO_SNIFFING: Final = {"X-Content-Type-Options": "nosniff"}
_CONTENT_SECURITY_POLICY: Final = (
    # Swagger UI sets styles of elements, and draws its icons from data: URLs in its style sheet
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

endpoints = Endpoints("documentation")


@endpoints.get("/")
async def open_documentation(_request: Request) -> Response:
    """To the documentation, wherever the service is mounted."""
    return RedirectResponse("docs")


@endpoints.get("/docs")
async def read_documentation(request: Request) -> Response:
    """The page; scripts and styles are files of their own, so that the policy can be strict."""
    headers = {
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "no-referrer",
        **_NO_SNIFFING,
    }
    page = _asset("app.api", "assets/docs.html", "text/html", _REVALIDATE)
    return await page.answer(request, headers)


@endpoints.get("/docs/swagger-ui.css")
async def read_style(request: Request) -> Response:
    """The style sheet of Swagger UI."""
    return await _swagger("swagger-ui.css", "text/css").answer(request, _NO_SNIFFING)


@endpoints.get("/docs/swagger-ui-bundle.js")
async def read_bundle(request: Request) -> Response:
    """The script of Swagger UI."""
    script = _swagger("swagger-ui-bundle.js", "text/javascript")
    return await script.answer(request, _NO_SNIFFING)


@endpoints.get("/docs/start.js")
async def read_start(request: Request) -> Response:
    """The script that starts Swagger UI."""
    script = _asset("app.api", "assets/start.js", "text/javascript", _REVALIDATE)
    return await script.answer(request, _NO_SNIFFING)


@endpoints.get("/favicon.svg")
@endpoints.get("/favicon.ico")
async def read_icon(request: Request) -> Response:
    """The icon; browsers that ask for an .ico take an SVG as well."""
    icon = _asset("app.api", "assets/favicon.svg", "image/svg+xml", _A_DAY)
    return await icon.answer(request, _NO_SNIFFING)


@endpoints.get("/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document, rendered once."""
    state = request.app.state
    if not hasattr(state, "openapi_text"):
        state.openapi_text = FixedText(
            orjson.dumps(request.app.openapi()),
            media_type="application/json",
            cache_control=_REVALIDATE,
        )
    text: FixedText = state.openapi_text
    return await text.answer(request, _NO_SNIFFING)


def _swagger(name: str, media_type: str) -> FixedText:
    return _asset("fastapi_offline", f"static/{name}", media_type, _A_DAY)


@cache
def _asset(package: str, path: str, media_type: str, cache_control: str) -> FixedText:
    content = files(package).joinpath(path).read_bytes()
    return FixedText(content, media_type=media_type, cache_control=cache_control)
