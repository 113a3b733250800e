"""openapi.json: what FastAPI makes of the endpoints, and the schemas that it cannot see."""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.api.documentation import PATH_PARAMETERS
from app.api.review_schema import CheckIn, DiffIn, SightingIn
from app.api.spec_schema import CompareIn, TrainingSpecIn
from app.web.endpoint import Endpoint
from app.web.problem_schema import REFERENCE, Problem

REQUEST_MODELS: Final[tuple[type[BaseModel], ...]] = (
    TrainingSpecIn,
    CompareIn,
    DiffIn,
    CheckIn,
    SightingIn,
)
"""The models that bodies are documented with, though the service reads bodies itself."""


def openapi_document(
    endpoints: Iterable[Endpoint], *, title: str, version: str, description: str
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of endpoints, schemas of problems included.

    >>> openapi_document([], title="Nothing", version="1", description="")["openapi"]
    '3.1.0'
    """
    document = get_openapi(
        title=title,
        version=version,
        description=description,
        routes=[_described(endpoint) for endpoint in endpoints],
        separate_input_output_schemas=False,
    )
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    # FastAPI's own description of a refusal, which this service never sends
    for unsent in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unsent, None)
    schemas.update(_unrouted_schemas())
    for methods in document["paths"].values():
        for operation in methods.values():
            _complete(operation.get("parameters", ()))
    return document


def _described(endpoint: Endpoint) -> APIRoute:
    """The endpoint as a route whose signature and models FastAPI reads."""
    words: dict[str, Any] = {**endpoint.description}
    if callable(extra := words.get("openapi_extra")):
        words["openapi_extra"] = extra()
    return APIRoute(
        endpoint.path, endpoint.endpoint, methods=[endpoint.method], tags=[endpoint.tag], **words
    )


def _complete(parameters: Iterable[dict[str, Any]]) -> None:
    """Say what the texts of a path mean: signatures say no more than that they are texts."""
    for each in parameters:
        if each["in"] == "path":
            meant = PATH_PARAMETERS[each["name"]]
            each["schema"] |= meant["schema"]
            each |= {name: value for name, value in meant.items() if name != "schema"}


def _unrouted_schemas() -> dict[str, Any]:
    """What bodies and refusals look like: FastAPI sees neither in a route."""
    bodies: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation") for model in REQUEST_MODELS
    ]
    _, definitions = models_json_schema(
        [*bodies, (Problem, "serialization")], ref_template=REFERENCE
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def openapi_text(document: dict[str, Any]) -> str:
    """The document as it lies in the repository.

    >>> print(openapi_text({"openapi": "3.1.0"}), end="")
    {
      "openapi": "3.1.0"
    }
    """
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document, option=options).decode()
