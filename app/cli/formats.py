"""The formats in which a report is written, one table row each."""

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from app.cli.annotations import annotations
from app.cli.json_text import json_text
from app.cli.junit import junit_report
from app.cli.markdown import markdown_report
from app.cli.problem import Problem
from app.cli.report import Report
from app.cli.sarif import sarif_report
from app.cli.screen import Screen


class Format(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"
    JUNIT = "junit"
    SARIF = "sarif"


def json_report(report: Report) -> str:
    """The verdict, every problem with its place, and what else the command answers.

    >>> print(json_report(Report(command="c", subject="a", passed=True, problems=())))
    {
      "passed": true,
      "problems": []
    }
    <BLANKLINE>
    """
    problems = [_fields(problem) for problem in report.problems]
    document = {"passed": report.passed, "problems": problems, **report.answer}
    return json_text(document, indent=2) + "\n"


WRITERS: Final[Mapping[Format, Callable[[Report], str]]] = {
    Format.JSON: json_report,
    Format.MARKDOWN: markdown_report,
    Format.GITHUB: annotations,
    Format.JUNIT: junit_report,
    Format.SARIF: sarif_report,
}


def write_report(report: Report, chosen: Format) -> None:
    """The report on standard output."""
    if chosen is Format.TEXT:
        Screen().report(report)
    else:
        sys.stdout.write(WRITERS[chosen](report))


def _fields(problem: Problem) -> dict[str, object]:
    spot = problem.spot
    in_file = spot is not None and spot.file is not None
    return {
        "source": problem.source,
        "code": problem.code,
        "severity": problem.severity,
        "field": problem.field,
        "rule": problem.rule,
        "message": problem.message,
        "suggestion": problem.suggestion,
        "file": spot.file if spot is not None else None,
        "line": spot.line if spot is not None and in_file else None,
        "column": spot.column if spot is not None and in_file else None,
    }
