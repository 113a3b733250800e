"""The list of finding codes against the findings that the code makes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.arithmetic.finding import FINDING_CODES

APP = Path(__file__).parents[2] / "app"


def codes_in(source: str) -> Iterator[str]:
    """Texts that the keyword `code` of a `Finding(...)` may be."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
            (code,) = (keyword.value for keyword in node.keywords if keyword.arg == "code")
            for part in ast.walk(code):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_the_codes_are_those_of_the_findings_that_are_made() -> None:
    made = {code for file in APP.rglob("*.py") for code in codes_in(file.read_text("utf-8"))}

    assert made == FINDING_CODES
