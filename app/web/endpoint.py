"""Endpoints: functions that take the request as it is, and answer with a finished response."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypedDict, TypeVar, Unpack

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

Answering = Callable[..., Awaitable[Response]]
A = TypeVar("A", bound=Answering)


class Description(TypedDict, total=False):
    """What the description of the API says of an endpoint, in the words of FastAPI."""

    operation_id: str
    summary: str
    response_model: type[BaseModel]
    response_class: type[Response]
    responses: Mapping[int | str, dict[str, Any]]
    openapi_extra: Mapping[str, Any] | Callable[[], Mapping[str, Any]]


class Endpoint(Route):
    """A route that hands the request and the texts of its path to a function, and no more.

    What a framework would resolve, validate and render for every request takes longer than most
    answers here.

    Attributes:
        method: The one that it answers.
        tag: The group that it is described in.
        description: What is said of it; empty where it is not described at all.
    """

    def __init__(
        self, method: str, path: str, answering: Answering, *, tag: str, description: Description
    ) -> None:
        super().__init__(path, answering, methods=[method])
        self.method: Final = method
        self.tag: Final = tag
        self.description: Final = description

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path is that of the endpoint."""
        scope["route"] = self  # for the access log, under whatever router
        if scope["method"] in (self.methods or ()):
            request = Request(scope, receive, send)
            response = await self.endpoint(request, **scope["path_params"])
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)  # which refuses it


class Endpoints:
    """The endpoints of one group, gathered where their functions are written.

    >>> plans = Endpoints(prefix="/v1", tag="plans")
    >>> @plans.get("/plans/{plan_id}", operation_id="read_plan")
    ... async def read(request: Request, plan_id: str) -> Response:
    ...     return Response(plan_id)
    >>> [(each.method, each.path, each.tag) for each in plans.all]
    [('GET', '/v1/plans/{plan_id}', 'plans')]

    Args:
        tag: The group that they are described in.
        prefix: Begins every path.

    Attributes:
        all: The endpoints, in the order of their functions.
    """

    def __init__(self, tag: str, *, prefix: str = "") -> None:
        self.all: list[Endpoint] = []
        self._tag = tag
        self._prefix = prefix

    def get(self, path: str, **description: Unpack[Description]) -> Callable[[A], A]:
        """The function below answers GET of a path; HEAD is made of it elsewhere."""
        return self._adding("GET", path, description)

    def post(self, path: str, **description: Unpack[Description]) -> Callable[[A], A]:
        """The function below answers POST of a path."""
        return self._adding("POST", path, description)

    def _adding(self, method: str, path: str, description: Description) -> Callable[[A], A]:
        def add(answering: A) -> A:
            self.all.append(
                Endpoint(
                    method, self._prefix + path, answering, tag=self._tag, description=description
                )
            )
            return answering

        return add
