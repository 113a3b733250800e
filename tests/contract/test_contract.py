"""The contract that clients were given is kept: nothing of openapi-1.json is taken away.

openapi-1.json is the description of the last release. It is replaced at the next one, by a
description that keeps it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contract.compatibility import broken_promises

HERE = Path(__file__).parent
RELEASED = json.loads((HERE / "openapi-1.json").read_text(encoding="utf-8"))


PLANNING = {**RELEASED, "paths": {"/v1/plans": RELEASED["paths"]["/v1/plans"]}}
"""The contract of one path: what is found there is found everywhere, in less time."""

SPOKEN = ("TrainingSpecIn", "SamplingIn", "PlanOut", "CoverageOut", "FindingOut", "Problem")


def with_schema(name: str, schema: Any) -> Any:
    """The same contract with another schema of this name."""
    schemas = {**RELEASED["components"]["schemas"], name: schema}
    return {**PLANNING, "components": {**RELEASED["components"], "schemas": schemas}}


def without_one_field() -> Iterator[tuple[str, Any]]:
    for name in SPOKEN:
        schema = RELEASED["components"]["schemas"][name]
        for field in schema["properties"]:
            kept = {each: it for each, it in schema["properties"].items() if each != field}
            yield f"{name}.{field}", with_schema(name, {**schema, "properties": kept})


def without_one_value() -> Iterator[tuple[str, Any]]:
    for name in ("SamplingMethod", "Remainder", "Severity"):
        schema = RELEASED["components"]["schemas"][name]
        for value in schema["enum"]:
            kept = [each for each in schema["enum"] if each != value]
            yield f"{name}.{value}", with_schema(name, {**schema, "enum": kept})


def test_the_contract_of_the_last_release_is_kept() -> None:
    written = json.loads((HERE.parents[1] / "openapi.json").read_text(encoding="utf-8"))

    assert broken_promises(RELEASED, written) == []


def test_no_field_of_the_contract_can_be_taken_away_unseen() -> None:
    unseen = [
        name for name, changed in without_one_field() if not broken_promises(PLANNING, changed)
    ]

    assert unseen == []


def test_no_value_of_the_contract_can_be_taken_away_unseen() -> None:
    unseen = [
        name for name, changed in without_one_value() if not broken_promises(PLANNING, changed)
    ]

    assert unseen == []
