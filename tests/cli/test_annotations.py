import pytest

from app.cli.annotations import annotation, annotations
from app.cli.problem import Problem, Severity, Spot
from app.cli.report import Report

SEVERITIES: tuple[Severity, ...] = ("error", "info", "info")


@pytest.mark.parametrize(
    ("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "notice")]
)
def test_a_severity_has_a_level(severity: Severity, level: str) -> None:
    problem = Problem(source="spec", code="x", message="m", severity=severity)

    assert annotation(problem) == f"::{level} title=x::m"


def test_nothing_in_a_problem_can_end_its_annotation() -> None:
    spot = Spot(file="a,b:c\n%.yaml", line=3, column=7)
    problem = Problem(source="spec", code="x", message="1\r\n::error::2 100%", spot=spot)

    line = annotation(problem)

    assert line == (
        "::error file=a%2Cb%3Ac%0A%25.yaml,line=3,col=7,title=x::1%0D%0A::error::2 100%25"
    )


def test_what_stands_in_no_file_names_none() -> None:
    problem = Problem(source="spec", code="x", message="m", spot=Spot(option="--steps"))

    assert annotation(problem) == "::error title=x::--steps: m"


def test_the_verdict_is_the_last_line() -> None:
    problems = tuple(
        Problem(source="spec", code="x", message="m", severity=severity) for severity in SEVERITIES
    )

    text = annotations(Report(command="c", subject="a.yaml", passed=False, problems=problems))

    assert text.splitlines()[-1] == "a.yaml failed: 1 error, 2 infos"
