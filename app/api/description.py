"""What the service says of itself: a name, a description, and every route."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

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


def described_app(lifespan: Lifespan | None = None) -> FastAPI:
    """An application with every route, and nothing yet that the routes need.

    >>> described_app().title
    'Epochplan'
    """
    app = FastAPI(
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
