"""The service as FastAPI serves it: with a name, a description, and its documentation."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.applications import Starlette
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from app import __version__
from app.api import docs, operations
from app.api.endpoints import ENDPOINTS
from app.api.openapi import openapi_document

DESCRIPTION: Final = """\
Plans training schedules: epochs, steps and micro-steps, and which sample every rank sees.

Integers are exact, up to 2^63-1 and beyond. JavaScript, and with it this page, shows those above
2^53 rounded: trust the bytes that `curl` gets.
"""
_DESCRIBED: Final = (*ENDPOINTS, *operations.endpoints.all)
_SILENT: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class DescribedApp(FastAPI):
    """A FastAPI with nothing around its endpoints but what turns exceptions into answers."""

    def build_middleware_stack(self) -> ASGIApp:
        """The endpoints and the handlers of exceptions.

        FastAPI adds what closes uploaded files, limits bodies and traces exceptions. No endpoint
        takes files, `app.web.limits` limits bodies, and nothing is traced.
        """
        failed = self.exception_handlers.get(Exception)
        handlers = {
            kind: handler
            for kind, handler in self.exception_handlers.items()
            if kind is not Exception
        }
        return ServerErrorMiddleware(
            ExceptionMiddleware(self.router, handlers=handlers), handler=failed
        )

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document of the endpoints, made anew; app.api.docs keeps its text."""
        return openapi_document(
            _DESCRIBED, title=self.title, version=self.version, description=self.description
        )


def described_app(lifespan: Lifespan | None = None) -> DescribedApp:
    """An application with every endpoint and its documentation, and nothing yet that they need.

    >>> described_app().title
    'Epochplan'
    """
    app = DescribedApp(
        title="Epochplan",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=None,  # app.api.docs serves it, rendered once
        redirect_slashes=False,
        telemetry=_SILENT,
        lifespan=lifespan,
    )
    app.router.routes += [*_DESCRIBED, *docs.endpoints.all]
    return app
