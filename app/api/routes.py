"""Every router of the service, in the order of the documentation."""

from typing import Final

from fastapi import APIRouter

from app.api import (
    comparisons,
    cursors,
    docs,
    frameworks,
    manifests,
    operations,
    plans,
    samples,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    plans.router,
    cursors.router,
    comparisons.router,
    manifests.router,
    samples.router,
    frameworks.router,
    operations.router,
    docs.router,
)
