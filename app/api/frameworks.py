"""Which frameworks the service knows, over HTTP."""

from functools import cache
from typing import Any, Final

from pydantic import Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from app.api.rendering import REVALIDATE
from app.api.wire import Wire
from app.arithmetic.options import plain_value
from app.frameworks.option import Option
from app.frameworks.protocol import Framework
from app.frameworks.registry import FRAMEWORKS, newest_version
from app.web.endpoint import Endpoints
from app.web.fixed_text import FixedText
from app.web.problem_schema import problem_responses
from app.web.queries import refuse_any_query

_RESPONSES: Final = problem_responses(406, 422)
_RESPONSES[406]["description"] = "`Accept-Encoding` takes neither gzip nor the plain text."

endpoints = Endpoints("frameworks", prefix="/v1")


class OptionOut(Wire):
    """An option of a framework, under the framework's own name for it."""

    name: str
    default: Any = Field(description="The framework's own default.")
    allowed: str
    description: str


class FrameworkVersionOut(Wire):
    """One version of a framework."""

    version: str
    order_algorithm: str = Field(description="The frozen algorithm behind its orders.")
    verified: list[str] = Field(
        description="Versions of the real package that it was compared with; empty where its "
        "source was only read."
    )
    options: list[OptionOut] = Field(description="Options of its own, siblings of `name`.")
    sampling_methods: list[str]
    exact: dict[str, str] = Field(description="What is exact, and in what sense.")
    limits: dict[str, str]


class FrameworkOut(Wire):
    """A framework, and what the service promises about it."""

    name: str
    newest_version: str
    versions: list[FrameworkVersionOut] = Field(description="Oldest first; none is ever removed.")


class FrameworksOut(Wire):
    """Every framework the service knows."""

    frameworks: list[FrameworkOut]


@endpoints.get(
    "/frameworks",
    operation_id="list_frameworks",
    summary="Which frameworks are known",
    response_model=FrameworksOut,
    responses=_RESPONSES,
)
async def list_frameworks(request: Request) -> Response:
    """Which frameworks a plan can follow, their versions, and what is promised about each."""
    refuse_any_query(request)
    return await _text().answer(request)


@cache
def _text() -> FixedText:
    """The list, rendered once."""
    return FixedText(to_json(_document()), media_type="application/json", cache_control=REVALIDATE)


def _document() -> dict[str, object]:
    return {
        "frameworks": [
            {
                "name": name,
                "newest_version": newest_version(name),
                "versions": [_version(framework) for framework in versions.values()],
            }
            for name, versions in FRAMEWORKS.items()
        ]
    }


def _version(framework: Framework) -> dict[str, object]:
    promise = framework.promise
    return {
        "version": framework.version,
        "order_algorithm": framework.order_algorithm,
        "verified": list(promise.verified),
        "options": [_option(option) for option in framework.options],
        "sampling_methods": list(framework.sampling_methods),
        "exact": dict(promise.exact),
        "limits": dict(promise.limits),
    }


def _option(option: Option) -> dict[str, object]:
    return {
        "name": option.name,
        "default": plain_value(option.default),
        "allowed": option.allowed_values,
        "description": option.description,
    }
