"""Writes what was measured into docs/performance.md: `python -m tests.golden.record_performance`.

It reads what `python -m tests.bench`, `python -m tests.growth` and `python -m tests.scale` wrote.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.golden.performance_tables import bars, compression, growth, job, machine_line, scale
from tests.growth.series import Series
from tests.running import ROOT

PAGE = ROOT / "docs" / "performance.md"
MEASURED = ROOT / "bench"
MISSING = "Not measured."


def record() -> None:
    """Put every part into its place."""
    PAGE.write_text(recorded(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def recorded(page: str) -> str:
    """The page with the numbers of what was measured last."""
    for name, content in parts():
        place = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        before, after = place.search(page), rf"<!-- {name} -->"
        if before is None:
            message = f"the page has no place for {after}"
            raise ValueError(message)
        page = page[: before.end(1)] + content + page[before.start(2) :]
    return page


def parts() -> Iterator[tuple[str, str]]:
    """Names of the places, and what belongs there."""
    results, grown, scaled = (_read(name) for name in ("results", "growth", "scale"))
    yield "bars", bars(results) if results else MISSING
    yield "growth", _growth(grown) if grown else MISSING
    yield "scale", scale(scaled) if scaled else MISSING
    yield "job", job(scaled) if scaled else MISSING
    yield "compression", compression(results) if results else MISSING


def pictures() -> Iterator[tuple[Path, Series]]:
    """Files beside the page, drawn by `tests.growth.drawing`, and what they show."""
    for each in (_read("growth") or {"series": []})["series"]:
        series = Series.of(each)
        yield PAGE.with_name(f"{series.name}.svg"), series


def _growth(document: dict[str, Any]) -> str:
    return "\n\n".join([machine_line(document), *(section for _, section in growth(document))])


def _read(name: str) -> dict[str, Any] | None:
    path = MEASURED / f"{name}.json"
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    record()
