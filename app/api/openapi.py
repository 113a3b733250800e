"""openapi.json: what FastAPI knows of the routes, and the schemas that it cannot see."""

from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.api.review_schema import CheckIn, DiffIn, SightingIn
from app.api.spec_schema import CompareIn, TrainingSpecIn
from app.web.problem_schema import REFERENCE, Problem

REQUEST_MODELS: Final[tuple[type[BaseModel], ...]] = (
    TrainingSpecIn,
    CompareIn,
    DiffIn,
    CheckIn,
    SightingIn,
)
"""The models that bodies are documented with, though the service reads bodies itself."""


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application, schemas of problems included.

    >>> openapi_document(FastAPI(title="Nothing"))["openapi"]
    '3.1.0'
    """
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    # FastAPI's own description of a refusal, which this service never sends
    for unsent in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unsent, None)
    schemas.update(_unrouted_schemas())
    return document


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


def openapi_text(app: FastAPI) -> str:
    """The document as it lies in the repository.

    >>> openapi_text(FastAPI(title="Nothing")).splitlines()[1]
    '  "openapi": "3.1.0",'
    """
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(openapi_document(app), option=options).decode()
