from app.cli.markdown import markdown_report
from app.cli.problem import Problem, Spot
from app.cli.report import Report


def test_every_problem_is_a_row() -> None:
    problem = Problem(
        source="spec",
        code="short-last-step",
        message="a|b <script> @everyone\nc",
        severity="warning",
        suggestion="nearest: 8",
        spot=Spot(file="a_b.yaml", line=2, column=1),
    )

    text = markdown_report(Report(command="c", subject="s", passed=True, problems=(problem,)))

    row = text.splitlines()[-1]
    assert row == (
        "| warning | short-last-step | a\\_b.yaml:2:1 | a\\|b \\<script\\> "
        "@\N{ZERO WIDTH SPACE}everyone c (nearest: 8) |"
    )


def test_what_stands_nowhere_has_an_empty_cell() -> None:
    problem = Problem(source="spec", code="x", message="m")

    text = markdown_report(Report(command="c", subject="s", passed=False, problems=(problem,)))

    assert text.splitlines()[-1] == "| error | x |  | m |"


def test_without_problems_the_verdict_is_all() -> None:
    text = markdown_report(Report(command="c", subject="s", passed=True, problems=()))

    assert text == "### c: s passed: no problems\n"
