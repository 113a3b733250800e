"""Which paths and methods an application answers, for telling a client that missed them."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

_LONGEST_COMPARED: Final = 200


def allowed_methods(request: Request) -> list[str]:
    """Methods that the path of the request answers, in the alphabet's order."""
    methods: set[str] = set()
    for route in _routes(request):
        if route.path_regex.match(request.scope["path"]):
            methods |= route.methods or set()
    return sorted(methods)


def nearest_paths(request: Request) -> tuple[str, ...]:
    """Path templates that look like the path of the request; at most three, the best first."""
    path: str = request.scope["path"]
    if len(path) > _LONGEST_COMPARED:
        return ()
    templates = sorted({route.path for route in _routes(request)})
    return tuple(get_close_matches(path, templates))


def _routes(request: Request) -> Iterator[Route]:
    return (route for route in request.app.routes if isinstance(route, Route))
