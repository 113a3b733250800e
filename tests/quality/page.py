"""Writes the last run's tables into docs/order-quality.md.

python -m tests.quality.page
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.quality.family import Row
from tests.quality.outcome import Outcome
from tests.quality.report import HEAD, line, summary

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "order-quality.json"
PAGE = ROOT / "docs" / "order-quality.md"
BEGIN, END = "<!-- results -->", "<!-- end of the results -->"


def main() -> int:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    shown = "\n\n".join([BEGIN, *sections(results), END])
    PAGE.write_text(before + shown + after, encoding="utf-8")
    return 0


def sections(results: Mapping[str, Any]) -> list[str]:
    """What was run, what came out in short, and the table."""
    found = [row_of(fields) for fields in results["rows"]]
    ran = (
        f"A {results['effort']} run of {len(found)} tests, {results['seconds']:.0f} s on one core "
        f"({results['machine']}, Python {results['python']}, NumPy "
        f"{results['numpy']}, SciPy {results['scipy']}, kernels: {results['kernels']}). A test "
        f"rejects below {results['level_of_a_test']:.2g}."
    )
    lines = [f"- {each}" for each in summary(found, results["level_of_a_test"])]
    return [ran, "\n".join(lines), "\n".join([HEAD, *map(line, found)])]


def row_of(fields: Mapping[str, Any]) -> Row:
    """The row that was written."""
    outcomes = {name: Outcome(**fields[name]) for name in ("native", "control", "weak")}
    return Row(**{**fields, **outcomes})


if __name__ == "__main__":
    sys.exit(main())
