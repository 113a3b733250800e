"""The composition root: one application out of one value of settings."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp

from app.api.description import described_app
from app.sampling.memo import TABLES
from app.sampling.warm_up import warm_up
from app.settings import Settings
from app.web.access import AccessMiddleware
from app.web.garbage import spare_lasting_objects
from app.web.handlers import install_problem_handlers
from app.web.heads import HeadMiddleware
from app.web.limits import BodyLimitMiddleware
from app.web.metrics import Metrics
from app.web.pool import StreamPool
from app.web.quotas import Quotas
from app.web.readiness import Readiness

_ENTRY_BYTES: Final = 8
"""Most bytes of an entry of a table."""


def create_app(settings: Settings) -> FastAPI:
    """The service, as an ASGI application.

    >>> create_app(Settings()).title
    'Epochplan'
    """
    app = described_app(_lifespan)
    _furnish(app, settings)
    install_problem_handlers(app)
    app.middleware_stack = _surrounded(app, settings)
    return app


def _furnish(app: FastAPI, settings: Settings) -> None:
    """Put what requests share where they find it."""
    TABLES.resize(settings.table_bytes)
    pool = StreamPool(threads=settings.pool_threads, max_streams=settings.max_streams)
    metrics = Metrics()
    metrics.watch_streams(lambda: pool.streams.taken)
    app.state.pool = pool
    app.state.metrics = metrics
    app.state.readiness = Readiness()
    app.state.quotas = Quotas(
        page_indices=settings.page_indices,
        page_occurrences=settings.page_occurrences,
        block_bytes=settings.block_bytes,
        work_indices=settings.work_indices,
        # whatever is computed as a whole must fit among the tables that are kept
        table_samples=min(settings.table_samples, settings.table_bytes // _ENTRY_BYTES),
    )


def _surrounded(app: FastAPI, settings: Settings) -> ASGIApp:
    # outside of Starlette's own handling of failures, so that a 500 is recorded as well, carries
    # an id, and has no body on HEAD; the access log stands outside of what HEAD rewrites
    limited = BodyLimitMiddleware(app.build_middleware_stack(), most_bytes=settings.body_bytes)
    return AccessMiddleware(HeadMiddleware(limited), metrics=app.state.metrics)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    warming = asyncio.create_task(_warm_up(app.state.pool, app.state.readiness))
    try:
        yield
    finally:
        warming.cancel()
        app.state.readiness.draining = True
        app.state.pool.close()


async def _warm_up(pool: StreamPool, readiness: Readiness) -> None:
    # in the background: the service listens, answers /livez and plans, and is not ready yet
    log = structlog.get_logger(__name__)
    try:
        await pool.run(warm_up)
    except Exception:
        log.exception("the kernels could not be warmed up; the service stays not ready")
        raise
    spare_lasting_objects()
    readiness.warm = True
    log.info("ready")
