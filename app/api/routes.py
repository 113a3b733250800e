"""Every router of the service, in the order of the documentation."""

from typing import Final

from fastapi import APIRouter

from app.api import (
    checks,
    comparisons,
    cursors,
    diffs,
    docs,
    frameworks,
    locks,
    manifests,
    operations,
    plans,
    samples,
    verifications,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    plans.router,
    cursors.router,
    comparisons.router,
    manifests.router,
    samples.router,
    locks.router,
    diffs.router,
    checks.router,
    verifications.router,
    frameworks.router,
    operations.router,
    docs.router,
)
