"""JSON answers, rendered once to bytes, and the validators that let a client keep them."""

from collections.abc import Mapping
from hashlib import sha256

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.web.ranges import not_modified

IMMUTABLE = "public, max-age=31536000, immutable"
"""Cache-Control of bytes that depend on nothing but the URL."""

REVALIDATE = "no-cache"
"""Cache-Control of answers that may change with settings or release."""


def json_answer(value: object, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON; integers of any size stay exact.

    >>> json_answer({"total_steps": 10**30}).body
    b'{"total_steps":1000000000000000000000000000000}'
    """
    return Response(to_json(value), media_type="application/json", headers=headers)


def strong_etag(*parts: object) -> str:
    """A strong entity tag of everything that an answer depends on.

    >>> strong_etag("plan", 1) == strong_etag("plan", 1) != strong_etag("plan", 2)
    True
    """
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def release_etag(*parts: object) -> str:
    """A strong entity tag of an answer that a new release may change."""
    return strong_etag(__version__, *parts)


def unchanged(request: Request, headers: Mapping[str, str]) -> Response | None:
    """304 where the client already holds the answer with this ETag."""
    if not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return None
