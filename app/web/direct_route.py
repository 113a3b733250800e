"""Routes whose endpoints take the request as it is, and answer with a finished response."""

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send


class DirectRoute(APIRoute):
    """A route that hands the request and the texts of its path to the endpoint, and no more.

    What FastAPI would resolve, validate and render for every request takes longer than most
    answers here; it still reads the signature and the models for the description of the API.
    Use it as the `route_class` of a router.

    >>> from fastapi import APIRouter, Response
    >>> router = APIRouter(route_class=DirectRoute)
    >>> @router.get("/plans/{plan_id}")
    ... async def read(request: Request, plan_id: str) -> Response:
    ...     return Response(plan_id)
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path is that of the route."""
        if scope["method"] in (self.methods or ()):
            request = Request(scope, receive, send)
            response = await self.endpoint(request, **scope["path_params"])
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)  # which refuses it
