from junitparser import JUnitXml

from app.cli.junit import junit_report
from app.cli.problem import Problem, Spot
from app.cli.report import Report

SPOT = Spot(file="a.yaml", line=2, column=1)
ERROR = Problem(source="spec", code="x", message="<&\"'>", field="/steps", spot=SPOT)
WARNING = Problem(source="finding", code="y", message="m", severity="warning")


def report_of(*problems: Problem) -> JUnitXml:
    passed = ERROR not in problems
    report = Report(command="epochplan check", subject="a.yaml", passed=passed, problems=problems)
    return JUnitXml.fromstring(junit_report(report))


def test_errors_are_failed_tests_and_others_passed_ones() -> None:
    suites = report_of(ERROR, WARNING)

    (suite,) = suites
    error, warning = suite
    assert (suites.tests, suites.failures) == (2, 1)
    assert (error.name, error.classname) == ("x /steps", "a.yaml")
    assert (error.result[0].message, error.result[0].text) == (
        ERROR.message,
        f"a.yaml:2:1: {ERROR.message}",
    )
    assert (warning.result, warning.system_out) == ([], "warning: m")


def test_without_problems_one_test_has_passed() -> None:
    suites = report_of()

    assert (suites.tests, suites.failures) == (1, 0)
