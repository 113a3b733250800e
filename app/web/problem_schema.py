"""Refusals in the words of OpenAPI: what `application/problem+json` holds, and when it comes."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.web.problems import PROBLEM_MEDIA_TYPE

REFERENCE: Final = "#/components/schemas/{model}"
_MEANINGS: Final = {
    400: "The body is not readable as JSON of one meaning.",
    404: "There is no such plan, epoch, sample or path.",
    405: "The path does not answer this method; `Allow` lists those it does.",
    406: "None of the media types of `Accept` can be given.",
    409: "The job is not the one that its plan is for; `errors` lists every mismatch.",
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
    schema = {"$ref": REFERENCE.format(model=Problem.__name__)}
    content = {PROBLEM_MEDIA_TYPE: {"schema": schema}}
    return {
        status: {"description": _MEANINGS[status], "content": content}
        for status in sorted(statuses)
    }
