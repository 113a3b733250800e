"""How a command ends: what it could not do, and the code it leaves with."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from app.cli.exit_code import FAILED, INTERRUPTED
from app.cli.formats import Format, write_report
from app.cli.problem import FailedError
from app.cli.report import Report
from app.cli.screen import Screen


@contextmanager
def ending(
    command: str, subject: str, *, chosen: Format = Format.TEXT, json: bool = False
) -> Generator[None]:
    """Tell every reason why a command fails, and leave with 1; with 130 when interrupted.

    People get the reasons on standard error, pipelines on standard output in their format.

    Args:
        command: What is run, such as "epochplan plan".
        subject: What it is run on.
        chosen: The format that was asked for.
        json: Whether its JSON is a report, rather than an answer that failures have no place in.

    Raises:
        typer.Exit: 1 or 130.
    """
    try:
        yield
    except FailedError as error:
        if chosen is Format.TEXT or (chosen is Format.JSON and not json):
            Screen(stderr=True).problems(error.problems)
        else:
            report = Report(
                command=command,
                subject=subject,
                passed=False,
                problems=error.problems,
                answer={"plan": None},
            )
            write_report(report, chosen)
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        Screen(stderr=True).line("interrupted")
        raise typer.Exit(INTERRUPTED) from error
