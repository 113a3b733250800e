"""Every endpoint that answers questions, in the order of the documentation."""

from typing import Final

from app.api import (
    checks,
    comparisons,
    cursors,
    diffs,
    frameworks,
    locks,
    manifests,
    plans,
    samples,
    verifications,
)
from app.web.endpoint import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *plans.endpoints.all,
    *cursors.endpoints.all,
    *comparisons.endpoints.all,
    *manifests.endpoints.all,
    *samples.endpoints.all,
    *locks.endpoints.all,
    *diffs.endpoints.all,
    *checks.endpoints.all,
    *verifications.endpoints.all,
    *frameworks.endpoints.all,
)
