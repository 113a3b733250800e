"""Which paths and methods an application answers, for telling a client that missed them."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final, cast

from fastapi import FastAPI, Request
from fastapi.routing import RouteContext, iter_route_contexts

_LONGEST_COMPARED: Final = 200


def allowed_methods(request: Request) -> list[str]:
    """Methods that the path of the request answers, in the alphabet's order.

    HEAD comes with every GET (see `app.web.heads`).
    """
    methods: set[str] = set()
    for route in _routes(request):
        if route.path_regex.match(request.scope["path"]):
            methods |= route.methods or set()
    if "GET" in methods:
        methods.add("HEAD")
    return sorted(methods)


def nearest_paths(request: Request) -> tuple[str, ...]:
    """Path templates that look like the path of the request; at most three, the best first."""
    path: str = request.scope["path"]
    if len(path) > _LONGEST_COMPARED:
        return ()
    templates = sorted({str(route.path) for route in _routes(request)})
    return tuple(get_close_matches(path, templates))


def _routes(request: Request) -> Iterator[RouteContext]:
    return iter_route_contexts(cast("FastAPI", request.app).routes)
