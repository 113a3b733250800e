"""openapi.json: what FastAPI knows of the routes, and the problems that they share.

`python -m app.api.openapi` prints it.
"""

import sys
from importlib import import_module
from typing import Any, Final, Literal

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.api.problems import PROBLEM_MEDIA_TYPE
from app.api.spec_schema import REQUEST_MODELS

_REFERENCE: Final = "#/components/schemas/{model}"
_MEANINGS: Final = {
    400: "The body is not readable as JSON of one meaning.",
    404: "There is no such plan, epoch, sample or path.",
    405: "The path does not answer this method; `Allow` lists those it does.",
    406: "None of the media types of `Accept` can be given.",
    413: "The body is too large.",
    415: "The body is not declared as JSON in UTF-8.",
    416: "There is no such range of bytes; `Content-Range` says how many there are.",
    422: "The spec or the query is not valid; `errors` lists every fault.",
    500: "The service failed; the failure is in its log.",
    503: "The service is not ready or too busy; `Retry-After` says when to come again.",
}


class ProblemFault(BaseModel):
    """One thing that is wrong with a request."""

    in_: Literal["body", "query", "path", "header"] = Field(
        alias="in", description="The part of the request that it is about."
    )
    pointer: str = Field(
        description="JSON pointer (RFC 6901) into the spec, or to the parameter or header.",
        examples=["/micro_batch_size"],
    )
    code: str = Field(description="Stable name of the fault.", examples=["indivisible"])
    detail: str = Field(description="A sentence with the numbers in it.")
    given: str | int | float | bool | None = Field(
        description="What was given; shortened and made printable where it had to be."
    )
    allowed: str = Field(description="What would have been accepted.")
    nearest: list[int | str] = Field(
        description="Legal values next to the given one; empty where none exists."
    )


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:epochplan:problem:unknown-epoch",
                    "title": "The run has no such epoch",
                    "status": 404,
                    "detail": "epoch 10 is not within [0, 10)",
                    "code": "unknown-epoch",
                    "errors": [
                        {
                            "in": "path",
                            "pointer": "/epoch",
                            "code": "unknown-epoch",
                            "detail": "epoch 10 is not within [0, 10)",
                            "given": 10,
                            "allowed": "an integer in [0, 10), in plain decimal digits",
                            "nearest": [9],
                        }
                    ],
                }
            ]
        }
    )

    type: str = Field(description="URN that names the kind of problem.")
    title: str = Field(description="Short summary, the same for every problem of this kind.")
    status: int = Field(description="The HTTP status of the response.")
    detail: str = Field(description="What is wrong with this request.")
    code: str = Field(description="Stable name of the kind of problem: the end of its `type`.")
    errors: list[ProblemFault] = Field(
        description="Every fault of the request at once; empty where no part of it is at fault."
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documentation of refusals, for `responses` of a route.

    >>> problem_responses(404)[404]["description"]
    'There is no such plan, epoch, sample or path.'
    """
    schema = {"$ref": _REFERENCE.format(model=Problem.__name__)}
    content = {PROBLEM_MEDIA_TYPE: {"schema": schema}}
    return {
        status: {"description": _MEANINGS[status], "content": content}
        for status in sorted(statuses)
    }


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
        [*bodies, (Problem, "serialization")], ref_template=_REFERENCE
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


if __name__ == "__main__":
    # by its name, because the routes import this module
    description = import_module("app.api.description")
    sys.stdout.write(openapi_text(description.described_app()))
