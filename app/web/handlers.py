"""What each kind of exception means to the client: always a problem."""

from functools import singledispatch
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import Fault, PlanningError
from app.web.echo import clean
from app.web.paths import allowed_methods, nearest_paths
from app.web.problems import (
    OUTCOMES,
    LocatedFault,
    RequestRefusedError,
    located,
    problem_response,
)


def install_problem_handlers(app: Starlette) -> None:
    """Let every refusal and every failure of `app` be answered by a problem."""
    for kind in (PlanningError, RequestRefusedError, HTTPException, Exception):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    return problem_response(_refusal(error, request))


@singledispatch
def _refusal(_error: Exception, _request: Request) -> RequestRefusedError:
    return RequestRefusedError(
        status=500, code="internal-error", title="The service failed; the failure is in its log"
    )


@_refusal.register
def _(error: RequestRefusedError, _request: Request) -> RequestRefusedError:
    return error


@_refusal.register
def _(error: PlanningError, request: Request) -> RequestRefusedError:
    return RequestRefusedError(
        status=OUTCOMES[type(error)].status,
        code=error.code,
        title=error.title,
        faults=located(error, request.method),
    )


@_refusal.register
def _(error: HTTPException, request: Request) -> RequestRefusedError:
    match error.status_code:
        case 404:
            return _no_such_path(request)
        case 405:
            return _method_not_allowed(request)
        case status:
            phrase = HTTPStatus(status).phrase
            code = phrase.lower().replace(" ", "-")
            return RequestRefusedError(status=status, code=code, title=phrase)


def _no_such_path(request: Request) -> RequestRefusedError:
    path = request.scope["path"]
    fault = Fault(
        code="no-such-path",
        pointer="",
        detail=f"there is nothing at {clean(path)}",
        given=path,
        allowed="a path of /openapi.json, without a slash at its end",
        nearest=nearest_paths(request),
    )
    return RequestRefusedError(
        status=404,
        code="no-such-path",
        title="There is no such path",
        faults=[LocatedFault("path", fault)],
    )


def _method_not_allowed(request: Request) -> RequestRefusedError:
    methods = ", ".join(allowed_methods(request))
    fault = Fault(
        code="method-not-allowed",
        pointer="",
        detail=f"{clean(request.scope['path'])} does not answer {request.method}",
        given=request.method,
        allowed=methods,
    )
    return RequestRefusedError(
        status=405,
        code="method-not-allowed",
        title="The path does not answer this method",
        faults=[LocatedFault("path", fault)],
        headers={"Allow": methods},
    )
