"""What every JSON object on the wire has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.arithmetic.integers import INT64_MAX, UINT64_MAX


class Wire(BaseModel):
    """A closed, strict and frozen JSON object."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


PositiveInt64 = Annotated[int, Field(ge=1, le=INT64_MAX)]
"""An integer in [1, 2^63-1]."""

Seed = Annotated[int, Field(ge=0, le=UINT64_MAX)]
"""An integer in [0, 2^64-1]."""
