import io
import sys

import pytest

from app.cli.problem import Problem, Severity, Spot
from app.cli.report import Report
from app.cli.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    return stream


@pytest.mark.parametrize(
    ("severity", "color"), [("error", "1;31"), ("warning", "33"), ("info", "36")]
)
def test_severities_have_colors_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, severity: Severity, color: str
) -> None:
    watched = terminal(monkeypatch)

    Screen().problems([Problem(source="spec", code="x", message="m", severity=severity)])

    assert f"\x1b[{color}m{severity}" in watched.getvalue()


def test_no_color_means_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")

    Screen().problems([Problem(source="spec", code="x", message="m")])

    assert "error" in watched.getvalue()
    assert "31m" not in watched.getvalue()


def test_nothing_is_taken_for_markup_and_no_line_is_broken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    message = "[red]x[/red] " * 30
    spot = Spot(file="[bold].yaml")

    Screen().problems([Problem(source="spec", code="x", message=message, spot=spot)])

    assert capsys.readouterr().out == f"[bold].yaml:1:1: error[x]: {message}\n"


@pytest.mark.parametrize(("passed", "verdict"), [(True, "s passed"), (False, "s failed")])
def test_the_verdict_is_the_last_line(
    capsys: pytest.CaptureFixture[str], passed: bool, verdict: str
) -> None:
    problem = Problem(source="spec", code="x", message="m", suggestion="n")

    Screen().report(Report(command="c", subject="s", passed=passed, problems=(problem,)))

    lines = capsys.readouterr().out.splitlines()
    assert lines == ["error[x]: m (n)", f"{verdict}: 1 error"]


def test_no_rows_are_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().rows([])

    assert capsys.readouterr().out == ""
