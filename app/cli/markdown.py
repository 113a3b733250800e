"""Problems and changes as Markdown, for a comment on a pull request."""

import re
from collections.abc import Sequence
from typing import Final

from app.cli.problem import Problem
from app.cli.report import Report

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~#])")


def markdown_report(report: Report) -> str:
    r"""A heading with the verdict, and a table of the problems.

    >>> print(markdown_report(Report(command="c", subject="a_b", passed=True, problems=())))
    ### c: a\_b passed: no problems
    <BLANKLINE>
    """
    head = f"### {escaped(report.command)}: {escaped(report.verdict)}"
    if not report.problems:
        return f"{head}\n"
    return f"{head}\n\n{problem_table(report.problems)}"


def problem_table(problems: Sequence[Problem]) -> str:
    """A row for every problem."""
    rows = [
        (
            problem.severity,
            escaped(problem.code),
            "" if problem.spot is None else escaped(str(problem.spot)),
            escaped(problem.told),
        )
        for problem in problems
    ]
    return table(("severity", "problem", "where", "what"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are escaped already.

    >>> print(table(("a", "b"), [("1", "2")]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    <BLANKLINE>
    """
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line.

    >>> print(escaped("a|b *c*"))
    a\|b \*c\*
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("@", "@\N{ZERO WIDTH SPACE}")
