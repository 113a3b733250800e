"""Which frameworks the service knows, over HTTP."""

from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api.rendering import REVALIDATE, json_answer, release_etag, unchanged
from app.api.wire import Wire
from app.arithmetic.spec import Remainder, SamplingMethod
from app.frameworks.registry import FRAMEWORKS, newest_version
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query

router = APIRouter(prefix="/v1", tags=["frameworks"])


class FrameworkVersionOut(Wire):
    """One version of a framework."""

    version: str
    order_algorithm: str = Field(description="The frozen algorithm behind its orders.")


class FrameworkOut(Wire):
    """A framework, and what the service promises about it."""

    name: str
    newest_version: str
    versions: list[FrameworkVersionOut] = Field(description="Oldest first; none is ever removed.")
    options: dict[str, str] = Field(description="Fields of the spec that belong to it.")
    sampling_methods: list[str]
    exact: dict[str, str] = Field(description="What is exact, and in what sense.")
    limits: dict[str, str]


class FrameworksOut(Wire):
    """Every framework the service knows."""

    frameworks: list[FrameworkOut]


_PROMISES: Final = {
    "native": {
        "options": {"remainder": f"One of {', '.join(Remainder)}."},
        "sampling_methods": list(SamplingMethod),
        "exact": {
            "arithmetic": "Integers and fractions of any size; no rounding.",
            "order": "Bit for bit the frozen algorithm of docs/native-order.md.",
        },
        "limits": {
            "dataset_size": "1 .. 2^63-1, with random access to any step of any epoch",
            "tables": "Datasets below 65,536 samples are permuted by a table.",
        },
    }
}


@router.get(
    "/frameworks",
    operation_id="list_frameworks",
    summary="Which frameworks are known",
    response_model=FrameworksOut,
    responses=problem_responses(422),
)
async def list_frameworks(request: Request) -> Response:
    """Which frameworks a plan can follow, their versions, and what is promised about each."""
    refuse_any_query(request)
    headers = {"ETag": release_etag("frameworks"), "Cache-Control": REVALIDATE}
    return unchanged(request, headers) or json_answer(_document(), headers)


def _document() -> dict[str, object]:
    return {
        "frameworks": [
            {
                "name": name,
                "newest_version": newest_version(name),
                "versions": [
                    {"version": version, "order_algorithm": framework.order_algorithm}
                    for version, framework in versions.items()
                ],
                **_PROMISES[name],
            }
            for name, versions in FRAMEWORKS.items()
        ]
    }
