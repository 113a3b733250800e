"""Problems as SARIF 2.1.0, which code scanning reads.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from typing import Final
from urllib.parse import quote

from app import __version__
from app.cli.json_text import json_text
from app.cli.problem import Problem, Severity
from app.cli.report import Report
from app.cli.repository import path_in_repository

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}


def sarif_report(report: Report) -> str:
    """One run with a rule for every code, and a result for every problem.

    >>> '"results": []' in sarif_report(Report(command="c", subject="a", passed=True, problems=()))
    True
    """
    rules = list(dict.fromkeys(problem.code for problem in report.problems))
    driver = {
        "name": "epochplan",
        "version": __version__,
        "rules": [_rule(code) for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules.index(problem.code)) for problem in report.problems],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, object]:
    return {"id": code, "shortDescription": {"text": code.replace("-", " ").capitalize()}}


def _result(problem: Problem, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": problem.told_without_file},
    }
    spot = problem.spot
    if spot is not None and spot.file is not None:
        place = {
            "artifactLocation": {"uri": quote(path_in_repository(spot.file))},
            "region": {"startLine": spot.line, "startColumn": spot.column},
        }
        result["locations"] = [{"physicalLocation": place}]
    return result
