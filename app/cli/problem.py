"""A problem that is shown to a person or to a pipeline, and where it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is written: a place in a file, or an option of the command line.

    >>> str(Spot(file="spec.yaml", line=3, column=5)), str(Spot(option="--steps"))
    ('spec.yaml:3:5', '--steps')

    Attributes:
        file: Path as it is shown; None where it stands in no file that others can open.
        line: Counted from 1.
        column: Counted from 1, in characters.
        option: What stands in for a file, such as an option.
    """

    file: str | None = None
    line: int = 1
    column: int = 1
    option: str = ""

    def __str__(self) -> str:
        """`file:line:column`, or the option."""
        name = self.file or self.option
        return name if self.file is None else f"{name}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, or worth knowing.

    Attributes:
        source: What noticed it: document, config, spec, finding, lock, policy, service, file.
        code: Stable kebab-case name.
        severity: Errors fail a command.
        message: A sentence with the numbers in it.
        field: RFC 6901 pointer into the spec; empty for the spec as a whole.
        rule: Pointer into the policy or the lock; None where there is none.
        suggestion: What would avoid it; None where nothing is known.
        spot: Where it is written; None where that is nowhere.
    """

    source: str
    code: str
    message: str
    severity: Severity = "error"
    field: str = ""
    rule: str | None = None
    suggestion: str | None = None
    spot: Spot | None = None

    @property
    def told(self) -> str:
        """The message, and what would avoid it.

        >>> Problem(source="spec", code="x", message="wrong", suggestion="nearest: 8").told
        'wrong (nearest: 8)'
        """
        return f"{self.message} ({self.suggestion})" if self.suggestion else self.message

    @property
    def told_without_file(self) -> str:
        """The same, behind the option that it is about: formats know places in files alone.

        >>> spot = Spot(option="--steps")
        >>> Problem(source="spec", code="x", message="wrong", spot=spot).told_without_file
        '--steps: wrong'
        """
        spot = self.spot
        return self.told if spot is None or spot.file is not None else f"{spot}: {self.told}"


class FailedError(Exception):
    """A command cannot do what it was asked for; every reason at once.

    >>> raise FailedError([Problem(source="file", code="gone", message="there is no x.yaml")])
    Traceback (most recent call last):
    ...
    app.cli.problem.FailedError: there is no x.yaml
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


def failure(*, source: str, code: str, message: str) -> FailedError:
    """The failure of a single problem that is written in no file.

    >>> failure(source="service", code="mute", message="nobody answers").problems[0].severity
    'error'
    """
    return FailedError([Problem(source=source, code=code, message=message)])


def known_severity(written: object) -> Severity:
    """The severity that an answer names; an unknown one counts as an error.

    >>> known_severity("info"), known_severity("fatal")
    ('info', 'error')
    """
    match written:
        case "warning":
            return "warning"
        case "info":
            return "info"
        case _:
            return "error"
