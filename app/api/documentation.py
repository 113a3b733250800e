"""What the OpenAPI document says of paths, queries and bodies that the service reads itself."""

from fractions import Fraction
from typing import Any, Final

from app.api.spec_schema import SamplingIn, TrainingSpecIn
from app.api.specs import option_names
from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import INT64_MAX, UINT64_MAX
from app.arithmetic.spec import Remainder, SamplingMethod
from app.frameworks.registry import FRAMEWORKS
from app.plan.planner import plan_draft

Json = dict[str, Any]

EXAMPLE_SPEC: Final[Json] = {
    "dataset_size": 2_000,
    "global_batch_size": 10,
    "steps_per_epoch": 100,
    "epochs": 10,
}
EXAMPLE_PLAN_ID: Final = plan_draft(
    SpecDraft(dataset_size=2_000, global_batch_size=10, steps_per_epoch=100, epochs=Fraction(10))
).plan_id

_DIGITS: Final = "^(0|[1-9][0-9]*)$"
PATH_PARAMETERS: Final[dict[str, Json]] = {
    "plan_id": {
        "schema": {},
        "description": "A plan_id as `POST /v1/plans` gives it.",
        "examples": {"plan": {"value": EXAMPLE_PLAN_ID}},
    },
    "epoch": {
        "schema": {"pattern": _DIGITS},
        "description": "Epoch of the run, from 0, in plain decimal digits.",
        "examples": {"first": {"value": "0"}},
    },
    "sample_index": {
        "schema": {"pattern": _DIGITS},
        "description": "Index of a sample in the dataset, in plain decimal digits.",
        "examples": {"sample": {"value": "7"}},
    },
}
"""What the texts of a path mean, by name; `schema` adds to what they are, which is texts."""


def integer(*, lowest: int = 0, highest: int | None = INT64_MAX) -> Json:
    """Schema of an integer parameter.

    >>> integer(lowest=1, highest=None)
    {'type': 'integer', 'minimum': 1}
    """
    schema: Json = {"type": "integer", "minimum": lowest}
    return schema if highest is None else {**schema, "maximum": highest}


def choice(*values: str, default: str | None = None) -> Json:
    """Schema of a parameter that is one of a few words.

    >>> choice("int64", "uint32", default="int64")
    {'type': 'string', 'enum': ['int64', 'uint32'], 'default': 'int64'}
    """
    schema: Json = {"type": "string", "enum": list(values)}
    return schema if default is None else {**schema, "default": default}


def parameter(
    name: str, schema: Json, description: str, *, example: object = None, required: bool = False
) -> Json:
    """A query parameter; an example is filled in by Swagger UI."""
    entry: Json = {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }
    return entry if example is None else {**entry, "example": example}


def query_of(*parameters: Json) -> Json:
    """The `openapi_extra` of a route with these query parameters."""
    return {"parameters": list(parameters)}


def json_body(model: str, examples: Json) -> Json:
    """The `openapi_extra` of a route that reads a JSON body."""
    schema = {"$ref": f"#/components/schemas/{model}"}
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"requestBody": {"required": True, "content": content}}


def spec_parameters() -> Json:
    """The `openapi_extra` of a route that reads a spec from its query."""
    special: dict[str, Json] = {
        "epochs": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?$"},
        "remainder": choice(*Remainder),
        "framework": choice(*FRAMEWORKS, default="native"),
    }
    examples = {"dataset_size": 20_000, "global_batch_size": 100, "epochs": "1"}
    fields = [
        parameter(
            name,
            special.get(name, integer(lowest=1)),
            field.description or "Whose arithmetic and whose order.",
            example=examples.get(name),
            required=name == "dataset_size",
        )
        for name, field in TrainingSpecIn.model_fields.items()
        if name != "sampling"
    ]
    sampling = SamplingIn.model_fields
    return query_of(
        *fields,
        parameter("framework.version", {"type": "string"}, "Version of the framework."),
        *(
            parameter(f"framework.{name}", {"type": "string"}, f"Option {name}, as JSON or text.")
            for name in option_names()
        ),
        parameter(
            "sampling.method",
            choice(*SamplingMethod, default="shuffle"),
            sampling["method"].description or "",
        ),
        parameter("sampling.seed", integer(highest=UINT64_MAX), sampling["seed"].description or ""),
    )
