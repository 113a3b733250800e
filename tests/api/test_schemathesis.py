"""The whole API against its own description, with every check that schemathesis knows."""

from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig
from starlette.types import Receive, Scope, Send

from app.api.description import described_app
from app.arithmetic.spec import Remainder, SamplingMethod
from app.main import create_app
from app.settings import Settings
from tests.manifest.plans import plan_of

# a spec of legal form may have no schedule, a text of digits may be no epoch, and a job may see
# something else than its plan
LEGAL_BUT_IMPOSSIBLE = ["2xx", "404", "409", "422"]
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": LEGAL_BUT_IMPOSSIBLE}}}
PLANS = [
    plan_of(100, 4, ranks=3, accumulation=2, epochs=3),
    plan_of(9, 4, ranks=5, epochs=2, remainder=Remainder.PAD),
    plan_of(7, 3, steps_per_epoch=9, epochs=4, method=SamplingMethod.WITH_REPLACEMENT),
    plan_of(70_001, 1_000, epochs=10**6),
]
PLAN_IDS = [plan.plan_id for plan in PLANS]
APP = create_app(Settings(page_indices=50, page_occurrences=5, work_indices=10**4))
APP.state.readiness.warm = True


async def living(scope: Scope, receive: Receive, send: Send) -> None:
    """The application, though its clients believe that each of them starts and stops it."""
    if scope["type"] == "http":
        await APP(scope, receive, send)
        return
    for stage in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{stage}.complete"})


def document_with_real_plans() -> dict[str, Any]:
    """The description, where a plan_id is that of a plan: random texts would all be refused."""
    document = described_app().openapi()
    operations = [each for path in document["paths"].values() for each in path.values()]
    for parameter in (each for operation in operations for each in operation.get("parameters", ())):
        if parameter["name"] == "plan_id":
            parameter["schema"] = {"type": "string", "enum": PLAN_IDS}
    return document


api = schemathesis.openapi.from_dict(
    document_with_real_plans(), config=SchemathesisConfig.from_dict(CONFIG)
)
api.app = living


@api.parametrize()
@settings(max_examples=15)
@pytest.mark.filterwarnings("ignore:Using `httpx`")
def test_the_service_is_as_described(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate()
