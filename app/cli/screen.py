"""Text for people: coloured on a terminal, plain everywhere else and wherever NO_COLOR is set."""

import sys
from collections.abc import Iterable
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from app.cli.problem import Problem, Severity
from app.cli.report import Report

COLORS: Final[dict[Severity, str]] = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_PLAIN_WIDTH: Final = 100


class Screen:
    """Writes lines and tables to standard output, or to standard error.

    Nothing that comes from a file or a service is taken for markup.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        self.stream: TextIO = sys.stderr if stderr else sys.stdout
        width = None if self.stream.isatty() else _PLAIN_WIDTH
        self._console = Console(file=self.stream, width=width, highlight=False, markup=False)

    def line(self, text: str, style: str = "") -> None:
        """One line, however long it is."""
        self._console.print(Text(text, style=style), soft_wrap=True)

    def title(self, text: str) -> None:
        """A line above a group."""
        self.line(text, "bold")

    def rows(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns.

        >>> Screen().rows([("total_steps", "200"), ("epochs", "1")])
          total_steps  200
          epochs         1
        """
        pairs = list(rows)
        wide = max((len(name) for name, _ in pairs), default=0)
        long = max((len(value) for _, value in pairs), default=0)
        for name, value in pairs:
            self.line(f"  {name:<{wide}}  {value:>{long}}")

    def problems(self, problems: Iterable[Problem]) -> None:
        """A line for every problem: where, how bad, what, and what would avoid it."""
        for problem in problems:
            where = "" if problem.spot is None else f"{problem.spot}: "
            text = Text(where)
            text.append(problem.severity, COLORS[problem.severity])
            text.append(f"[{problem.code}]", "dim")
            text.append(f": {problem.message}")
            if problem.suggestion:
                text.append(f" ({problem.suggestion})", "green")
            self._console.print(text, soft_wrap=True)

    def report(self, report: Report) -> None:
        """The problems, and the verdict below them."""
        self.problems(report.problems)
        self.line(report.verdict, "bold green" if report.passed else "bold red")
