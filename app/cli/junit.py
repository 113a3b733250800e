"""Problems as a JUnit report, which most pipelines show as tests."""

from importlib import import_module
from types import ModuleType

from app.cli.problem import Problem
from app.cli.report import Report


def junit_report(report: Report) -> str:
    """A test for every problem, failed where it is an error; a passed one where there is none.

    >>> "<testcase" in junit_report(Report(command="c", subject="a", passed=True, problems=()))
    True
    """
    kept = import_module("junitparser")  # loaded where it is needed, for it takes time
    suite = kept.TestSuite(report.command)
    if not report.problems:
        suite.add_testcase(kept.TestCase(report.verdict, classname=report.subject))
    for problem in report.problems:
        suite.add_testcase(_case(kept, report, problem))
    document = kept.JUnitXml()
    document.add_testsuite(suite)
    document.update_statistics()
    text: str = document.tostring().decode()
    return text if text.endswith("\n") else f"{text}\n"


def _case(kept: ModuleType, report: Report, problem: Problem) -> object:
    case = kept.TestCase(f"{problem.code} {problem.field}".strip(), classname=report.subject)
    told = problem.told if problem.spot is None else f"{problem.spot}: {problem.told}"
    if problem.severity == "error":
        failure = kept.Failure(problem.message, problem.code)
        failure.text = told
        case.result = [failure]
    else:
        case.system_out = f"{problem.severity}: {told}"
    return case
