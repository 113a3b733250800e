"""Problems as annotations of a pull request: GitHub's workflow commands.

Source: GitHub Docs, "Workflow commands for GitHub Actions", and the escapes of actions/toolkit.
"""

from collections.abc import Iterator
from typing import Final

from app.cli.problem import Problem, Severity
from app.cli.report import Report
from app.cli.repository import path_in_repository

LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}


def annotations(report: Report) -> str:
    """A line for every problem, and one for the verdict.

    >>> from app.cli.problem import Spot
    >>> spot = Spot(file="a.yaml", line=2, column=1)
    >>> problem = Problem(source="spec", code="x", message="100% wrong", spot=spot)
    >>> print(annotations(Report(command="c", subject="a.yaml", passed=False, problems=(problem,))))
    ::error file=a.yaml,line=2,col=1,title=x::100%25 wrong
    a.yaml failed: 1 error
    <BLANKLINE>
    """
    lines = [annotation(problem) for problem in report.problems]
    return "\n".join([*lines, report.verdict, ""])


def annotation(problem: Problem) -> str:
    """The workflow command of one problem."""
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(problem))
    return f"::{LEVELS[problem.severity]} {properties}::{_data(problem.told_without_file)}"


def _properties(problem: Problem) -> Iterator[tuple[str, str]]:
    spot = problem.spot
    if spot is not None and spot.file is not None:
        yield "file", path_in_repository(spot.file)
        yield "line", str(spot.line)
        yield "col", str(spot.column)
    yield "title", problem.code


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
