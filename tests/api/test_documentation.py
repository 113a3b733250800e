from typing import Any

import pytest

from app.api.documentation import (
    EXAMPLE_PLAN_ID,
    EXAMPLE_SPEC,
    choice,
    integer,
    json_body,
    parameter,
    query_of,
    spec_parameters,
)
from app.api.specs import query_fields
from tests.api.calling import Service, faults

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def operations(service: Service) -> list[Operation]:
    paths = service.read("/openapi.json")["paths"]
    return [
        (method, path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/v1/")
    ]


def filled(path: str) -> str:
    return path.format(plan_id=EXAMPLE_PLAN_ID, epoch=0, sample_index=7)


def in_query(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    listed = operation.get("parameters", [])
    return {each["name"]: each for each in listed if each["in"] == "query"}


def test_the_example_is_a_plan(service: Service) -> None:
    assert service.plan(**EXAMPLE_SPEC)["plan_id"] == EXAMPLE_PLAN_ID


def test_a_spec_in_the_query_is_documented_field_by_field() -> None:
    documented = [each["name"] for each in spec_parameters()["parameters"]]

    assert sorted(documented) == sorted(query_fields())


def test_every_parameter_that_is_documented_is_known(
    service: Service, operations: list[Operation]
) -> None:
    for method, path, operation in operations:
        for name in in_query(operation):
            answer = service.ask(method.upper(), f"{filled(path)}?{name}=x")

            codes = {fault["code"] for fault in faults(answer)} if answer.is_error else set()
            assert "unknown-parameter" not in codes, (path, name)


def test_every_parameter_that_is_known_is_documented(
    service: Service, operations: list[Operation]
) -> None:
    for method, path, operation in operations:
        answer = service.ask(method.upper(), f"{filled(path)}?nothing=1")
        (unknown,) = [each for each in faults(answer) if each["code"] == "unknown-parameter"]

        documented = in_query(operation)

        known, cut = listed_names(unknown["allowed"])
        if cut:
            assert {*known} <= {*documented}, path
        elif documented:
            assert {*documented} <= {*known}, path


def listed_names(allowed: str) -> tuple[list[str], bool]:
    """The parameters that a refusal lists, and whether the list was cut short inside a name."""
    names, cut = allowed.split(", "), allowed.endswith("…")
    return (names[:-1] if cut else names), cut


def test_every_example_of_a_body_runs_as_it_is(
    service: Service, operations: list[Operation]
) -> None:
    for method, path, operation in operations:
        if method == "post":
            for example in examples_of_body(operation).values():
                url = path.format(plan_id=EXAMPLE_PLAN_ID)
                assert service.post(url, example["value"]).status_code == 200, path


def examples_of_body(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["examples"]
    return found


def test_every_get_runs_with_the_examples_that_are_filled_in(
    service: Service, operations: list[Operation]
) -> None:
    for method, path, operation in operations:
        if method == "get":
            given = {
                name: each["example"]
                for name, each in in_query(operation).items()
                if "example" in each
            }
            query = "&".join(f"{name}={value}" for name, value in given.items())

            answer = service.get(f"{filled(path)}?{query}")

            assert answer.status_code == 200, path


def test_what_may_be_refused_is_documented(operations: list[Operation]) -> None:
    for method, path, operation in operations:
        documented = {*operation["responses"]}

        assert "422" in documented, path
        assert ("404" in documented) == ("{plan_id}" in path)
        assert {"400", "413", "415"} <= documented or method == "get"


def test_schemas_of_parameters_say_what_they_are_told() -> None:
    assert integer(lowest=1) == {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
    assert choice("a", "b") == {"type": "string", "enum": ["a", "b"]}
    assert "example" not in parameter("a", {}, "A.")
    assert query_of(parameter("a", {}, "A.", example=1))["parameters"][0]["example"] == 1


def test_a_body_refers_to_its_model() -> None:
    content = json_body("TrainingSpecIn", {})["requestBody"]["content"]["application/json"]

    assert content["schema"] == {"$ref": "#/components/schemas/TrainingSpecIn"}
