"""Puts together what answers: the endpoints, what they share, and what surrounds them."""

from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.api.endpoints import ENDPOINTS
from app.sampling.memo import TABLES
from app.settings import Settings
from app.web.handlers import install_problem_handlers
from app.web.heads import HeadMiddleware
from app.web.limits import BodyLimitMiddleware
from app.web.pool import StreamPool
from app.web.quotas import Quotas

_ENTRY_BYTES: Final = 8
"""Most bytes of an entry of a table."""


def create_unserved_app(settings: Settings) -> Starlette:
    """The same endpoints for callers in this process: nothing is logged, counted or described.

    It answers as the service does, and is there sooner: FastAPI need not be loaded for it.

    >>> len(create_unserved_app(Settings()).routes) == len(ENDPOINTS)
    True
    """
    app = Starlette(routes=[*ENDPOINTS])
    app.router.redirect_slashes = False
    furnish(app, settings)
    app.middleware_stack = surrounded(app, settings)
    return app


def furnish(app: Starlette, settings: Settings) -> None:
    """Put what requests share where they find it, and let every refusal be a problem."""
    TABLES.resize(settings.table_bytes)
    app.state.pool = StreamPool(threads=settings.pool_threads, max_streams=settings.max_streams)
    app.state.quotas = Quotas(
        page_indices=settings.page_indices,
        page_occurrences=settings.page_occurrences,
        block_bytes=settings.block_bytes,
        work_indices=settings.work_indices,
        # whatever is computed as a whole must fit among the tables that are kept
        table_samples=min(settings.table_samples, settings.table_bytes // _ENTRY_BYTES),
    )
    install_problem_handlers(app)


def surrounded(app: Starlette, settings: Settings) -> ASGIApp:
    """The endpoints within the limits of bodies, where HEAD is GET without a body."""
    limited = BodyLimitMiddleware(app.build_middleware_stack(), most_bytes=settings.body_bytes)
    return HeadMiddleware(limited)
