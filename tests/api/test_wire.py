"""The wire and the core are two declarations on purpose: here they are held side by side."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic import ValidationError

from app.api.manifest_schema import OccurrenceOut, OccurrencesOut
from app.api.plan_schema import (
    ComparisonOut,
    CoverageOut,
    CursorOut,
    DifferenceOut,
    FindingOut,
    PlanOut,
)
from app.api.wire import Wire
from app.arithmetic.coverage import Coverage
from app.arithmetic.cursor import Cursor
from app.arithmetic.finding import Finding
from app.manifest.occurrences import Occurrence, OccurrencePage
from app.plan.comparison import Comparison, Difference
from app.plan.facts import plan_facts
from tests.manifest.plans import plan_of

PAIRS: list[tuple[type[Wire], type[Any]]] = [
    (CoverageOut, Coverage),
    (FindingOut, Finding),
    (DifferenceOut, Difference),
    (OccurrenceOut, Occurrence),
]


class Size(Wire):
    bytes: int


@pytest.mark.parametrize(("wire", "core"), PAIRS)
def test_the_wire_has_every_field_of_the_core(wire: type[Wire], core: type[Any]) -> None:
    assert [*wire.model_fields] == [field.name for field in fields(core)]


@pytest.mark.parametrize(
    ("wire", "core", "added", "renamed"),
    [
        (ComparisonOut, Comparison, {"plans"}, {}),
        (OccurrencesOut, OccurrencePage, {"next"}, {}),
        (CursorOut, Cursor, {"done"}, {"pass_number": "pass_"}),
    ],
)
def test_the_wire_adds_only_what_http_needs(
    wire: type[Wire], core: type[Any], added: set[str], renamed: dict[str, str]
) -> None:
    names = {renamed.get(field.name, field.name) for field in fields(core)}

    assert {*wire.model_fields} == names | added


def test_a_plan_has_every_fact_and_names_itself() -> None:
    facts = plan_facts(plan_of(9))

    assert {*PlanOut.model_fields} - {*facts} == {"plan_id", "service_version", "findings", "links"}
    assert {*facts} <= {*PlanOut.model_fields}


@pytest.mark.parametrize("document", [{"bytes": "1"}, {"bytes": True}, {"bytes": 1, "more": 2}, {}])
def test_an_object_on_the_wire_is_closed_and_strict(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Size.model_validate(document)


def test_an_object_on_the_wire_never_changes() -> None:
    size = Size(bytes=1)

    with pytest.raises(ValidationError):
        size.bytes = 2  # type: ignore[misc] # the point of the test
