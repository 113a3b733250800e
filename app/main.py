"""The composition root: one application out of one value of settings."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from starlette.applications import Starlette

from app.api.description import described_app
from app.assembly import furnish, surrounded
from app.frameworks.registry import load_frameworks
from app.sampling.warm_up import warm_up
from app.settings import Settings
from app.web.access import AccessMiddleware
from app.web.garbage import spare_lasting_objects
from app.web.metrics import Metrics
from app.web.pool import StreamPool
from app.web.readiness import Readiness


def create_app(settings: Settings) -> FastAPI:
    """The service, as an ASGI application.

    >>> create_app(Settings()).title
    'Epochplan'
    """
    app = described_app(_lifespan)
    furnish(app, settings)
    pool: StreamPool = app.state.pool
    app.state.metrics = Metrics()
    app.state.metrics.watch_streams(lambda: pool.streams.taken)
    app.state.readiness = Readiness()
    # outside of Starlette's own handling of failures, so that a 500 is recorded as well, carries
    # an id, and has no body on HEAD; the access log stands outside of what HEAD rewrites
    app.middleware_stack = AccessMiddleware(surrounded(app, settings), metrics=app.state.metrics)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncGenerator[None, None]:
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
        await pool.run(load_frameworks)
        await pool.run(warm_up)
    except Exception:
        log.exception("the kernels could not be warmed up; the service stays not ready")
        raise
    spare_lasting_objects()
    readiness.warm = True
    log.info("ready")
