"""What the service says of itself: a name, a description, and every route."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from app import __version__
from app.api.routes import ROUTERS

DESCRIPTION: Final = """\
Plans training schedules: epochs, steps and micro-steps, and which sample every rank sees.

Integers are exact, up to 2^63-1 and beyond. JavaScript, and with it this page, shows those above
2^53 rounded: trust the bytes that `curl` gets.
"""
_SILENT: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class DirectApp(FastAPI):
    """A FastAPI with nothing around its routes but what turns exceptions into answers."""

    def build_middleware_stack(self) -> ASGIApp:
        """The routes and the handlers of exceptions.

        FastAPI adds what closes uploaded files, limits bodies and traces exceptions. No route here
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


def described_app(lifespan: Lifespan | None = None) -> FastAPI:
    """An application with every route, and nothing yet that the routes need.

    >>> described_app().title
    'Epochplan'
    """
    app = DirectApp(
        title="Epochplan",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=None,  # app.api.docs serves it, rendered once
        redirect_slashes=False,
        telemetry=_SILENT,
        lifespan=lifespan,
    )
    # not include_router: matching a path through included routers takes longer than answering
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    return app
