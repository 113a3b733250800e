"""What a command found, on its way to people and pipelines."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.cli.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Problems under a name, and whether all is well in spite of them.

    Attributes:
        command: What was run, such as "epochplan check".
        subject: What it was run on: the name of a file, or "options".
        passed: Whether the command succeeds.
        problems: Everything that was found.
        answer: What else a program may want to know, as members of an object.
    """

    command: str
    subject: str
    passed: bool
    problems: tuple[Problem, ...]
    answer: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def verdict(self) -> str:
        """One line: passed or failed, and how many problems of each severity there are.

        >>> Report(command="epochplan check", subject="a.yaml", passed=True, problems=()).verdict
        'a.yaml passed: no problems'
        """
        severities = [problem.severity for problem in self.problems]
        counts = [
            f"{number} {name}{'s' if number > 1 else ''}"
            for name in ("error", "warning", "info")
            if (number := severities.count(name))
        ]
        outcome = "passed" if self.passed else "failed"
        return f"{self.subject} {outcome}: {', '.join(counts) or 'no problems'}"
